/** The changes of some values of all states, for whoever follows numbers through history. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonPath } from '../../../shared/json/path.ts';
import type { Journal } from './journal.ts';
import type { SeqRange } from './journal-figures.ts';

export interface ValueChange {
  readonly key: string;
  readonly commit: number;
  /** Microseconds. */
  readonly time: number;
  readonly segments: JsonPath;
  /** The beginning of the JSON text; null where there was, or is, no value. */
  readonly old: string | null;
  readonly new: string | null;
}

interface Row {
  readonly key: number;
  readonly path: number;
  readonly commit: number;
  readonly time: number;
  readonly old: string | null;
  readonly new: string | null;
}

/** Sequences that are looked at in one go, which takes some 15 ms. */
const SLICE = 10_000;

/**
 * One after the other, oldest first, without holding them; between slices others get a turn. Nothing else can be asked of the journal
 * within `take`.
 * @param wants asked once for each path that any state has had
 */
export async function eachValueChange(
  journal: Journal,
  { low, high }: SeqRange,
  wants: (segments: JsonPath) => boolean,
  take: (change: ValueChange) => void,
): Promise<void> {
  const keys = new Map<number, string>();
  const paths = new Map<number, JsonPath>();
  journal.withDatabase((database) => {
    const named = database.prepare<[], { id: number; key: string }>('SELECT id, key FROM keys');
    for (const { id, key } of named.iterate()) keys.set(id, key);
    const all = database.prepare<[], { id: number; segments: string }>('SELECT id, segments FROM paths');
    for (const { id, segments } of all.iterate()) {
      const path = JSON.parse(segments) as JsonPath;
      if (wants(path)) paths.set(id, path);
    }
  });
  const wanted = JSON.stringify([...paths.keys()]);
  for (let from = low; from <= high; from += SLICE) {
    const to = Math.min(high, from + SLICE - 1);
    journal.withDatabase((database) => {
      const changes = database.prepare<[string, number, number], Row>(
        `SELECT key, path, commit_seq AS "commit", time, old, new FROM changes
         WHERE path IN (SELECT value FROM json_each(?)) AND seq BETWEEN ? AND ? ORDER BY seq`,
      );
      for (const { key, path, ...rest } of changes.iterate(wanted, from, to)) {
        take({ ...rest, key: keys.get(key) ?? '', segments: paths.get(path) ?? [] });
      }
    });
    await nextTurn();
  }
}
