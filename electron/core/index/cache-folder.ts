/**
 * A folder of things that can be made again: each file has a checksum and is written whole or not at all. What has not been asked
 * for the longest goes first when there is too much.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName, replaceFile } from '../files/replace-file.ts';

const ENDING = '.kept';
const CHECKSUM_BYTES = 32;
const PRIVATE_MODE = 0o600;
const PRIVATE_FOLDER_MODE = 0o700;
/** A temporary file that is older belongs to no writer that is still at work. */
const LEFTOVER_MS = 3_600_000;

interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly usedMs: number;
}

export class CacheFolder {
  readonly #folder: string;
  readonly #mostBytes: number;

  /** The folder is made when something is kept. `mostBytes` of all files together. */
  constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Null for what is not there, cannot be read or is damaged, which is then removed. */
  async read(name: string): Promise<Buffer | null> {
    const path = this.#path(name);
    const bytes = await readFile(path).catch(() => null);
    if (bytes === null) return null;
    const content = bytes.subarray(CHECKSUM_BYTES);
    if (bytes.length < CHECKSUM_BYTES || !checksum(content).equals(bytes.subarray(0, CHECKSUM_BYTES))) {
      await this.remove(name);
      return null;
    }
    // When it was used last; a read-only folder does not know, and forgets in another order.
    await utimes(path, new Date(), new Date()).catch(() => undefined);
    return content;
  }

  /** Replaces what is there. Something larger than the folder may be is not kept. @throws SourceError `disk-full`, `read-only`, … */
  async write(name: string, content: Uint8Array): Promise<void> {
    const size = content.length + CHECKSUM_BYTES;
    if (size > this.#mostBytes) return this.remove(name);
    await mkdir(this.#folder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
    await this.#makeRoom(size, this.#path(name));
    await replaceFile(this.#path(name), Buffer.concat([checksum(content), content]), { mode: PRIVATE_MODE });
  }

  /** Nothing happens when it is not there, or cannot be removed: then its checksum decides, the next time. */
  async remove(name: string): Promise<void> {
    await unlink(this.#path(name)).catch(() => undefined);
  }

  #path(name: string): string {
    return join(this.#folder, `${name}${ENDING}`);
  }

  async #makeRoom(bytes: number, except: string): Promise<void> {
    const files: KeptFile[] = [];
    for (const name of await readdir(this.#folder)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => null);
      if (found === null || path === except) continue;
      if (name.endsWith(ENDING)) files.push({ path, size: found.size, usedMs: found.mtimeMs });
      else if (isTemporaryName(name) && Date.now() - found.mtimeMs > LEFTOVER_MS)
        await unlink(path).catch(() => undefined);
    }
    let total = files.reduce((sum, { size }) => sum + size, bytes);
    for (const { path, size } of files.toSorted((a, b) => a.usedMs - b.usedMs)) {
      if (total <= this.#mostBytes) return;
      await unlink(path).catch(() => undefined);
      total -= size;
    }
  }
}

function checksum(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
