import type { Source } from '../../sources/source.ts';
import { SourceError } from '../../sources/source-error.ts';

/** Null for a state that cannot be read: the rules of reading tell that. @throws SourceError `cancelled` */
export async function bytesOrNull(source: Source, key: string): Promise<Uint8Array | null> {
  try {
    return (await source.read(key)).bytes;
  } catch (error) {
    if (error instanceof SourceError && error.code !== 'cancelled') return null;
    throw error;
  }
}
