/**
 * Packs what is written to it, so that it can be unpacked from many places: every MiB stands alone (a full flush of zlib: what
 * follows refers to nothing before it, and begins with a byte of its own).
 */
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw } from 'node:zlib';

const SEGMENT = 1 << 20;
/** RFC 1952: magic, deflate, no flags, no time, no hint, unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** RFC 1951: one last block, with fixed codes, of which the first says that it ends. */
const END = Buffer.from([3, 0]);

const pack = promisify<Uint8Array, { finishFlush: number }, Buffer>(deflateRaw);

export class GzipWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #segment = Buffer.allocUnsafe(SEGMENT);
  #filled = 0;
  #crc = 0;
  #bytes = 0;
  #begun = false;

  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + SEGMENT - this.#filled);
      this.#segment.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === SEGMENT) await this.#flush();
    }
  }

  /** Nothing can be written afterwards. */
  async finish(): Promise<void> {
    await this.#flush();
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32LE(this.#crc, 0);
    trailer.writeUInt32LE(this.#bytes % 2 ** 32, 4);
    await this.#write(Buffer.concat([END, trailer]));
  }

  async #flush(): Promise<void> {
    if (!this.#begun) await this.#write(HEADER);
    this.#begun = true;
    if (this.#filled === 0) return;
    const part = this.#segment.subarray(0, this.#filled);
    this.#crc = crc32(part, this.#crc);
    this.#bytes += part.length;
    await this.#write(await pack(part, { finishFlush: constants.Z_FULL_FLUSH }));
    this.#filled = 0;
  }
}
