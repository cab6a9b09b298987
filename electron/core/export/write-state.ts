import { replaceFileBy } from '../files/replace-file.ts';
import { rangeParts } from '../sources/range-parts.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';

const PRIVATE = 0o600;

/** While a person holds the mouse button, no more than this is written; a drag cannot wait longer. */
export const MOST_DRAGGED = 256e6;

export interface WriteStateOptions {
  /** Bytes; a larger state is refused. */
  readonly most?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One state as a file of its own: the bytes that its source holds, damaged or not. Replaces what is there.
 * @throws SourceError `state-too-large`, and those of reading and of writing; the signal's reason
 */
export async function writeState(
  source: Source,
  key: string,
  file: string,
  { most = Infinity, signal }: WriteStateOptions = {},
): Promise<void> {
  const bytes = source.entries.find((entry) => entry.key === key)?.bytes ?? 0;
  if (bytes > most) throw tooLarge(key, bytes, most);
  await replaceFileBy(
    file,
    async (write) => {
      if (source.range === undefined) await write((await source.read(key, signal ? { signal } : {})).bytes);
      else for await (const part of rangeParts(source, key, signal)) await write(part);
    },
    { mode: PRIVATE },
  );
}

function tooLarge(key: string, bytes: number, most: number): SourceError {
  const [megabytes, limit] = [Math.ceil(bytes / 1e6), Math.floor(most / 1e6)];
  const message = `${key} has ${megabytes} MB and is not dragged out: that works up to ${limit} MB. Save it as a file instead.`;
  return new SourceError('state-too-large', message, { key, megabytes, limit });
}
