/**
 * The container of encrypted files: AES-256-GCM under a key that scrypt (RFC 7914) makes of a passphrase.
 *
 *     0  magic (8)   8  version   9  log2 N   10  r   11  p   12  salt (16)   28  nonce (12)   40  verifier (16)
 *     56  checksum of bytes 0 to 55 (8)   64  ciphertext, and GCM's tag in the last 16 bytes
 *
 * Version 2 (files/encrypted-access.ts) has the same header, with its own use of the twelve bytes at 28.
 *
 * The header is authenticated together with the content. The verifier, a part of scrypt's output that is not the key, tells a wrong
 * passphrase from a damaged file before anything is decrypted; the checksum does the same for damage to the header itself.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ENCRYPTED_MAGIC, isEncrypted } from '../files/magic.ts';
import { SourceError } from '../sources/source-error.ts';

export { isEncrypted };

/** What a key depends on beside the passphrase. */
export interface KeyParameters {
  /** scrypt's cost N as a power of two. */
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
  readonly salt: Uint8Array;
}

export type Decrypted = { readonly bytes: Uint8Array } | { readonly fault: string };

const VERSION = 1;
const SALT_BYTES = 16;
const SALT_AT = 12;
const NONCE_AT = 28;
const VERIFIER_AT = 40;
const CHECKSUM_AT = 56;
export const HEADER_BYTES = 64;
export const TAG_BYTES = 16;
const KEY_BYTES = 32;
const VERIFIER_BYTES = 16;
/** Bounds for what a file may ask of this computer: 128 · N · r is 256 MiB at most, and 3 s or so. */
const MAX_LOG2_N = 17;
const MAX_R = 16;
const MAX_P = 4;
/** Salts of other stores, from which files were copied. */
const MOST_KEYS = 8;

/** 32 MiB and some 0.1 s for each guess. A salt of its own for every store. */
export function newKeyParameters(): KeyParameters {
  return { log2N: 15, r: 8, p: 1, salt: randomBytes(SALT_BYTES) };
}

export function parametersInBounds({ log2N, r, p, salt }: KeyParameters): boolean {
  const within = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  return within(log2N, MAX_LOG2_N) && within(r, MAX_R) && within(p, MAX_P) && salt.length === SALT_BYTES;
}

export interface Keys {
  readonly key: Buffer;
  /** Tells whether a passphrase is the right one, and nothing else about it. */
  readonly verifier: Buffer;
}

/** What stands in the first 64 bytes beside the magic. */
export interface EncryptedHeader {
  readonly version: number;
  readonly parameters: KeyParameters;
  /** The twelve bytes at 28: the nonce, or what nonces are made of. */
  readonly nonce: Uint8Array;
  readonly verifier: Uint8Array;
}

/** Encrypts under the parameters of one store, and decrypts what any store wrote under the same passphrase. */
export class FileCipher {
  readonly parameters: KeyParameters;
  readonly #passphrase: string;
  readonly #keys = new Map<string, Promise<Keys>>();

  constructor(passphrase: string, parameters: KeyParameters) {
    this.#passphrase = passphrase;
    this.parameters = parameters;
  }

  /** Tells whether a passphrase is the right one, and nothing else about it. */
  async verifier(): Promise<Buffer> {
    return (await this.#derive(this.parameters)).verifier;
  }

  async encrypt(plain: Uint8Array): Promise<Uint8Array> {
    const { parameters } = this;
    const { key, verifier } = await this.#derive(parameters);
    const nonce = randomBytes(12);
    const header = writeHeader({ version: VERSION, parameters, nonce, verifier });
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header);
    return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws SourceError `secret-wrong`. Damage is a fault, never thrown. */
  async decrypt(bytes: Uint8Array, location: string): Promise<Decrypted> {
    const header = readHeader(bytes);
    if (bytes.length < HEADER_BYTES + TAG_BYTES) return { fault: 'the encrypted file is cut off' };
    if ('fault' in header) return header;
    if (header.version !== VERSION) return { fault: UNKNOWN_WAY };
    const { key, verifier } = await this.#derive(header.parameters);
    if (!timingSafeEqual(verifier, header.verifier)) throw wrongPassphrase(location);
    const decipher = createDecipheriv('aes-256-gcm', key, header.nonce)
      .setAAD(bytes.subarray(0, HEADER_BYTES))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES));
    try {
      return { bytes: Buffer.concat([plain, decipher.final()]) };
    } catch {
      return { fault: 'the encrypted content is damaged or was tampered with' };
    }
  }

  #derive(parameters: KeyParameters): Promise<Keys> {
    const { log2N, r, p, salt } = parameters;
    const name = `${log2N}/${r}/${p}/${Buffer.from(salt).toString('hex')}`;
    const known = this.#keys.get(name);
    if (known) return known;
    const derived = deriveKeys(this.#passphrase, parameters);
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    this.#keys.set(name, derived);
    return derived;
  }
}

export function writeHeader({ version, parameters, nonce, verifier }: EncryptedHeader): Buffer {
  const { log2N, r, p, salt } = parameters;
  const begun = Buffer.concat([ENCRYPTED_MAGIC, Buffer.from([version, log2N, r, p]), salt, nonce, verifier]);
  return Buffer.concat([begun, checksum(begun)]);
}

const UNKNOWN_WAY = 'it was encrypted in a way that this version does not know';

/** @param bytes of the file from its beginning. Of any version: what it means is for the caller to say. */
export function readHeader(bytes: Uint8Array): EncryptedHeader | { readonly fault: string } {
  if (!isEncrypted(bytes) || bytes.length < HEADER_BYTES) return { fault: 'the encrypted file is cut off' };
  const header = bytes.subarray(0, HEADER_BYTES);
  if (!checksum(header.subarray(0, CHECKSUM_AT)).equals(header.subarray(CHECKSUM_AT))) {
    return { fault: 'the header of the encrypted file is damaged' };
  }
  const [version = 0, log2N = 0, r = 0, p = 0] = header.subarray(ENCRYPTED_MAGIC.length);
  const parameters = { log2N, r, p, salt: header.subarray(SALT_AT, NONCE_AT) };
  if (!parametersInBounds(parameters)) return { fault: UNKNOWN_WAY };
  const [nonce, verifier] = [header.subarray(NONCE_AT, VERIFIER_AT), header.subarray(VERIFIER_AT, CHECKSUM_AT)];
  return { version, parameters, nonce, verifier };
}

export function wrongPassphrase(location: string): SourceError {
  const message = `The passphrase does not fit ${location}. Nothing was changed. Give the one that it was encrypted with.`;
  return new SourceError('secret-wrong', message, { location });
}

export function passphraseNeeded(location: string): SourceError {
  const message = `${location} is encrypted. Give its passphrase to read or change it.`;
  return new SourceError('secret-needed', message, { location });
}

/** The same letters may be typed as different code points: they are brought into one form (NFC). */
export function deriveKeys(passphrase: string, { log2N, r, p, salt }: KeyParameters): Promise<Keys> {
  const N = 2 ** log2N;
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * r * (N + p) + (1 << 16) };
    scrypt(passphrase.normalize('NFC'), salt, KEY_BYTES + VERIFIER_BYTES, options, (error, derived) => {
      if (error) reject(error);
      else resolve({ key: derived.subarray(0, KEY_BYTES), verifier: derived.subarray(KEY_BYTES) });
    });
  });
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash('sha256')
    .update(bytes)
    .digest()
    .subarray(0, HEADER_BYTES - CHECKSUM_AT);
}
