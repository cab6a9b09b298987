import { CircleCheck } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { checkNow, readReport, stopChecking } from '../../host/consistency.ts';
import { errorText } from '../../host/told-text.ts';
import { useConsistency } from '../../stores/consistency-store.ts';
import { Button } from '../../ui/button.tsx';
import { JobProgress } from '../../ui/job-progress.tsx';
import { CheckTable } from './check-table.tsx';
import styles from './consistency.module.css';
import { FindingFilter } from './finding-filter.tsx';
import { FindingList } from './finding-list.tsx';
import { ReportHead } from './report-head.tsx';

/** What is wrong in the source, why it matters, where it is, and how it is repaired. */
export function ConsistencyView({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const id = workspace.workspace;
  const { head, error, stopped, tab } = useConsistency();
  useEffect(() => {
    void readReport(id);
  }, [id]);
  if (head === null) {
    return (
      <section className={styles.view} aria-label={t('consistency.title')}>
        {error !== null || stopped ? (
          <div role={error === null ? undefined : 'alert'}>
            <h1 className={styles.headline}>{t(error === null ? 'consistency.stopped' : 'consistency.failed')}</h1>
            {error === null ? null : <p className={styles.note}>{errorText(t, error)}</p>}
            <p className={styles.actions}>
              <Button onClick={() => void checkNow()}>{t('consistency.again')}</Button>
            </p>
          </div>
        ) : (
          <Checking />
        )}
      </section>
    );
  }
  const { counts } = head;
  const found = counts.error + counts.warning + counts.note;
  return (
    <section className={styles.view} aria-label={t('consistency.title')}>
      <ReportHead workspace={workspace} head={head} />
      {error ? (
        <p className={styles.error} role="alert">
          {errorText(t, error)}
        </p>
      ) : null}
      {found === 0 ? (
        <>
          <p className={styles.allFine}>
            <CircleCheck size={14} aria-hidden />
            {t('consistency.allFine')}
          </p>
          <CheckTable checks={head.checks} />
        </>
      ) : (
        <>
          <FindingFilter head={head} />
          {tab === 'checks' ? <CheckTable checks={head.checks} /> : <FindingList workspace={id} head={head} />}
        </>
      )}
    </section>
  );
}

function Checking() {
  const { t } = useTranslation();
  const progress = useConsistency((state) => state.progress);
  return (
    <div className={styles.checking}>
      <h1 className={styles.headline}>{t('consistency.checking')}</h1>
      <JobProgress
        label={t('consistency.checking')}
        fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
        text={progress ? t('consistency.checkingOf', { ...progress }) : ''}
        stateKey={progress?.key}
      />
      <p className={styles.actions}>
        <Button onClick={stopChecking}>{t('common.cancel')}</Button>
      </p>
    </div>
  );
}
