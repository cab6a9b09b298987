/** Opens what states can be put into: a folder, a SQLite database, a PostgreSQL server, or a persistence.yaml with several. */
import type { Stats } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentKind } from '../files/magic.ts';
import type { StatePerformanceManager } from '../performance/performance-manager.ts';
import { isNamedCategory } from '../sources/categories.ts';
import { isPostgresUrl } from '../sources/postgres-address.ts';
import { errorCode, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import type { StateBackend } from './backend.ts';
import { isCompressedStore, isEncryptedStore } from './open-store-folder.ts';
import type { PostgresBackendOptions } from './postgres-backend.ts';
import { closeAll, RoutedBackend } from './router.ts';
import { persistenceOrThrow } from './rules.ts';
import { type BackendConfig, type FilesystemConfig, postgresAddress } from './rules-config.ts';
import { type Environment, PASSPHRASE_VARIABLE } from './secrets.ts';

export interface StoreOptions {
  /** Make what is not there yet: the tables, the folder. An existing place that is something else is refused all the same. */
  readonly create?: boolean | undefined;
  /** Opens what is encrypted, and is the password of a server; before the environment's. */
  readonly passphrase?: string | undefined;
  /** For `${NAME}` in a persistence.yaml, and STATESCOPE_PASSPHRASE. */
  readonly env?: Environment | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Puts its cache in front of every backend that is opened, and measures it. */
  readonly performance?: StatePerformanceManager | undefined;
  /** `refuse`: a memory backend takes nothing, because what it is given is gone when the store is closed. `keep` when absent. */
  readonly volatile?: 'keep' | 'refuse' | undefined;
}

/**
 * Opens for writing; the caller closes it. What a location is, its content decides.
 * @param location a path, a `file:` URL, or `postgresql://…`.
 * @throws SourceError `not-a-store` for what holds no states of the design's layout; `path-missing`, `secret-needed`,
 *   `secret-wrong`, `bad-config`, `unsupported-url`, and what the backends say.
 */
export async function openStore(location: string, options: StoreOptions = {}): Promise<StateBackend> {
  const { create = false, signal } = options;
  if (isPostgresUrl(location)) {
    return fronted(await postgres({ url: location, password: options.passphrase, create }), options);
  }
  const path = pathOf(location);
  try {
    signal?.throwIfAborted();
    const info = await statOrNull(path);
    if (info === null && !create) throw missing(path);
    if (info === null ? isDatabaseName(path) : info.isFile()) return await openFileStore(path, info, options);
    if (info !== null && !info.isDirectory()) throw noStore(path, 'it is neither a file nor a folder');
    return fronted(await openFolderStore(path, info !== null, options), options);
  } catch (error) {
    throw toSourceError(error, path, signal);
  }
}

/** By its name, where there is nothing yet to look into. */
export function isDatabaseName(path: string): boolean {
  return /^\.(?:db3?|sqlite3?)$/i.test(extname(path));
}

const URL_SCHEME = /^([a-z][a-z0-9+.-]+):\/\//i;

function pathOf(location: string): string {
  const scheme = URL_SCHEME.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) return resolve(location);
  if (scheme === 'file') return fileURLToPath(location);
  // The rest of the address may hold a password.
  const message = `Addresses that begin with ${scheme}:// are no store. Use a path or postgresql://…`;
  throw new SourceError('unsupported-url', message, { location: `${scheme}://` });
}

async function openFileStore(path: string, info: Stats | null, options: StoreOptions): Promise<StateBackend> {
  const { create } = options;
  if (/\.ya?ml$/i.test(path) && info !== null) return openRoutedStore(path, options);
  if (info !== null && info.size > 0 && contentKind(await headOf(path)) !== 'sqlite') {
    throw noStore(path, 'it is a file, but no SQLite database and no persistence.yaml');
  }
  if (info?.size === 0 && !create) throw noStore(path, 'it is empty');
  return fronted(await sqlite(path, create), options);
}

