import type { BackupRestoreMode } from '../../../shared/ipc/backup-model.ts';
import type { RestoreRequest } from '../../../shared/ipc/restore.ts';

/**
 * Putting a backup back, as the machinery of restores is asked for it. In both modes a chosen state becomes what the backup has, byte
 * for byte; what `merge` keeps are whole states.
 * @param file the backup, which the target's `moment` opens (with the passphrase of an encrypted one).
 * @param only keys or globs over keys. Null: all states. Empty: none.
 */
export function backupRestoreRequest(
  file: string,
  { only, mode }: { readonly only: readonly string[] | null; readonly mode: BackupRestoreMode },
): RestoreRequest {
  return {
    from: { at: 'source', location: file },
    picks: only === null ? null : only.map((key) => ({ key, paths: null })),
    mode: 'replace',
    removeOthers: mode === 'replace',
    migrate: false,
  };
}
