import { PASSPHRASE_VARIABLE } from '../core/persistence/secrets.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { askSecretly } from './ask-secretly.ts';
import type { Output } from './output.ts';

/** For what is encrypted from now on: of the environment, else asked for twice. @throws SourceError `secret-needed`, `secret-wrong` */
export async function newPassphrase(output: Output, location: string, signal?: AbortSignal): Promise<string> {
  const kept = process.env[PASSPHRASE_VARIABLE];
  if (kept !== undefined && kept !== '') return kept;
  const given = await askSecretly(output.translate('cli.askPassphrase', { location }), signal);
  if (given === null) {
    const message = `To encrypt ${location}, set ${PASSPHRASE_VARIABLE} to a passphrase.`;
    throw new SourceError('secret-needed', message, { location });
  }
  const again = await askSecretly(output.translate('cli.askPassphraseAgain'), signal);
  if (again === given) return given;
  throw new SourceError('secret-wrong', `The two passphrases differ. Nothing was written to ${location}.`, {
    location,
  });
}
