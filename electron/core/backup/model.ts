/**
 * What the parts of the backup engine are asked for and give. The engine is four functions and one mapping:
 *
 *     createBackup(source, options, run?): Promise<CreatedBackup>          create-backup.ts
 *     readBackupInfo(file, options?): Promise<BackupInfo>                  backup-info.ts
 *     listBackups(folder, options?): Promise<readonly ListedBackup[]>      backup-info.ts
 *     verifyBackup(file, options?, run?): Promise<BackupReport>            verify-backup.ts
 *     backupRestoreRequest(file, {only, mode}): RestoreRequest             restore-request.ts
 *     backupFolder(parent, location): string                               backup-folder.ts
 *
 * A backup is put back by the machinery of restores: `Restoring.plan(backupRestoreRequest(…))`, then `apply`. The plan checks the
 * checksum of every chosen state on the very bytes that it would write.
 */
import type { BackupInfo, BackupOrigin, BackupProgress, LeftOutState } from '../../../shared/ipc/backup-model.ts';
import type { Source } from '../sources/source.ts';

export interface BackupOptions {
  /** Absolute path of the backup. Packed when it ends with `.gz`, or when `gzip` says so. */
  readonly file: string;
  /** What a person calls it; by default the name of the source and the time. */
  readonly name?: string | undefined;
  /** Globs over keys (persistence/rules-glob.ts). Together with `keys` they add up; neither: all states. An empty list: none. */
  readonly only?: readonly string[] | undefined;
  /** Keys as the source lists them. */
  readonly keys?: readonly string[] | undefined;
  readonly gzip?: boolean | undefined;
  /** Encrypts it. Never kept. */
  readonly passphrase?: string | undefined;
  readonly origin: BackupOrigin;
  /** An encrypted source may be backed up without a passphrase. */
  readonly allowPlain?: boolean | undefined;
  /** Put it in the place of a file that is there already. It stays whole until the new one is. */
  readonly overwrite?: boolean | undefined;
  /**
   * Opens the source anew where it has changed since it was opened. Without it a source that changes meanwhile is refused at once.
   * What it opens is closed before `createBackup` settles; the source that was given stays open.
   */
  readonly reopen?: (() => Promise<Source>) | undefined;
  /** For tests: milliseconds since 1970. */
  readonly now?: (() => number) | undefined;
}

/** Heard at least once a state and every MiB. */
export interface BackupRun {
  readonly signal?: AbortSignal | undefined;
  /** Called often; whoever shows it coalesces. */
  readonly onProgress?: ((progress: BackupProgress) => void) | undefined;
}

export interface CreatedBackup {
  readonly info: BackupInfo;
  readonly states: number;
  /** States that are damaged in the source: in the backup they would make everything after them unreadable. */
  readonly leftOut: readonly LeftOutState[];
  /** Keys and globs that were asked for and match nothing. */
  readonly unmatched: readonly string[];
}

/** For one that is encrypted. */
export interface BackupSecret {
  readonly passphrase?: string | undefined;
}

export interface VerifyOptions extends BackupSecret {
  /** Only these, as they stand in the file; the rest is passed over. Absent: all. */
  readonly keys?: readonly string[] | undefined;
}
