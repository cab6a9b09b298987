import { create } from 'zustand';
import type { BackupProgress } from '../../shared/ipc/backup-model.ts';
import type { ScheduleList } from '../../shared/ipc/backup-schedules.ts';
import type { BackupList, BackupRow } from '../../shared/ipc/backups.ts';
import type { HostError } from '../../shared/ipc/result.ts';

interface BackupsState {
  /** Counts how often backups were made, verified or removed: what shows one reads it anew. */
  readonly changes: number;
  /** Null before it was read. */
  readonly list: BackupList | null;
  readonly error: HostError | null;
  /** The file on which a person stands. */
  readonly selected: string | null;
  /** Files that are being verified, and how far that is. */
  readonly verifying: ReadonlyMap<string, BackupProgress | null>;
  /** Of the open source. Null before they were read. */
  readonly schedules: ScheduleList | null;
  /** Why they could not be read. */
  readonly schedulesError: HostError | null;
}

const NONE: BackupsState = {
  changes: 0,
  list: null,
  error: null,
  selected: null,
  verifying: new Map(),
  schedules: null,
  schedulesError: null,
};

export const useBackups = create<BackupsState>(() => NONE);

export function changeBackups(change: Partial<BackupsState>): void {
  useBackups.setState(change);
}

/** Another source is open, or none. */
export function forgetBackups(): void {
  useBackups.setState(({ changes }) => ({ ...NONE, changes: changes + 1 }));
}

/** Undefined: it is not being verified any more. */
export function verifyProgressed(file: string, progress: BackupProgress | null | undefined): void {
  useBackups.setState(({ verifying }) => {
    const next = new Map(verifying);
    if (progress === undefined) next.delete(file);
    else next.set(file, progress);
    return { verifying: next };
  });
}

export function fileOf({ backup }: BackupRow): string {
  return backup.status === 'read' ? backup.info.file : backup.file;
}

/** It cannot be looked into before its passphrase is known. */
export function isLocked({ backup }: BackupRow): boolean {
  return backup.status === 'read' && backup.info.known === 'encrypted';
}

/** The last run of one of the schedules of the open source has failed. */
export function useFailedSchedule(): boolean {
  return useBackups(({ schedules }) => schedules?.schedules.some(({ runs }) => runs[0]?.result === 'failed') === true);
}
