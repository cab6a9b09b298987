/**
 * Indexes, finished ones and those that were stopped, kept between runs of the program, so that a file of gigabytes that has
 * not changed opens at once. Names of states are content, so nothing of an encrypted file belongs here.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type FilePath, readablePath } from '../files/file-path.ts';
import { type FileIdentity, nodeFileSystem, sameFile } from '../files/read-stable.ts';
import { CacheFolder } from './cache-folder.ts';
import { type KeptIndex, readIndex, writeIndex } from './index-file.ts';

export type { KeptIndex } from './index-file.ts';

const MOST_BYTES = 256 << 20;
/**
 * Some file systems stamp with two seconds: a file that was written within them may be written again and look the same. It is
 * small enough to be indexed again, or it would not be read by now.
 */
const YOUNGEST_MS = 2000;

/** Which text of which file. */
export interface IndexedText {
  readonly path: FilePath;
  /** As it was before the file was read. */
  readonly identity: FileIdentity;
  /** The index is of the file's own bytes, or of what is packed in it. */
  readonly layer: 'plain' | 'gzip';
}

export class IndexCache {
  readonly #folder: CacheFolder;

  /** `dataFolder`: what Electron calls userData. */
  constructor(dataFolder: string, mostBytes = MOST_BYTES) {
    this.#folder = new CacheFolder(join(dataFolder, 'index'), mostBytes);
  }

  /** Null when there is none of this very file. One that is not `complete` is to be handed to `buildIndex` as `resume`. */
  async find(text: IndexedText): Promise<KeptIndex | null> {
    const bytes = await this.#folder.read(nameOf(text));
    return bytes === null ? null : readIndex(bytes);
  }

  /**
   * Whether it was kept: not when the file has changed since, or only just.
   * @throws SourceError `disk-full`, `read-only`, …: nothing else depends on it.
   */
  async keep(text: IndexedText, { index, seekTable }: KeptIndex): Promise<boolean> {
    if (Date.now() - Number(text.identity.mtimeNs / 1_000_000n) < YOUNGEST_MS) return false;
    if (!(await isStill(text))) return false;
    await this.#folder.write(nameOf(text), writeIndex(index, seekTable));
    return true;
  }

  async forget(text: IndexedText): Promise<void> {
    await this.#folder.remove(nameOf(text));
  }
}

async function isStill({ path, identity }: IndexedText): Promise<boolean> {
  const file = await nodeFileSystem.open(path).catch(() => null);
  if (file === null) return false;
  try {
    return sameFile(await file.stat(), identity);
  } finally {
    await file.close();
  }
}

function nameOf({ path, identity: { dev, ino, size, mtimeNs }, layer }: IndexedText): string {
  const place = layer === 'plain' ? '' : readablePath(path);
  return createHash('sha256').update([dev, ino, size, mtimeNs, layer, place].join('\0')).digest('hex');
}
