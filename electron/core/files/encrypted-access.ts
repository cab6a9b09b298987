/**
 * Encrypted files of any size that are read from any place: AES-256-GCM in chunks (the STREAM construction of Hoang, Reyhanitabar,
 * Rogaway and Vizár, CRYPTO 2015, as age and Tink use it).
 *
 *     0  header of persistence/encryption.ts, version 2; its bytes 28 to 39 are: prefix of nonces (7), log2 of a chunk (1), bytes of the
 *        clear text (4, big-endian)
 *    64  clear text: what may be known without the passphrase
 *     …  chunks: ciphertext, then its tag (16). All hold the same number of bytes but the last, which may be shorter, also empty
 *
 * The nonce of a chunk is the prefix, its number (4, big-endian), and 1 for the last, 0 for any other; header and clear text are
 * authenticated with each. So no chunk can be changed, exchanged, repeated or left out, and a file that was cut is told from a whole
 * one. The key is one file's own, because each has its own salt.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  deriveKeys,
  HEADER_BYTES,
  type KeyParameters,
  newKeyParameters,
  readHeader,
  TAG_BYTES,
  writeHeader,
  wrongPassphrase,
} from '../persistence/encryption.ts';
import { SourceError } from '../sources/source-error.ts';
import { isEncrypted } from './magic.ts';
import type { RandomAccess } from './random-access.ts';

const VERSION = 2;
const VERSION_AT = 8;
const PREFIX_BYTES = 7;
const CHUNK_AT = 7;
const CLEAR_AT = 8;
/** 256 KiB. */
const LOG2_CHUNK = 18;
/** 64 KiB to 1 MiB: what a file may ask for. */
const [LEAST_LOG2, MOST_LOG2] = [16, 20];
const MOST_CLEAR = 64 << 10;
const MOST_CHUNKS = 2 ** 32;
const KEPT_CHUNKS = 4;

/** @param head the first bytes of a file, nine at least. */
export function isChunkEncrypted(head: Uint8Array): boolean {
  return isEncrypted(head) && head[VERSION_AT] === VERSION;
}

/** Encrypts what is written to it. Memory: one chunk. */
export class EncryptingWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #seal: (chunk: Uint8Array, number: number, last: boolean) => Uint8Array;
  readonly #chunk = Buffer.allocUnsafe(2 ** LOG2_CHUNK);
  #filled = 0;
  #number = 0;

  private constructor(write: (bytes: Uint8Array) => Promise<void>, authenticated: Buffer, key: Buffer) {
    this.#write = write;
    const prefix = prefixOf(authenticated);
    const about = digestOf(authenticated);
    this.#seal = (chunk, number, last) => {
      if (number >= MOST_CHUNKS) throw new RangeError('one file cannot hold more chunks');
      const cipher = createCipheriv('aes-256-gcm', key, nonceOf(prefix, number, last)).setAAD(about);
      return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    };
  }

  /**
   * @param clear can be read by anybody, and not be changed unnoticed. 64 KiB at most.
   * @param parameters with a salt that no other file has.
   */
  static async begin(
    passphrase: string,
    clear: Uint8Array,
    write: (bytes: Uint8Array) => Promise<void>,
    parameters: KeyParameters = newKeyParameters(),
  ): Promise<EncryptingWriter> {
    if (clear.length > MOST_CLEAR) throw new RangeError(`${clear.length} bytes of clear text are too many`);
    const { key, verifier } = await deriveKeys(passphrase, parameters);
    const nonce = Buffer.alloc(12);
    randomBytes(PREFIX_BYTES).copy(nonce);
    nonce[CHUNK_AT] = LOG2_CHUNK;
    nonce.writeUInt32BE(clear.length, CLEAR_AT);
    const authenticated = Buffer.concat([writeHeader({ version: VERSION, parameters, nonce, verifier }), clear]);
    await write(authenticated);
    return new EncryptingWriter(write, authenticated, key);
  }

  async write(bytes: Uint8Array): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      // A full chunk waits for the next byte: the last one is marked.
      if (this.#filled === this.#chunk.length) await this.#flush(false);
      const part = bytes.subarray(at, at + this.#chunk.length - this.#filled);
      this.#chunk.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
    }
  }

  /** Nothing can be written afterwards. */
  async finish(): Promise<void> {
    await this.#flush(true);
  }

  async #flush(last: boolean): Promise<void> {
    const sealed = this.#seal(this.#chunk.subarray(0, this.#filled), this.#number, last);
    this.#number++;
    this.#filled = 0;
    await this.#write(sealed);
  }
}

