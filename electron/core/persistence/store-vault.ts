/** Between a state's text and a file's bytes: gzip inside of encryption, either, or neither. Told by magic bytes, never by names. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { replaceFile } from '../files/replace-file.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  FileCipher,
  isEncrypted,
  type KeyParameters,
  newKeyParameters,
  parametersInBounds,
  passphraseNeeded,
  wrongPassphrase,
} from './encryption.ts';
import type { FileLock } from './file-lock.ts';

const pack = promisify(gzip);

export type Unsealed = { readonly bytes: Uint8Array } | { readonly fault: string };

export interface Vault {
  /** @throws SourceError `secret-needed` when the store is encrypted and no passphrase was given. */
  seal(text: Uint8Array, compressed: boolean): Promise<Uint8Array>;
  /** @throws SourceError `secret-needed`, `secret-wrong`. Damage is a fault. */
  unseal(bytes: Uint8Array, location: string): Promise<Unsealed>;
}

/**
 * @param folder the store's own, `.statescope`.
 * @throws SourceError `secret-wrong` when other files of the store were encrypted with another passphrase.
 */
export async function openVault(
  location: string,
  folder: string,
  passphrase: string | null,
  lock: FileLock,
): Promise<Vault> {
  const stored = await readKeyFile(folder);
  if (passphrase === null) return vault(location, null, stored !== null);
  const key = stored ?? (await lock.run(() => createKeyFile(folder, passphrase)));
  const cipher = new FileCipher(passphrase, key.parameters);
  if (!(await cipher.verifier()).equals(key.verifier)) throw wrongPassphrase(location);
  return vault(location, cipher, true);
}

function vault(location: string, cipher: FileCipher | null, encrypted: boolean): Vault {
  return {
    async seal(text, compressed) {
      const packed = compressed ? await pack(text) : text;
      if (cipher) return cipher.encrypt(packed);
      // A plain file among encrypted ones would be a secret given away.
      if (encrypted) throw passphraseNeeded(location);
      return packed;
    },
    async unseal(bytes, file) {
      let packed = bytes;
      if (isEncrypted(bytes)) {
        if (!cipher) throw passphraseNeeded(file);
        const decrypted = await cipher.decrypt(bytes, file);
        if ('fault' in decrypted) return decrypted;
        packed = decrypted.bytes;
      }
      if (!isGzip(packed)) return { bytes: packed };
      const { bytes: text, fault } = await gunzip(packed);
      return fault ? { fault: fault.message } : { bytes: text };
    },
  };
}

/** `.statescope/store.json`. One salt for the whole store, so that one scrypt is enough for all of its files. */
const keyFile = z.object({
  format: z.literal('statescope-store'),
  version: z.literal(1),
  encryption: z.object({
    cipher: z.literal('aes-256-gcm'),
    kdf: z.literal('scrypt'),
    log2N: z.int(),
    r: z.int(),
    p: z.int(),
    salt: z.base64(),
    verifier: z.base64(),
  }),
});

interface StoredKey {
  readonly parameters: KeyParameters;
  readonly verifier: Buffer;
}

async function readKeyFile(folder: string): Promise<StoredKey | null> {
  const path = join(folder, 'store.json');
  try {
    const { encryption } = keyFile.parse(JSON.parse(await readFile(path, 'utf8')));
    const { log2N, r, p, salt, verifier } = encryption;
    const parameters = { log2N, r, p, salt: Buffer.from(salt, 'base64') };
    if (parametersInBounds(parameters)) return { parameters, verifier: Buffer.from(verifier, 'base64') };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw toSourceError(error, path);
  }
  const message = `${path}, which says how the store is encrypted, is damaged or of a newer version. Put it back from a backup; an encrypted file's first 56 bytes have the same values.`;
  throw new SourceError('unreadable', message, { location: path, reason: 'store.json' });
}

/** Under the lock: another process may have been faster. */
async function createKeyFile(folder: string, passphrase: string): Promise<StoredKey> {
  const there = await readKeyFile(folder);
  if (there) return there;
  const parameters = newKeyParameters();
  const verifier = await new FileCipher(passphrase, parameters).verifier();
  const { log2N, r, p, salt } = parameters;
  const content: z.infer<typeof keyFile> = {
    format: 'statescope-store',
    version: 1,
    encryption: {
      cipher: 'aes-256-gcm',
      kdf: 'scrypt',
      log2N,
      r,
      p,
      salt: Buffer.from(salt).toString('base64'),
      verifier: verifier.toString('base64'),
    },
  };
  await mkdir(folder, { recursive: true });
  await replaceFile(join(folder, 'store.json'), Buffer.from(`${JSON.stringify(content, null, 2)}\n`));
  return { parameters, verifier };
}
