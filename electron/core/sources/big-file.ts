/** Which files are indexed instead of read whole, and how their text is reached. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Problem } from '../../../shared/ipc/model.ts';
import { isChunkEncrypted } from '../files/encrypted-access.ts';
import type { FilePath } from '../files/file-path.ts';
import { isGzip } from '../files/gunzip.ts';
import { isEncrypted } from '../files/magic.ts';
import { damageOf, type OpenLayers, openLayers } from '../files/open-layers.ts';
import { PlainFile } from '../files/random-access.ts';
import { modifiedAt } from '../files/read-stable.ts';
import { IndexCache, type IndexedText } from '../index/index-cache.ts';
import type { OffsetIndex } from '../index/model.ts';
import { PASSPHRASE_VARIABLE } from '../persistence/secrets.ts';
import { openIndexed } from './indexed-source.ts';
import type { JsonFile } from './json-file.ts';
import { problem } from './problems.ts';
import type { OpenOptions, Source } from './source.ts';
import { SourceError } from './source-error.ts';

/** A JSON file of no more bytes, unpacked, is read and checked whole. */
const INDEX_ABOVE = 64 << 20;
/** Packed, one of more bytes is taken for large: what it says of its unpacked size is that modulo 4 GiB, and of its last part. */
const LARGE_PACKED_BYTES = 16 << 20;
const SIZE_FIELD_BYTES = 4;

/**
 * The file as a source that is read in parts; null for one that is small, or has to be read whole.
 * @param head its first bytes @throws SourceError
 */
export async function openBigFile(
  path: FilePath,
  display: string,
  head: Uint8Array,
  options: OpenOptions,
): Promise<Source | null> {
  const { secret, signal, indexAbove = INDEX_ABOVE } = options;
  const info = await stat(path, { bigint: true });
  const identity = { ...info, size: Number(info.size) };
  // An encrypted backup is read in parts whatever its size: what is decrypted of it is never kept.
  const isSealed = isChunkEncrypted(head);
  const isPacked = isGzip(head);
  const isBig = isPacked ? await unpacksAbove(path, identity.size, indexAbove) : identity.size > indexAbove;
  if (!isSealed && (isEncrypted(head) || !isBig)) return null;
  const passphrase = secret ?? (process.env[PASSPHRASE_VARIABLE] || undefined);
  // Names of states are content: nothing of an encrypted file is kept.
  const cache = isSealed || options.dataFolder === undefined ? null : new IndexCache(options.dataFolder);
  const text: IndexedText = { path, identity, layer: isPacked ? 'gzip' : 'plain' };
  const kept = (await cache?.find(text)) ?? null;
  const layers = await openLayers(path, { passphrase, signal, seekTable: kept?.seekTable ?? undefined });
  const file: JsonFile = {
    path,
    display,
    location: '.',
    encoding: isPacked ? 'gzip' : 'plain',
    identity,
    modifiedAt: modifiedAt(identity),
    kept: null,
  };
  const keep = async (index: OffsetIndex) => cache?.keep(text, { index, seekTable: layers.gzip?.seekTable() ?? null });
  const indexed = {
    file,
    access: layers.access,
    name: basename(display),
    damage: () => damageProblem(layers),
    kept,
    keep,
  };
  try {
    const source = await openIndexed(indexed, options);
    if (source !== null) return source;
    if (isSealed) throw notJson(display);
  } catch (error) {
    await layers.access.close();
    throw error;
  }
  await layers.access.close();
  return null;
}

/** By the size that stands in the last bytes of the file. */
async function unpacksAbove(path: FilePath, packed: number, bytes: number): Promise<boolean> {
  if (packed > LARGE_PACKED_BYTES) return true;
  const file = await PlainFile.open(path);
  try {
    const tail = Buffer.from(await file.read(Math.max(0, packed - SIZE_FIELD_BYTES), packed));
    return tail.length === SIZE_FIELD_BYTES && tail.readUInt32LE(0) > bytes;
  } finally {
    await file.close();
  }
}

function damageProblem(layers: OpenLayers): Problem | null {
  const damage = damageOf(layers);
  if (damage === null) return null;
  const code = layers.encrypted?.damage ? 'unreadable' : (layers.gzip?.damage?.code ?? 'unreadable');
  return problem({ location: '.', code, message: damage.message, offset: damage.offset });
}

function notJson(location: string): SourceError {
  const message = `What is encrypted in ${location} is no JSON. Look for another copy of it.`;
  return new SourceError('not-json', message, { location });
}
