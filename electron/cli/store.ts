/** Places that states are put into, for the time of a command. */
import type { StateBackend } from '../core/persistence/backend.ts';
import { openStore, type StoreOptions } from '../core/persistence/open-store.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { askSecretly } from './ask-secretly.ts';
import type { Output } from './output.ts';

/** Nothing is written unless it was asked for in so many words. @throws SourceError `not-armed` */
export function assertWrite(location: string, write: boolean): void {
  if (write) return;
  const message = `Nothing was written to ${location}: add --write to allow it.`;
  throw new SourceError('not-armed', message, { location });
}

export interface StoreRequest extends Pick<StoreOptions, 'create' | 'signal'> {
  readonly json: boolean;
}

/**
 * Opens what a person names as a store, and asks for the passphrase of an encrypted one where somebody can answer.
 * @throws SourceError `not-a-store` for sources that are only read.
 */
export async function writableStore(
  output: Output,
  location: string,
  { create, signal }: Pick<StoreOptions, 'create' | 'signal'>,
): Promise<StateBackend> {
  // What a memory backend is given would be gone when the command ends.
  const options: StoreOptions = { create, signal, volatile: 'refuse' };
  try {
    return await openStore(location, options);
  } catch (error) {
    const needed = error instanceof SourceError && error.code === 'secret-needed' && !location.includes('://');
    const passphrase = needed ? await askSecretly(output.translate('cli.askPassphrase', { location }), signal) : null;
    if (passphrase === null) throw error;
    return openStore(location, { ...options, passphrase });
  }
}

export async function withStore<T>(
  output: Output,
  location: string,
  options: Pick<StoreOptions, 'create' | 'signal'>,
  work: (store: StateBackend) => Promise<T>,
): Promise<T> {
  const store = await writableStore(output, location, options);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
