import type { TFunction } from 'i18next';
import type { BackupProblem } from '../../../shared/ipc/backup-model.ts';
import type { BackupSchedule } from '../../../shared/ipc/backup-schedules.ts';
import type { BackupRow, BackupVerdict } from '../../../shared/ipc/backups.ts';
import { fileOf } from '../../stores/backup-store.ts';
import { wholeUnit } from '../../ui/duration.ts';
import { splitPath } from '../../ui/paths.ts';
import { visibleText } from '../../ui/visible-text.ts';

/** What a person calls it; else the name of its file. */
export function nameText(row: BackupRow): string {
  const name = row.backup.status === 'read' ? row.backup.info.name : null;
  return visibleText(name ?? splitPath(fileOf(row)).name);
}

/** When it was made, as it stands there; else when its file was written. */
export function madeAt({ backup }: BackupRow): string {
  return backup.status === 'read' ? (backup.info.createdAt ?? backup.info.modifiedAt) : backup.modifiedAt;
}

export type Verdict = 'none' | 'verified' | 'readable' | 'damaged';

/** `readable`: there is nothing in it that it could be verified against. */
export function verdictOf(verdict: BackupVerdict | null): Verdict {
  if (verdict === null) return 'none';
  if (!verdict.ok) return 'damaged';
  return verdict.against === 'checksums' ? 'verified' : 'readable';
}

export function verdictText(t: TFunction, verdict: BackupVerdict | null): string {
  const what = verdictOf(verdict);
  const damaged = verdict === null ? 0 : verdict.states - verdict.sound;
  return what === 'damaged' && damaged > 0
    ? t('backups.damagedStates', { count: damaged })
    : t(`backups.verdicts.${what}`);
}

export function problemText(t: TFunction, { code, key, details, offset }: BackupProblem): string {
  const values = { ...details, key: key ?? '', offset: offset ?? 0 };
  if (code === 'not-json' && key === null) return visibleText(t('backups.problems.not-json-outside', values));
  return visibleText(t(`backups.problems.${code}`, values));
}

/** Every so often, or by which expression. */
export function timingText(t: TFunction, { timing }: Pick<BackupSchedule, 'timing'>): string {
  if (timing.by === 'cron') return t('backups.byCron', { expression: timing.expression });
  const { unit, amount } = wholeUnit(timing.seconds);
  return t(`backups.every.${unit}`, { count: amount });
}

/** Globs as they are typed: between commas, each once. */
export function globsOf(text: string): string[] {
  return [...new Set(text.split(/[,，\n]/).map((glob) => glob.trim()))].filter((glob) => glob !== '');
}
