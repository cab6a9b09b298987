import { type FormEvent, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  type BackupRow,
  type BackupVerdict,
  type ChosenStates,
  MOST_STATES_CHOSEN,
  type StateMatches,
} from '../../../shared/ipc/backups.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import { momentOfBackup, statesOfChoice, stopVerifying, unlocked, verifyBackup } from '../../host/backups.ts';
import { openRestore } from '../../host/restoring.ts';
import { errorText } from '../../host/told-text.ts';
import { isLocked, useBackups } from '../../stores/backup-store.ts';
import { closeDialog, openDialog } from '../../stores/dialog-store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, DialogActions, DialogBody } from '../../ui/dialog.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { splitPath } from '../../ui/paths.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { nameText } from './backup-text.ts';
import styles from './backups.module.css';
import { StateChooser, useStateChoice } from './state-chooser.tsx';
import { useBackupInfo } from './use-backup-info.ts';
import { useMatching } from './use-matching.ts';
import { VerdictReport } from './verdict-report.tsx';

export interface RestoreBackupDialogProps {
  readonly workspace: WorkspaceSummary;
  readonly file: string;
}

/** Before a backup is put back: it is verified, and its states are chosen. What would change is shown afterwards, before it is done. */
export function RestoreBackupDialog({ workspace, file }: RestoreBackupDialogProps) {
  const { t } = useTranslation();
  const { row, error } = useBackupInfo(file);
  const verifying = useBackups((state) => state.verifying.get(file));
  const isAsked = useRef(false);
  useEffect(() => {
    if (row === null || row.verdict !== null || isAsked.current) return;
    isAsked.current = true;
    // The question for its passphrase takes the place of this dialog.
    if (isLocked(row)) unlocked(row, () => openDialog({ kind: 'restore-backup', file }));
    else void verifyBackup(file);
  }, [row, file]);

  const close = () => {
    stopVerifying(file);
    closeDialog();
  };
  const fraction = verifying && verifying.total > 0 ? verifying.done / verifying.total : null;
  return (
    <Dialog
      open
      onClose={close}
      title={t('backups.restoreTitle', {
        backup: row ? nameText(row) : visibleText(splitPath(file).name),
        name: visibleText(workspace.name),
      })}
      closeLabel={t('common.close')}
      wide
    >
      {error ? (
        <DialogBody>
          <p className={styles.error} role="alert">
            {errorText(t, error)}
          </p>
        </DialogBody>
      ) : row === null || verifying !== undefined || row.verdict === null ? (
        <DialogBody>
          <JobProgress label={t('backups.phases.verifying')} fraction={fraction} text={t('backups.verifyFirst')} />
        </DialogBody>
      ) : (
        <Choose row={row} file={file} onClose={close} />
      )}
      {error || row?.verdict == null || verifying !== undefined ? (
        <DialogActions>
          <Button onClick={close}>{t('common.cancel')}</Button>
        </DialogActions>
      ) : null}
    </Dialog>
  );
}

interface ChooseProps {
  readonly row: BackupRow;
  readonly file: string;
  readonly onClose: () => void;
}

function Choose({ row, file, onClose }: ChooseProps) {
  const { verdict, backup } = row;
  const { t } = useTranslation();
  const [choice, changeChoice, chosen] = useStateChoice('');
  const damaged = useMemo(() => damagedStates(verdict), [verdict]);
  const sound = useMemo(() => without(chosen, damaged), [chosen, damaged]);
  const matching = useMatching(file, sound);
  const [failed, setFailed] = useState<HostError | null>(null);
  const tooMany = isTooManyToName(sound, matching.matches);
  const preview = async (event: FormEvent) => {
    event.preventDefault();
    const keys = await statesOfChoice(file, sound);
    if (keys === undefined) return;
    if (!keys.ok) {
      setFailed(keys.error);
      return;
    }
    closeDialog();
    openRestore(momentOfBackup(file), keys.value, nameText(row));
  };
  return (
    <form onSubmit={(event) => void preview(event)} className={styles.form}>
      <DialogBody>
        <VerdictReport verdict={verdict} checksums={backup.status === 'read' && backup.info.checksums} />
        {damaged.length > 0 ? (
          <p className={styles.warning}>
            {verdict !== null && verdict.more > 0
              ? t('backups.withoutFirst', { count: damaged.length })
              : t('backups.withoutDamaged')}
          </p>
        ) : null}
        <StateChooser choice={choice} onChange={changeChoice} matching={matching} filter="" />
        {tooMany ? (
          <p className={styles.warning} role="alert">
            {t('backups.tooManyToName', { most: MOST_STATES_CHOSEN })}
          </p>
        ) : null}
        <p className={styles.note}>{t('backups.previewHelp')}</p>
        {failed ? (
          <p className={styles.error} role="alert">
            {errorText(t, failed)}
          </p>
        ) : null}
      </DialogBody>
      <DialogActions>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" kind="primary" disabled={!matching.matches || matching.matches.states === 0 || tooMany}>
          {t('backups.preview')}
        </Button>
      </DialogActions>
    </form>
  );
}

function damagedStates(verdict: BackupVerdict | null): readonly string[] {
  return (verdict?.problems ?? []).flatMap(({ key, severity }) => (severity === 'error' && key !== null ? [key] : []));
}

/** Without those that are left out, each is asked for by its key. */
function isTooManyToName(chosen: ChosenStates, matches: StateMatches | null): boolean {
  return chosen.of === 'some' && chosen.except.length > 0 && (matches?.fitting ?? 0) > MOST_STATES_CHOSEN;
}

function without(chosen: ChosenStates, keys: readonly string[]): ChosenStates {
  if (keys.length === 0) return chosen;
  const { only, except } = chosen.of === 'some' ? chosen : { only: ['*'], except: [] };
  return { of: 'some', only, except: [...except, ...keys] };
}
