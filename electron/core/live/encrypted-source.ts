import { stat } from 'node:fs/promises';
import { isChunkEncrypted } from '../files/encrypted-access.ts';
import { PlainFile } from '../files/random-access.ts';
import { isEncryptedStore } from '../persistence/open-store-folder.ts';
import { PersistenceSource } from '../sources/persistence-yaml.ts';
import type { Source } from '../sources/source.ts';

/** Whether states of a source are encrypted where they lie: what is kept of them elsewhere would not be. */
export async function isEncryptedSource(source: Source): Promise<boolean> {
  if (source instanceof PersistenceSource) return source.isEncrypted;
  const info = await stat(source.location).catch(() => null);
  if (info?.isFile() === true) return isEncryptedFile(source.location);
  return info?.isDirectory() === true && isEncryptedStore(source.location);
}

/** Such as a backup with a passphrase. What cannot be read now could be opened a moment ago, and is taken for the worst. */
async function isEncryptedFile(path: string): Promise<boolean> {
  try {
    const file = await PlainFile.open(path);
    try {
      return isChunkEncrypted(await file.read(0, HEAD_BYTES));
    } finally {
      await file.close();
    }
  } catch {
    return true;
  }
}

const HEAD_BYTES = 64;
