import { RefreshCw, TriangleAlert, Wrench } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ConsistencyHead } from '../../../shared/ipc/consistency-view.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { checkNow, stopChecking } from '../../host/consistency.ts';
import { openRepair } from '../../host/repairing.ts';
import { useConsistency } from '../../stores/consistency-store.ts';
import { useWorkspace } from '../../stores/workspace-store.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './consistency.module.css';

interface ReportHeadProps {
  readonly workspace: WorkspaceSummary;
  readonly head: ConsistencyHead;
}

/** The answer: how much is wrong, and how much of it can be repaired. */
export function ReportHead({ workspace, head }: ReportHeadProps) {
  const { t } = useTranslation();
  const { running, progress, stopped } = useConsistency();
  const others = useWorkspace((state) => state.stale !== null);
  const isOld = others || head.generation !== workspace.generation;
  const faults = head.counts.error + head.counts.warning;
  const ran = head.checks.filter(({ notRun }) => notRun === null).length;
  const notRun = head.checks.length - ran;
  const far = progress ? t('consistency.checkingOf', { ...progress }) : '';
  return (
    <header className={styles.header}>
      <div className={styles.answer}>
        <h1 className={styles.headline}>{faults === 0 ? t('consistency.nothing') : <Faults head={head} />}</h1>
        <p className={styles.note}>
          <span>{t('consistency.looked', { count: ran, states: t('units.states', { count: head.states }) })}</span>
          {notRun > 0 ? <span>{t('consistency.couldNotRun', { count: notRun })}</span> : null}
          {head.counts.note > 0 ? <span>{t('consistency.notes', { count: head.counts.note })}</span> : null}
          {head.rulesFile === null ? null : (
            <span title={head.rulesFile}>
              {t('consistency.rulesFile', { file: visibleText(lastPart(head.rulesFile)) })}
            </span>
          )}
          <TimeText stored={head.finishedAt} />
        </p>
        {head.left > 0 ? <p className={styles.warning}>{t('consistency.left', { count: head.left })}</p> : null}
        {isOld && !running ? (
          <p className={styles.warning}>
            <TriangleAlert size={14} aria-hidden />
            {t('consistency.stale')}
          </p>
        ) : null}
        {stopped ? <p className={styles.note}>{t('consistency.stopped')}</p> : null}
      </div>
      {running ? (
        <>
          <span className={styles.progress}>
            <ProgressBar
              label={t('consistency.checking')}
              fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
              text={far}
            />
          </span>
          <Button onClick={stopChecking}>{t('common.cancel')}</Button>
        </>
      ) : (
        <>
          <Button icon={<RefreshCw size={13} aria-hidden />} onClick={() => void checkNow()}>
            {t('consistency.again')}
          </Button>
          {head.repairable > 0 ? (
            <Button
              kind={isOld ? 'plain' : 'primary'}
              icon={<Wrench size={13} aria-hidden />}
              onClick={() => openRepair(null)}
            >
              {t('consistency.repairAll', { count: head.repairable })}
            </Button>
          ) : null}
        </>
      )}
    </header>
  );
}

function Faults({ head: { counts, faulty, repairable } }: { readonly head: ConsistencyHead }) {
  const { t } = useTranslation();
  const faults = counts.error + counts.warning;
  const states = t('consistency.inStates', { count: faulty });
  const how = repairable === 0 ? 'none' : repairable === faults ? 'all' : 'some';
  return (
    <>
      {t('consistency.faults', { count: faults, states })}
      {t(`consistency.repairable.${how}`, { count: repairable })}
    </>
  );
}

function lastPart(path: string): string {
  return path.split(/[\\/]/).findLast((part) => part !== '') ?? path;
}
