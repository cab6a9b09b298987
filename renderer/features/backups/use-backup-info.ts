import { useEffect, useState } from 'react';
import type { BackupRow } from '../../../shared/ipc/backups.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { infoOfBackup } from '../../host/backups.ts';
import { useBackups } from '../../stores/backup-store.ts';

export interface BackupKnown {
  /** Null before it was read. */
  readonly row: BackupRow | null;
  readonly error: HostError | null;
}

/** What a file says of itself, and what verifying it has found; read anew whenever a backup was written or verified. */
export function useBackupInfo(file: string): BackupKnown {
  const [known, setKnown] = useState<BackupKnown>({ row: null, error: null });
  const changes = useBackups((state) => state.changes);
  useEffect(() => {
    let isCurrent = true;
    const read = async () => {
      const answer = await infoOfBackup(file);
      if (!isCurrent || answer === null) return;
      setKnown(answer.ok ? { row: answer.value, error: null } : { row: null, error: answer.error });
    };
    void read();
    return () => {
      isCurrent = false;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- each change asks again
  }, [file, changes]);
  return known;
}