/** What stands in front of the chunks. */
interface Beginning {
  readonly authenticated: Buffer;
  readonly header: Exclude<ReturnType<typeof readHeader>, { fault: string }>;
  readonly chunkBytes: number;
}

/**
 * The clear text of a file, which is not known to be genuine before a chunk has been read with the passphrase.
 * @throws SourceError `unreadable` for a damaged beginning.
 */
export async function readClearText(access: RandomAccess, location: string): Promise<Uint8Array> {
  return (await readBeginning(access, location)).authenticated.subarray(HEADER_BYTES);
}

/** Where the text ends too early, or is not what was encrypted. */
export interface EncryptedDamage {
  /** English, with the file's name. */
  readonly message: string;
  /** Decrypted bytes before it. */
  readonly decrypted: number;
}

export interface EncryptedAccess extends RandomAccess {
  readonly size: number;
  /** Known once what is damaged has been asked for; the first of them. */
  readonly damage: EncryptedDamage | null;
}

/**
 * The decrypted text. It owns `access` from now on, and closes it when it cannot be opened, too.
 * Reading gives what lies before damage, and rejects when there is nothing before it.
 * @param access of which the size is known. @param location for messages.
 * @throws SourceError `secret-wrong`; `unreadable` for a damaged beginning.
 */
export async function openEncryptedFile(
  access: RandomAccess,
  passphrase: string,
  location: string,
): Promise<EncryptedAccess> {
  try {
    const beginning = await readBeginning(access, location);
    const { key, verifier } = await deriveKeys(passphrase, beginning.header.parameters);
    if (!timingSafeEqual(verifier, beginning.header.verifier)) throw wrongPassphrase(location);
    return new EncryptedFile(access, beginning, key, location);
  } catch (error) {
    await access.close();
    throw error;
  }
}

async function readBeginning(access: RandomAccess, location: string): Promise<Beginning> {
  const head = Buffer.from(await access.read(0, HEADER_BYTES));
  const header = readHeader(head);
  if ('fault' in header) throw damaged(location, header.fault, 0);
  const log2 = header.nonce[CHUNK_AT] ?? 0;
  const clear = Buffer.from(header.nonce).readUInt32BE(CLEAR_AT);
  if (header.version !== VERSION || log2 < LEAST_LOG2 || log2 > MOST_LOG2 || clear > MOST_CLEAR) {
    throw damaged(location, 'it was encrypted in a way that this version does not know', 0);
  }
  const authenticated = Buffer.concat([head, await access.read(HEADER_BYTES, HEADER_BYTES + clear)]);
  if (authenticated.length < HEADER_BYTES + clear) throw cutOff(location, authenticated.length);
  return { authenticated, header, chunkBytes: 2 ** log2 };
}

class EncryptedFile implements EncryptedAccess {
  readonly size: number;
  damage: EncryptedDamage | null = null;
  readonly #access: RandomAccess;
  readonly #location: string;
  readonly #key: Buffer;
  readonly #prefix: Uint8Array;
  readonly #about: Buffer;
  readonly #bodyAt: number;
  readonly #chunkBytes: number;
  readonly #chunks: number;
  /** The latest last. */
  readonly #kept = new Map<number, Promise<Uint8Array>>();

