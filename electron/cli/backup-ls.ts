import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackupInfo, ListedBackup } from '../../shared/ipc/backup-model.ts';
import { listBackups, readBackupInfo } from '../core/backup/backup-info.ts';
import { PASSPHRASE_VARIABLE } from '../core/persistence/secrets.ts';
import { tellStates } from './list.ts';
import { openAsking } from './open.ts';
import type { Output } from './output.ts';

interface Options {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `backup ls FILE`: what it says of itself, and its states; `backup ls FOLDER`: the backups in it, the latest first. */
export async function backupLs(output: Output, place: string, options: Options): Promise<void> {
  const info = await stat(place).catch(() => null);
  await (info?.isDirectory() === true ? lsFolder(output, resolve(place), options) : lsFile(output, place, options));
}

async function lsFile(output: Output, file: string, { json, signal }: Options): Promise<void> {
  const { source, secret } = await openAsking(output, file, { signal });
  try {
    const passphrase = secret ?? (process.env[PASSPHRASE_VARIABLE] || undefined);
    const info = await readBackupInfo(file, { passphrase });
    if (json) {
      const states = source.entries.map(({ key, type, bytes, updatedAt }) => ({ key, type, bytes, updatedAt }));
      output.json({ info, states });
      return;
    }
    tellInfo(output, info);
    output.write('\n');
    tellStates(output, source);
  } finally {
    await source.close();
  }
}

async function lsFolder(output: Output, folder: string, { json, signal }: Options): Promise<void> {
  const backups = await listBackups(folder, { signal });
  if (json) output.json(backups);
  else if (backups.length === 0) output.write(`${output.translate('cli.backupNone', { location: folder })}\n`);
  else for (const backup of backups) tellBackup(output, folder, backup);
}

function tellBackup(output: Output, folder: string, backup: ListedBackup): void {
  const { translate: t } = output;
  const file = backup.status === 'read' ? backup.info.file : backup.file;
  const name = file.slice(folder.length + 1);
  if (backup.status === 'unreadable') {
    const { code, message, details } = backup.error;
    output.write(`${backup.modifiedAt}  ${name}  ${t(`errors.${code}`, details, message)}\n`);
    return;
  }
  const { createdAt, modifiedAt, fileBytes, states, origin, encrypted, source } = backup.info;
  const words = [
    createdAt ?? modifiedAt,
    name,
    String(fileBytes),
    ...(states === null ? [] : [t('cli.backupStates', { count: states })]),
    ...(origin === null ? [] : [t(`cli.backupOrigins.${origin}`)]),
    ...(encrypted ? [t('cli.backupEncrypted')] : []),
    ...(source === null ? [] : [source.location]),
  ];
  output.write(`${words.join('  ')}\n`);
}

function tellInfo(output: Output, info: BackupInfo): void {
  const { translate: t } = output;
  const { name, createdAt, modifiedAt, origin, source, states, stateBytes, writer, only, others, leftOut } = info;
  const lines: readonly (readonly [string, string | null])[] = [
    ['name', name],
    ['created', createdAt ?? modifiedAt],
    ['origin', origin && t(`cli.backupOrigins.${origin}`)],
    ['source', source && `${source.location} (${source.format})`],
    ['states', states === null ? null : String(states)],
    ['bytes', stateBytes === null ? null : String(stateBytes)],
    ['writer', writer && `${writer.name} ${writer.version}`],
    ['only', only && only.join(', ')],
  ];
  for (const [field, value] of lines) {
    if (value !== null) output.write(`${t(`cli.backupFields.${field}`)}  ${value}\n`);
  }
  // What this program does not know is shown as it stands.
  for (const { name: other, text } of others) output.write(`${other}  ${text.replaceAll(/\s+/g, ' ')}\n`);
  for (const each of leftOut) output.write(`${t('cli.backupLeftOut', { ...each })}\n`);
}
