/** Opens whatever a person points at, by what is in it. */

import type { BigIntStats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceErrorCode } from '../../../shared/ipc/result.ts';
import { type FilePath, findByReadablePath, readablePath } from '../files/file-path.ts';
import { contentKind } from '../files/magic.ts';
import { isCompressedStore, isEncryptedStore } from '../persistence/open-store-folder.ts';
import { PASSPHRASE_VARIABLE } from '../persistence/secrets.ts';
import { openBigFile } from './big-file.ts';
import { Catalog, KeyRing } from './catalog.ts';
import { SHAPE_FORMATS } from './detect.ts';
import { openFolder } from './folder-source.ts';
import { type FileSlice, loadJson } from './json-file.ts';
import { readByShape, shapeOf } from './json-readers.ts';
import { JsonSource } from './json-source.ts';
import { isPostgresUrl } from './postgres-address.ts';
import { cancelled, errorCode, toSourceError } from './problems.ts';
import type { OpenOptions, Source } from './source.ts';
import { SourceError } from './source-error.ts';
import { openSqlite } from './sqlite-source.ts';
import { fileName } from './whole-file.ts';

/** A single JSON file smaller than this stays in memory while it is open. */
const KEEP_BELOW = 64 << 20;
const HEAD_BYTES = 512;

/**
 * Detects the format by content and reads every state once, so that all problems are known when this resolves. Of a JSON file
 * that is too large for that (`indexAbove`) only the places of its states are found, and with `growing` it resolves before.
 * Read-only: nothing is written, locked or created beside what is opened.
 * @param location a path, absolute or relative to the working directory, a `file:` URL, or that of a PostgreSQL database
 * (`postgresql://USER:PASSWORD@HOST:PORT/DATABASE`).
 * @throws SourceError
 */
export async function openSource(location: string, options: OpenOptions = {}): Promise<Source> {
  const { signal } = options;
  if (isPostgresUrl(location)) {
    // Loaded when a server is asked for, so that the command line starts fast on files.
    const { openPostgres } = await import('./postgres-source.ts');
    return openPostgres({ url: location }, options);
  }
  let display = location;
  try {
    if (signal?.aborted) throw cancelled(location);
    const { path, info } = await locate(pathOf(location));
    display = readablePath(path);
    if (info.isDirectory()) return (await openEncrypted(display, options)) ?? (await openFolder(path, options));
    if (!info.isFile()) throw notAFile(display);
    return await openFile(path, display, options);
  } catch (error) {
    throw toSourceError(error, display, signal);
  }
}

/** Null for a folder that is no encrypted store, and without a passphrase: then what is not encrypted can be shown. */
async function openEncrypted(folder: string, options: OpenOptions): Promise<Source | null> {
  const secret = options.secret ?? process.env[PASSPHRASE_VARIABLE];
  if (secret === undefined || secret === '' || !(await isEncryptedStore(folder))) return null;
  const { openStoreAsSource } = await import('./persistence-yaml-store.ts');
  const { openFilesystem } = await import('../persistence/open-store.ts');
  const compression = await isCompressedStore(folder);
  const config = { basePath: folder, compression, encryption: true, passphrase: secret };
  return openStoreAsSource('statescope-directory', () => openFilesystem(config, {}), options);
}

const URL_SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

function pathOf(location: string): string {
  const scheme = URL_SCHEME.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(location);
  if (scheme === 'file') return fileURLToPath(location);
  // The rest of the address may hold a password.
  const message = `Addresses that begin with ${scheme}:// cannot be opened yet. Open a file or a folder, for instance a dump of the database.`;
  throw new SourceError('unsupported-url', message, { location: `${scheme}://` });
}

/** Names that are not UTF-8 arrive changed: where there is no such file, the one that was meant is looked for. */
async function locate(path: string): Promise<{ path: FilePath; info: BigIntStats }> {
  try {
    return { path, info: await stat(path, { bigint: true }) };
  } catch (error) {
    const found = errorCode(error) === 'ENOENT' ? await findByReadablePath(path) : null;
    if (found === null) throw error;
    return { path: found, info: await stat(found, { bigint: true }) };
  }
}

async function openFile(path: FilePath, display: string, options: OpenOptions): Promise<Source> {
  options.onProgress?.({ phase: 'detecting', done: 0, total: 0, item: '.' });
  if (/\.ya?ml$/i.test(display)) {
    const { openPersistenceYaml } = await import('./persistence-yaml.ts');
    return openPersistenceYaml(path, options);
  }
  const head = await readHead(path);
  if (contentKind(head) === 'sqlite') return openSqlite({ ...options, path, location: '.' });
  return (await openBigFile(path, display, head, options)) ?? openJson(path, display, options);
}

async function openJson(path: FilePath, display: string, options: OpenOptions): Promise<Source> {
  const { signal, onProgress } = options;
  const loaded = await loadJson({
    path,
    display,
    location: '.',
    keepBelow: KEEP_BELOW,
    signal,
    onProgress: (done, total) => onProgress?.({ phase: 'reading', done, total, item: '.' }),
  });
  const { document, file } = loaded;
  if (document === null) throw nothingReadable(display, loaded.problems[0]);
  const readable = { ...loaded, document };
  const shape = shapeOf(readable);
  const catalog = new Catalog<FileSlice>(new KeyRing());
  readByShape(shape, catalog, readable, fileName(basename(display)));
  return new JsonSource(SHAPE_FORMATS[shape], display, file.identity.size, catalog);
}

async function readHead(path: FilePath): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

type Found = { readonly code: string; readonly message: string } | undefined;

/** The first problem as the reason why there is nothing to show. */
function nothingReadable(display: string, found: Found): SourceError {
  if (found?.code === 'not-json' && /^\.(db3?|sqlite3?)$/i.test(extname(display))) {
    const message = `${display} is named like a SQLite database, but is none: it does not begin like one. Check that it was copied whole.`;
    return new SourceError('sqlite-corrupt', message, { location: display });
  }
  const code = found && Object.hasOwn(ERROR_CODES, found.code) ? (ERROR_CODES[found.code] ?? 'not-json') : 'not-json';
  const lead = 'cannot be opened:';
  const message = `${display} ${lead} ${found?.message ?? 'There is no value in it.'}`;
  return new SourceError(code, message, { location: display });
}

const ERROR_CODES: Readonly<Record<string, SourceErrorCode>> = {
  empty: 'empty',
  'gzip-invalid': 'gzip-invalid',
  'gzip-truncated': 'gzip-invalid',
  'gzip-too-large': 'gzip-too-large',
  encrypted: 'secret-needed',
  'pickle-invalid': 'pickle-invalid',
  'pickle-too-large': 'pickle-too-large',
};

function notAFile(display: string): SourceError {
  const message = `${display} is neither a file nor a folder but a device, pipe or socket. Open a file or a folder.`;
  return new SourceError('unreadable', message, { location: display });
}