  constructor(access: RandomAccess, { authenticated, chunkBytes }: Beginning, key: Buffer, location: string) {
    if (access.size === null) throw new TypeError('the size of an encrypted file has to be known');
    this.#access = access;
    this.#location = location;
    this.#key = key;
    this.#prefix = prefixOf(authenticated);
    this.#about = digestOf(authenticated);
    this.#bodyAt = authenticated.length;
    this.#chunkBytes = chunkBytes;
    const body = access.size - authenticated.length;
    // One chunk at least: a file that ends with its header was cut.
    this.#chunks = Math.max(1, Math.ceil(body / (chunkBytes + TAG_BYTES)));
    const lastBytes = body - (this.#chunks - 1) * (chunkBytes + TAG_BYTES) - TAG_BYTES;
    // Only the text of no bytes has an empty chunk. Of a file that was cut within a tag, whoever reads to its end is to hear of it.
    this.size = (this.#chunks - 1) * chunkBytes + Math.max(this.#chunks > 1 ? 1 : 0, lastBytes);
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const stop = Math.min(end, this.size);
    // Also for nothing to read: whoever asks for the end of an empty file that was cut is to hear of it.
    for (let at = start; at < stop || (at === 0 && this.size === 0); ) {
      signal?.throwIfAborted();
      const number = Math.floor(at / this.#chunkBytes);
      let chunk: Uint8Array;
      try {
        chunk = await this.#chunk(number);
      } catch (error) {
        if (parts.length > 0 && error instanceof SourceError) break;
        throw error;
      }
      const from = number * this.#chunkBytes;
      const part = chunk.subarray(at - from, stop - from);
      if (part.length === 0) break;
      parts.push(part);
      at += part.length;
    }
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
  }

  async close(): Promise<void> {
    this.#kept.clear();
    await this.#access.close();
  }

  #chunk(number: number): Promise<Uint8Array> {
    const chunk = this.#kept.get(number) ?? this.#open(number);
    this.#kept.delete(number);
    this.#kept.set(number, chunk);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_CHUNKS && oldest !== undefined) this.#kept.delete(oldest);
    return chunk;
  }

  async #open(number: number): Promise<Uint8Array> {
    const at = this.#bodyAt + number * (this.#chunkBytes + TAG_BYTES);
    const sealed = await this.#access.read(at, at + this.#chunkBytes + TAG_BYTES);
    const isLast = number === this.#chunks - 1;
    const plain = this.#unseal(sealed, number, isLast);
    if (plain !== null) return plain;
    // A short one cannot have been anything but the last, and a full one that does not end the file says so.
    const isCut = isLast && (sealed.length < TAG_BYTES || this.#unseal(sealed, number, false) !== null);
    const error = isCut
      ? cutOff(this.#location, at + sealed.length)
      : damaged(this.#location, isLast ? 'its last part is damaged or cut off' : 'a part of it is damaged', at);
    const decrypted = number * this.#chunkBytes;
    if (this.damage === null || decrypted < this.damage.decrypted) this.damage = { message: error.message, decrypted };
    throw error;
  }

  #unseal(sealed: Uint8Array, number: number, last: boolean): Uint8Array | null {
    if (sealed.length < TAG_BYTES) return null;
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(this.#prefix, number, last))
      .setAAD(this.#about)
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    try {
      return Buffer.concat([plain, decipher.final()]);
    } catch {
      return null;
    }
  }
}

function prefixOf(authenticated: Buffer): Uint8Array {
  return authenticated.subarray(28, 28 + PREFIX_BYTES);
}

/** Of all that stands in front of the chunks, so that each need not take in all of it. */
function digestOf(authenticated: Buffer): Buffer {
  return createHash('sha256').update(authenticated).digest();
}

function nonceOf(prefix: Uint8Array, number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.set(prefix);
  nonce.writeUInt32BE(number, PREFIX_BYTES);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/** `offset`: in the encrypted file. */
function damaged(location: string, reason: string, offset: number): SourceError {
  const message = `${location} is damaged at byte ${offset}: ${reason}. Fetch it again or look for another copy.`;
  return new SourceError('unreadable', message, { location, reason, offset });
}

function cutOff(location: string, offset: number): SourceError {
  return damaged(location, 'the encrypted file is cut off', offset);
}
