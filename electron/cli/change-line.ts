/** How the commands of history print a change. */
import type { ChangeRow } from '../core/tracking/journal-types.ts';

/** For programs. `old` and `new` are whole JSON texts; null where there was no value, `"null"` where it was null. */
export interface ChangeLine
  extends Pick<ChangeRow, 'seq' | 'key' | 'path' | 'type' | 'kind' | 'origin' | 'old' | 'new'> {
  /** ISO 8601 UTC, exact: `at` takes it back. */
  readonly time: string;
}

const MICROS = 1000;
const SHORT = 60;

export function changeLine({
  seq,
  time,
  key,
  path,
  type,
  kind,
  origin,
  old,
  new: next,
}: Pick<ChangeRow, 'time' | keyof ChangeLine>): ChangeLine {
  return { seq, time: isoTime(time), key, path, type, kind, origin, old, new: next };
}

/** @param time microseconds. */
export function isoTime(time: number): string {
  const text = new Date(Math.floor(time / MICROS)).toISOString();
  const micros = Math.floor(time) % MICROS;
  return micros === 0 ? text : text.replace('Z', `${String(micros).padStart(3, '0')}Z`);
}

/** For a person: one line, without signs that a terminal would obey. */
export function changeText({ seq, time, key, path, type, kind, origin, old, new: next }: ChangeLine): string {
  const values = {
    added: `+ ${shortened(next)}`,
    removed: `- ${shortened(old)}`,
    changed: `${shortened(old)} → ${shortened(next)}`,
    moved: `${shortened(old)} ⇢ ${shortened(next)}`,
  };
  const cells = [String(seq).padStart(6), time, key, path === '' ? '.' : path, values[kind], `${type} ${origin}`];
  return cells.join('  ').replaceAll(/\p{Cc}+/gu, ' ');
}

function shortened(text: string | null): string {
  const line = (text ?? '').replaceAll(/\s+/g, ' ');
  return line.length > SHORT ? `${line.slice(0, SHORT)}…` : line;
}
