import { stat } from 'node:fs/promises';
import { isEncryptedStore } from '../persistence/open-store-folder.ts';
import { PersistenceSource } from '../sources/persistence-yaml.ts';
import type { Source } from '../sources/source.ts';

/** Whether states of a source are encrypted where they lie: what is kept of them elsewhere would not be. */
export async function isEncryptedSource(source: Source): Promise<boolean> {
  if (source instanceof PersistenceSource) return source.isEncrypted;
  const info = await stat(source.location).catch(() => null);
  return info?.isDirectory() === true && isEncryptedStore(source.location);
}
