import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';

const PART = 4 << 20;

/**
 * The text of a state piece by piece, of a source that has `range`.
 * @throws SourceError as `range`, also when the source was changed while it was read, or the text ends before the state does
 */
export async function* rangeParts(
  source: Source,
  key: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const range = await source.range?.(key);
  if (range === undefined) throw new RangeError(`${source.location} has no states that are read in parts`);
  const { access } = range;
  const size = access.size ?? 0;
  for (let at = 0; at < size; ) {
    const part = await access.read(at, at + PART, signal);
    if (part.length === 0) throw endsEarly(source.location, key);
    yield part;
    at += part.length;
  }
  // Whether it was one and the same file to the end.
  await source.range?.(key);
}

function endsEarly(location: string, key: string): SourceError {
  const message = `${location} ends before ${key} does: it was cut while it was read. Reload the source.`;
  return new SourceError('unreadable', message, { key, location });
}