async function openFolderStore(path: string, exists: boolean, options: StoreOptions): Promise<StateBackend> {
  const { create = false } = options;
  if (exists) {
    const entries = await readdir(path, { withFileTypes: true });
    const isEmpty = entries.every(({ name }) => name.startsWith('.'));
    const isStore = entries.some(
      (entry) => entry.isDirectory() && (isNamedCategory(entry.name) || STORE_FOLDERS.has(entry.name)),
    );
    if (!isStore && !(isEmpty && create)) {
      throw noStore(path, isEmpty ? 'it is an empty folder' : 'it has no folders agents, sessions or conversations');
    }
  }
  const compression = await isCompressedStore(path);
  return openFilesystem({ basePath: path, compression, encryption: false, passphrase: null }, options);
}

/** Folders that only a store has. */
const STORE_FOLDERS = new Set(['.statescope', 'backups']);

/**
 * A folder that a configuration names. A passphrase is handed on only where a store is encrypted or to be encrypted: it would
 * encrypt what is plain.
 * @throws SourceError `secret-needed`, `secret-wrong`, and what openFilesystemBackend throws.
 */
export async function openFilesystem(
  config: Pick<FilesystemConfig, 'basePath' | 'compression' | 'encryption' | 'passphrase'>,
  options: StoreOptions,
): Promise<StateBackend> {
  const { basePath, compression } = config;
  const { env = process.env, create = false } = options;
  const { openFilesystemBackend } = await import('./filesystem-backend.ts');
  if (!config.encryption && !(await isEncryptedStore(basePath))) {
    return openFilesystemBackend({ basePath, compression, create, passphrase: null });
  }
  const passphrase = config.passphrase ?? options.passphrase ?? env[PASSPHRASE_VARIABLE];
  if (passphrase === undefined || passphrase === '') throw secretNeeded(basePath);
  return openFilesystemBackend({ basePath, compression, create, passphrase });
}

async function openRoutedStore(path: string, options: StoreOptions): Promise<StateBackend> {
  const { env = process.env } = options;
  const config = persistenceOrThrow(await readFile(path, 'utf8'), path, env);
  const backends = new Map<string, StateBackend>();
  try {
    for (const backend of config.backends) {
      options.signal?.throwIfAborted();
      backends.set(backend.name, fronted(await openConfigured(backend, options), options, backend.name));
    }
  } catch (error) {
    await closeAll(backends.values());
    throw error;
  }
  return new RoutedBackend(path, config, backends, { volatile: options.volatile });
}

async function openConfigured(config: BackendConfig, options: StoreOptions): Promise<StateBackend> {
  const { create = false } = options;
  switch (config.type) {
    case 'memory':
      return (await import('./memory-backend.ts')).openMemoryBackend();
    case 'sqlite':
      return sqlite(config.path, create);
    case 'filesystem':
      return openFilesystem(config, options);
    case 'postgresql':
      return postgres({
        ...postgresAddress(config),
        create,
        ...(config.poolSize !== null && { poolSize: config.poolSize }),
        ...(config.timeout !== null && { timeoutSeconds: config.timeout }),
      });
    default:
      return config satisfies never;
  }
}

function fronted(backend: StateBackend, { performance }: StoreOptions, name?: string): StateBackend {
  return performance === undefined ? backend : performance.front(backend, name);
}

// Each is loaded when it is used, so that the command line starts fast.
async function sqlite(path: string, create: boolean | undefined): Promise<StateBackend> {
  const { openSqliteBackend } = await import('./sqlite-backend.ts');
  return openSqliteBackend({ path, create });
}

async function postgres(options: PostgresBackendOptions): Promise<StateBackend> {
  const { openPostgresBackend } = await import('./postgres-backend.ts');
  return openPostgresBackend(options);
}

async function statOrNull(path: string): Promise<Stats | null> {
  try {
    return await stat(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function missing(path: string): SourceError {
  const message = `${path} does not exist. Check the path, or make a store there: statescope init ${path} --backend filesystem`;
  return new SourceError('path-missing', message, { location: path });
}

function noStore(path: string, reason: string): SourceError {
  const message = `${path} is no store that states can be put into: ${reason}. Make one with: statescope init PATH --backend filesystem`;
  return new SourceError('not-a-store', message, { location: path, reason });
}

function secretNeeded(path: string): SourceError {
  const message = `${path} is encrypted. Set ${PASSPHRASE_VARIABLE} to its passphrase.`;
  return new SourceError('secret-needed', message, { location: path });
}
