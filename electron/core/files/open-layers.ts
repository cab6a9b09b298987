/** The JSON text of a file that may be packed, encrypted, or both: layer by layer, whatever its name is. */
import { passphraseNeeded } from '../persistence/encryption.ts';
import { type EncryptedAccess, isChunkEncrypted, openEncryptedFile } from './encrypted-access.ts';
import { type FilePath, readablePath } from './file-path.ts';
import { isGzip } from './gunzip.ts';
import { type GzipAccess, openGzip } from './gzip-access.ts';
import { PlainFile, type RandomAccess } from './random-access.ts';

export interface OpenLayers {
  /** The text. Closing it closes the file. */
  readonly access: RandomAccess;
  /** The layers below it, each closed with it; null where there is none. */
  readonly encrypted: EncryptedAccess | null;
  readonly gzip: GzipAccess | null;
}

export interface LayerOptions {
  readonly passphrase?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** What `GzipAccess.seekTable` gave for the very same file. */
  readonly seekTable?: Uint8Array | undefined;
}

const HEAD_BYTES = 16;

/**
 * @throws SourceError `secret-needed`, `secret-wrong`; `unreadable`, `gzip-invalid` for a beginning that is damaged; the error of the
 * operating system; the signal's reason.
 */
export async function openLayers(path: FilePath, options: LayerOptions = {}): Promise<OpenLayers> {
  const { passphrase, signal, seekTable } = options;
  const location = readablePath(path);
  let access: RandomAccess = await PlainFile.open(path);
  try {
    let encrypted: EncryptedAccess | null = null;
    if (isChunkEncrypted(await access.read(0, HEAD_BYTES, signal))) {
      if (passphrase === undefined) throw passphraseNeeded(location);
      encrypted = await openEncryptedFile(access, passphrase, location);
      access = encrypted;
    }
    if (!isGzip(await access.read(0, 2, signal))) return { access, encrypted, gzip: null };
    const gzip = await openGzip(access, { location, signal, seekTable });
    return { access: gzip, encrypted, gzip };
  } catch (error) {
    await access.close();
    throw error;
  }
}

/** What is damaged below the text, as far as it has been read; `offset` is in the text, or in what is packed where that is damaged. */
export function damageOf({
  encrypted,
  gzip,
}: OpenLayers): { readonly message: string; readonly offset: number } | null {
  if (encrypted?.damage) return { message: encrypted.damage.message, offset: encrypted.damage.decrypted };
  return gzip?.damage ? { message: gzip.damage.message, offset: gzip.damage.unpacked } : null;
}
