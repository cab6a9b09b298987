/** Bytes that can be read from any place: a plain file, what is packed in another, or what is encrypted in it. */
import { type FileHandle, open } from 'node:fs/promises';
import type { FilePath } from './file-path.ts';

export interface RandomAccess {
  /** Unpacked bytes; null while they are not known yet. */
  readonly size: number | null;
  /**
   * Bytes `[start, end)`; fewer at the end. May be read from several places at once.
   * @throws the error of the operating system; SourceError for what is damaged; the signal's reason.
   */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Reads from `start` into memory that is there already, until it is full or the text ends, and tells how many bytes those
   * are. Only of what can do so without copying.
   */
  readInto?(into: Uint8Array, start: number): Promise<number>;
  /** Idempotent. */
  close(): Promise<void>;
}

export class PlainFile implements RandomAccess {
  readonly size: number;
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** @throws the error of the operating system. */
  static async open(path: FilePath): Promise<PlainFile> {
    const handle = await open(path, 'r');
    try {
      return new PlainFile(handle, (await handle.stat()).size);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const into = Buffer.allocUnsafe(Math.max(0, end - start));
    return into.subarray(0, await this.readInto(into, start, signal));
  }

  async readInto(into: Uint8Array, start: number, signal?: AbortSignal): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      signal?.throwIfAborted();
      const { bytesRead } = await this.#handle.read(into, filled, into.length - filled, start + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return filled;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
