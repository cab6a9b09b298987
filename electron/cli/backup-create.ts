import { resolve } from 'node:path';
import { createBackup } from '../core/backup/create-backup.ts';
import { openSource } from '../core/sources/open-source.ts';
import { newPassphrase } from './new-passphrase.ts';
import { openAsking } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

export interface BackupCreateOptions {
  readonly out: string;
  readonly only?: readonly string[];
  readonly gzip?: boolean;
  readonly encrypt?: boolean;
  readonly plain?: boolean;
  readonly name?: string;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly followLinks?: boolean;
  readonly signal: AbortSignal;
}

/** `backup create SOURCE --out FILE`. Exit code 1 when something that was meant is not in it. */
export async function backupCreate(output: Output, location: string, options: BackupCreateOptions): Promise<void> {
  const { only, gzip, name, signal, followLinks = false } = options;
  const file = resolve(options.out);
  const passphrase = options.encrypt === true ? await newPassphrase(output, file, signal) : undefined;
  const { source, secret } = await openAsking(output, location, { followLinks, signal });
  const line = new ProgressLine(output);
  try {
    const { info, states, leftOut, unmatched } = await createBackup(
      source,
      {
        file,
        name,
        only,
        gzip,
        passphrase,
        origin: 'manual',
        allowPlain: options.plain,
        overwrite: options.force,
        reopen: () => openSource(location, { followLinks, secret, signal }),
      },
      {
        signal,
        onProgress: ({ phase, done, total, key }) =>
          line.show(output.translate(`cli.backupPhases.${phase}`), done, total, key),
      },
    );
    line.clear();
    if (options.json === true) output.json({ info, states, leftOut, unmatched });
    else output.write(`${output.translate('cli.backedUp', { count: states, bytes: info.stateBytes ?? 0, file })}\n`);
    for (const each of leftOut) output.error(`statescope: ${output.translate('cli.backupLeftOut', { ...each })}\n`);
    for (const key of unmatched) output.error(`statescope: ${output.translate('cli.backupUnmatched', { key })}\n`);
    if (leftOut.length + unmatched.length > 0) output.exitCode = EXIT.missing;
  } finally {
    line.clear();
    await source.close();
  }
}
