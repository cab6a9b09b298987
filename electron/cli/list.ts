import type { OpenOptions, Source, StateEntry } from '../core/sources/source.ts';
import { withSource } from './open.ts';
import type { Output } from './output.ts';
import { padColumns, textWidth } from './text-width.ts';

/** `ls SOURCE`: its states, by key. */
export function list(
  output: Output,
  location: string,
  options: OpenOptions & { json: boolean; kind: string | null },
): Promise<void> {
  return withSource(output, location, options, async (source) => {
    if (options.json) {
      const entries = sorted(source.entries, options.kind);
      output.json(entries.map(({ key, type, bytes, updatedAt }) => ({ key, type, bytes, updatedAt })));
      return;
    }
    tellStates(output, source, options.kind);
  });
}

/** A line for each state. @param kind null: of any kind. */
export function tellStates(output: Output, source: Source, kind: string | null = null): void {
  const entries = sorted(source.entries, kind);
  // A line for a state, also for one whose name has a line break in it.
  const named = (key: string) => key.replaceAll('\n', '\\n');
  const widest = (width: number, text: string) => Math.max(width, textWidth(text));
  const keyWidth = entries.map(({ key }) => named(key)).reduce(widest, 0);
  const bytesWidth = entries.map((entry) => String(entry.bytes)).reduce(widest, 0);
  for (const { key, type, status, bytes, updatedAt } of entries) {
    const line = `${padColumns(named(key), keyWidth)}  ${String(bytes).padStart(bytesWidth)}  ${(updatedAt ?? '-').padEnd(24)}  ${type ?? '-'}  ${status ?? ''}`;
    output.write(`${line.trimEnd().replaceAll('\n', '\\n')}\n`);
  }
  output.problems(source.problems);
}

function sorted(entries: readonly StateEntry[], kind: string | null): readonly StateEntry[] {
  return entries
    .filter((entry) => kind === null || entry.kind === kind)
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
}
