import { TriangleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { leaveOverview, readOverview, stopOverview } from '../../host/reading-overview.ts';
import { errorText } from '../../host/told-text.ts';
import { useOverview } from '../../stores/overview-store.ts';
import { Button } from '../../ui/button.tsx';
import { ProgressBar } from '../../ui/progress-bar.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { Headline } from './headline.tsx';
import styles from './overview.module.css';
import { Activity, Expiry, Ranking, Statuses } from './sections.tsx';
import { StatesButton } from './states-button.tsx';

/** What the agents and sessions of a source tell together; every number leads to the states behind it. */
export function OverviewView({ workspace }: { readonly workspace: WorkspaceSummary }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = workspace.workspace;
  const { generation } = workspace;
  const { workspace: readIn, overview, error } = useOverview();
  useEffect(() => {
    readOverview(id, generation);
    return leaveOverview;
  }, [id, generation]);

  if (readIn === id && error) {
    const stopped = error.code === 'cancelled';
    return (
      <div className={styles.page} role={stopped ? undefined : 'alert'}>
        <h1 className={styles.headline}>{t(stopped ? 'overview.stopped' : 'overview.failed')}</h1>
        {stopped ? null : <p className={styles.note}>{errorText(t, error)}</p>}
        <p className={styles.actions}>
          <Button onClick={() => readOverview(id, generation)}>{t('common.retry')}</Button>
        </p>
      </div>
    );
  }
  if (readIn !== id || !overview) return <Reading />;
  return (
    <div className={styles.page} data-testid="overview">
      <Headline overview={overview} />
      {overview.unread.count > 0 ? (
        <p className={styles.unread}>
          <TriangleAlert size={14} aria-hidden className={styles.warning} />
          <StatesButton states={overview.unread} text={t('overview.unread', { count: overview.unread.count })} />
        </p>
      ) : null}
      <div className={styles.sections}>
        <Statuses title={t('overview.agents')} group={overview.agents} empty={t('overview.noAgents')} />
        <Statuses title={t('overview.sessions')} group={overview.sessions} empty={t('overview.noSessions')} />
        <Activity overview={overview} />
        <Expiry expiry={overview.expiry} openedAt={workspace.openedAt} />
        <Ranking
          title={t('overview.busiestAgents')}
          amountTitle={t('overview.messages')}
          ranks={overview.busiestAgents}
          amount={format.count}
          empty={t(overview.agents ? 'overview.noAgentMessages' : 'overview.noAgents')}
        />
        <Ranking
          title={t('overview.busiestSessions')}
          amountTitle={t('overview.messages')}
          ranks={overview.busiestSessions}
          amount={format.count}
          empty={t(overview.sessions ? 'overview.noSessionMessages' : 'overview.noSessions')}
        />
        <Ranking
          title={t('overview.largest')}
          amountTitle={t('metadata.size')}
          ranks={overview.largest}
          amount={format.bytes}
          empty={t('explorer.noStates')}
        />
      </div>
    </div>
  );
}

function Reading() {
  const { t } = useTranslation();
  const progress = useOverview((state) => state.progress);
  const fraction = progress && progress.total > 0 ? progress.done / progress.total : null;
  const text = progress ? t('overview.readingOf', { ...progress }) : '';
  return (
    <div className={styles.page}>
      <h1 className={styles.headline}>{t('overview.reading')}</h1>
      <div className={styles.progress}>
        <ProgressBar label={t('overview.reading')} fraction={fraction} text={text} />
        <p className={styles.note}>{text}</p>
        <Button onClick={stopOverview}>{t('common.cancel')}</Button>
      </div>
    </div>
  );
}
