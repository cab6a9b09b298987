import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { StateBackend } from '../core/persistence/backend.ts';
import { openFilesystemBackend } from '../core/persistence/filesystem-backend.ts';
import { rememberSettings } from '../core/persistence/open-store-folder.ts';
import { openSqliteBackend } from '../core/persistence/sqlite-backend.ts';
import { errorCode, toSourceError } from '../core/sources/problems.ts';
import { newPassphrase } from './new-passphrase.ts';
import { EXIT, type Output } from './output.ts';

export interface InitOptions {
  readonly backend: 'filesystem' | 'sqlite';
  readonly compress: boolean;
  readonly encrypt: boolean;
  readonly json: boolean;
}

/** `init PATH --backend filesystem|sqlite`: an empty store, in a place where nothing is. */
export async function init(output: Output, place: string, options: InitOptions): Promise<void> {
  const path = resolve(place);
  if (await isTaken(path)) {
    output.error(`statescope: ${output.translate('cli.placeTaken', { location: path })}\n`);
    output.exitCode = EXIT.unusable;
    return;
  }
  const store = await create(output, path, options);
  await store.close();
  const { backend, compress, encrypt } = options;
  if (options.json) output.json({ location: path, backend, compressed: compress, encrypted: encrypt });
  else output.write(`${output.translate('cli.initDone', { location: path })}\n`);
}

async function create(
  output: Output,
  path: string,
  { backend, compress, encrypt }: InitOptions,
): Promise<StateBackend> {
  if (backend === 'sqlite') return openSqliteBackend({ path, create: true });
  const passphrase = encrypt ? await newPassphrase(output, path) : null;
  const store = await openFilesystemBackend({ basePath: path, compression: compress, passphrase, create: true });
  await rememberSettings(path, { compression: compress });
  return store;
}

/** A file, or a folder with something in it. */
async function isTaken(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory() ? (await readdir(path)).length > 0 : true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw toSourceError(error, path);
  }
}
