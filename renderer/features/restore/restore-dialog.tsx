/** Putting an earlier moment back: what would change, what speaks against it, and one button. */
import { LockOpen } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { checkItems, faultLines } from '../../host/check-text.ts';
import { applyRestore, changeWay, closeRestore } from '../../host/restoring.ts';
import { armSource } from '../../host/writing.ts';
import { changeRestore, useRestore } from '../../stores/restore-store.ts';
import { Button } from '../../ui/button.tsx';
import { CheckList, FaultNote } from '../../ui/check-list.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { Check } from '../../ui/field.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { Segments } from '../../ui/segments.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { ChangeList } from './change-list.tsx';
import { momentText } from './moment-text.ts';
import styles from './restore.module.css';
import { StateList } from './state-list.tsx';

export default function RestoreDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const state = useRestore();
  const main = useRef<HTMLButtonElement>(null);
  const { asked, all, plan, applying, progress, mode, removeOthers, migrate, accepted, selected } = state;
  if (asked === null) return null;
  // What a backup does not have, a person lets stay or go; its states are put back as they were.
  const ofBackup = asked.from.at === 'source';
  const row = all?.rows.find(({ key }) => key === selected) ?? null;
  const open = plan?.checks.filter(
    ({ severity, code, acceptable }) => severity === 'error' && !(acceptable && accepted.has(code)),
  );
  const armed = workspace.armed || workspace.format === 'probe';
  const ready = plan !== null && plan.states > 0 && open?.length === 0 && armed && !applying;
  const isOlder = all?.checks.some(({ code }) => code === 'older-version' || code === 'migrated') ?? false;
  return (
    <Dialog
      open
      onClose={closeRestore}
      title={t('restore.title', {
        moment: asked.name === null ? momentText(t, asked.from) : t('restore.moments.backup', { name: asked.name }),
      })}
      closeLabel={t('common.close')}
      initialFocus={main}
      full
    >
      <div className={styles.content}>
        <div className={styles.way}>
          <span className={styles.into}>{t('restore.into', { name: visibleText(workspace.name) })}</span>
          {ofBackup ? (
            <Segments
              label={t('restore.mode')}
              value={removeOthers ? 'replace' : 'merge'}
              onChange={(value) => changeWay({ removeOthers: value === 'replace' })}
              options={(['merge', 'replace'] as const).map((value) => ({ value, text: t(`restore.modes.${value}`) }))}
            />
          ) : (
            <Segments
              label={t('restore.mode')}
              value={mode}
              onChange={(value) => changeWay({ mode: value })}
              options={(['replace', 'merge'] as const).map((value) => ({
                value,
                text: t(`restore.modes.${value}`),
                title: t(`restore.modeHelp.${value}`),
              }))}
            />
          )}
          {asked.keys === null && !ofBackup ? (
            <Check
              label={t('restore.removeOthers')}
              disabled={mode === 'merge' || applying}
              checked={removeOthers && mode === 'replace'}
              onChange={(event) => changeWay({ removeOthers: event.target.checked })}
            />
          ) : null}
          {isOlder ? (
            <Check
              label={t('restore.migrate')}
              disabled={applying}
              checked={migrate}
              onChange={(event) => changeWay({ migrate: event.target.checked })}
            />
          ) : null}
        </div>
        {ofBackup ? (
          <p className={styles.muted}>{t(removeOthers ? 'restore.backupReplaces' : 'restore.backupMerges')}</p>
        ) : null}
        {state.fault ? <FaultNote lines={faultLines(t, state.fault)} /> : null}
        {plan ? (
          <CheckList
            label={t('restore.checks')}
            items={checkItems(t, plan.checks, state.accepted, (accepted) => changeRestore({ accepted }))}
          />
        ) : null}
        {all ? (
          <div className={styles.columns}>
            <StateList rows={all.rows} />
            {row ? <ChangeList row={row} /> : <p className={styles.empty}>{t('restore.nothing')}</p>}
          </div>
        ) : state.fault ? null : (
          <p className={styles.empty}>{t('restore.reading')}</p>
        )}
      </div>
      <DialogActions>
        <div className={styles.state}>
          {applying && progress ? (
            <ProgressBar
              label={t(`restore.phases.${progress.phase}`)}
              fraction={progress.total > 0 ? progress.done / progress.total : null}
              text={t(`restore.phases.${progress.phase}`)}
            />
          ) : armed || workspace.notWritable !== null ? (
            <span className={styles.muted}>{t('restore.safety')}</span>
          ) : (
            <span className={styles.muted}>{t('restore.readOnly')}</span>
          )}
        </div>
        {armed || workspace.notWritable !== null ? null : (
          <Button icon={<LockOpen size={13} aria-hidden />} onClick={() => void armSource(true)}>
            {t('restore.allow')}
          </Button>
        )}
        <Button onClick={closeRestore}>{t(applying ? 'restore.stop' : 'common.cancel')}</Button>
        <Button ref={main} kind="primary" disabled={!ready} onClick={() => void applyRestore()}>
          {t('restore.apply', { count: plan?.states ?? 0 })}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
