import { resolve } from 'node:path';
import type { BackupRestoreMode } from '../../shared/ipc/backup-model.ts';
import { readBackupInfo } from '../core/backup/backup-info.ts';
import { backupRestoreRequest } from '../core/backup/restore-request.ts';
import type { Output } from './output.ts';
import { carryOut } from './restore.ts';
import { withRestoring } from './restore-target.ts';

export interface BackupRestoreOptions {
  /** Keys and globs. Null: all states. */
  readonly only: readonly string[] | null;
  readonly mode: BackupRestoreMode;
  /** Accepts the errors that can be accepted. */
  readonly force: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly followLinks: boolean;
  readonly signal: AbortSignal;
}

/**
 * `backup restore FILE --to SOURCE`: prints the plan, in which every chosen state has been compared with its checksum, and with
 * `--write` carries it out.
 */
export async function backupRestore(
  output: Output,
  file: string,
  target: string,
  { only, mode, ...options }: BackupRestoreOptions,
): Promise<void> {
  const path = resolve(file);
  // Before the target is opened: what is no backup is told at once.
  await readBackupInfo(path);
  await withRestoring(output, target, options, ({ restoring }) =>
    carryOut(output, restoring, backupRestoreRequest(path, { only, mode }), options),
  );
}
