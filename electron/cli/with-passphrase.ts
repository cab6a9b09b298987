import { PASSPHRASE_VARIABLE } from '../core/persistence/secrets.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { askSecretly } from './ask-secretly.ts';
import type { Output } from './output.ts';

/** With the passphrase of the environment; where one is needed and there is none, with what somebody types. */
export async function withPassphrase<T>(
  output: Output,
  location: string,
  work: (passphrase: string | undefined) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await work(process.env[PASSPHRASE_VARIABLE] || undefined);
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== 'secret-needed') throw error;
    const passphrase = await askSecretly(output.translate('cli.askPassphrase', { location }), signal);
    if (passphrase === null) throw error;
    return work(passphrase);
  }
}
