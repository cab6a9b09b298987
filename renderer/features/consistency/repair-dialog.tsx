/** Repairing what was found: which repairs, the bytes that change for them, and where it is done. */
import { CopyPlus, LockOpen } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { faultLines } from '../../host/check-text.ts';
import { closeRepair, openCopy, repairCopy, repairHere } from '../../host/repairing.ts';
import { armSource } from '../../host/writing.ts';
import { useRepair } from '../../stores/repair-store.ts';
import { Button } from '../../ui/button.tsx';
import { FaultNote } from '../../ui/check-list.tsx';
import { Dialog, DialogActions } from '../../ui/dialog.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './repair.module.css';
import { RepairChecks } from './repair-checks.tsx';
import { RepairChoice } from './repair-choice.tsx';
import { RepairList } from './repair-list.tsx';
import { RepairText } from './repair-text.tsx';

export default function RepairDialog({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const { asked, all, plan, off, accepted, selected, applying, progress, fault, copy } = useRepair();
  const main = useRef<HTMLButtonElement>(null);
  if (asked === null) return null;
  if (copy !== null) return <CopyDone path={copy.path} />;
  const armed = workspace.armed && workspace.asOf === null;
  const inTheWay = plan?.checks.some(
    ({ severity, code, acceptable }) => severity === 'error' && !(acceptable && accepted.has(code)),
  );
  const canCopy = plan !== null && plan.states > 0 && !applying;
  const canWrite = canCopy && inTheWay === false && armed;
  const shown = (plan ?? all)?.repairs.find(({ finding }) => finding === selected);
  return (
    <Dialog
      open
      onClose={closeRepair}
      title={t('consistency.repairing.title', { name: visibleText(workspace.name) })}
      closeLabel={t('common.close')}
      initialFocus={main}
      full
    >
      <div className={styles.content}>
        {fault ? <FaultNote lines={faultLines(t, fault)} /> : null}
        {plan ? <RepairChecks checks={plan.checks} refused={plan.refused} /> : null}
        {asked.finding !== null && asked.choices.length > 1 ? (
          <RepairChoice finding={asked.finding} choices={asked.choices} choice={asked.choice} />
        ) : null}
        {all ? (
          <div className={asked.finding === null ? styles.columns : styles.single}>
            {asked.finding === null ? <RepairList repairs={all.repairs} followUps={all.followUps} /> : null}
            {shown && plan ? (
              <RepairText plan={plan} repair={shown} />
            ) : (
              <p className={styles.empty}>{off.has(selected ?? '') ? t('consistency.repairing.unticked') : ''}</p>
            )}
          </div>
        ) : fault ? null : (
          <p className={styles.empty}>{t('consistency.repairing.reading')}</p>
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
          ) : (
            <span className={styles.muted}>
              {t(armed ? 'consistency.repairing.safety' : 'consistency.repairing.readOnly')}
            </span>
          )}
        </div>
        {armed || workspace.notWritable !== null || workspace.asOf !== null ? null : (
          <Button icon={<LockOpen size={13} aria-hidden />} onClick={() => void armSource(true)}>
            {t('restore.allow')}
          </Button>
        )}
        <Button onClick={closeRepair}>{t(applying ? 'restore.stop' : 'common.cancel')}</Button>
        {workspace.notWritable === null ? (
          <Button disabled={!canWrite} onClick={() => void repairHere()}>
            {t('consistency.repairing.here')}
          </Button>
        ) : null}
        <Button
          ref={main}
          kind="primary"
          icon={<CopyPlus size={13} aria-hidden />}
          disabled={!canCopy}
          onClick={() => void repairCopy()}
        >
          {t('consistency.repairing.copy')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function CopyDone({ path }: { readonly path: string }) {
  const { t } = useTranslation();
  const main = useRef<HTMLButtonElement>(null);
  return (
    <Dialog
      open
      onClose={closeRepair}
      title={t('consistency.repairing.copied')}
      closeLabel={t('common.close')}
      initialFocus={main}
    >
      <div className={styles.done}>
        <p>{t('consistency.repairing.copiedTo', { path: visibleText(path) })}</p>
      </div>
      <DialogActions>
        <Button onClick={closeRepair}>{t('common.close')}</Button>
        <Button ref={main} kind="primary" onClick={openCopy}>
          {t('consistency.repairing.openCopy')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
