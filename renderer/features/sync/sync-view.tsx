import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { SyncNode, SyncStatus } from '../../../shared/ipc/sync.ts';
import { followSync } from '../../host/sync.ts';
import { errorText } from '../../host/told-text.ts';
import { useSync } from '../../stores/sync-store.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { Conflicts } from './conflicts.tsx';
import { Lanes } from './lanes.tsx';
import styles from './sync.module.css';

/** Do all machines hold the same, and who wrote what without knowing of whom? */
export function SyncView() {
  const { t } = useTranslation();
  const status = useSync((sync) => sync.status);
  const error = useSync((sync) => sync.error);
  useEffect(followSync, []);
  return (
    <section className={styles.view} aria-label={t('sync.title')}>
      <header className={styles.header}>
        <h1 className={styles.headline}>{status === null ? t('sync.title') : <Headline status={status} />}</h1>
      </header>
      {error ? (
        <p className={styles.error} role="status">
          {errorText(t, error)}
        </p>
      ) : null}
      {status?.synchronised === false ? <p className={styles.lead}>{t('sync.nothing')}</p> : null}
      {status?.synchronised ? <Nodes nodes={status.nodes} /> : null}
      {status?.synchronised ? <Conflicts /> : null}
      {status === null ? null : <Lanes />}
    </section>
  );
}

/** The worst comes first: what a person has to decide, then who has not got everything. */
function Headline({ status }: { readonly status: SyncStatus }) {
  const { t } = useTranslation();
  if (!status.synchronised) return t('sync.notSynchronised');
  if (status.openConflicts > 0) return t('sync.toSettle', { count: status.openConflicts });
  const behind = status.nodes.filter(({ lagChanges, queued }) => lagChanges > 0 || queued > 0);
  const [first] = behind;
  if (first === undefined) return t('sync.allSame', { count: status.nodes.length });
  return behind.length === 1
    ? t('sync.oneBehind', { node: visibleText(first.id) })
    : t('sync.someBehind', { count: behind.length, of: status.nodes.length });
}

function Nodes({ nodes }: { readonly nodes: readonly SyncNode[] }) {
  const { t } = useTranslation();
  return (
    <table className={styles.nodes} aria-label={t('sync.nodes')}>
      <thead>
        <tr>
          <th>{t('sync.columns.node')}</th>
          <th>{t('sync.columns.state')}</th>
          <th className={styles.number}>{t('sync.columns.behind')}</th>
          <th className={styles.number}>{t('sync.columns.queued')}</th>
          <th>{t('sync.columns.lastSeen')}</th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <NodeRow key={node.writer} node={node} />
        ))}
      </tbody>
    </table>
  );
}

function NodeRow({ node }: { readonly node: SyncNode }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id, state, lagChanges, lagSeconds, queued, lastSeen } = node;
  return (
    <tr data-state={state}>
      <th scope="row" className={styles.node}>
        {visibleText(id)}
      </th>
      <td>
        <span className={styles.dot} data-state={state} aria-hidden />
        {t(`sync.states.${state}`)}
      </td>
      <td className={styles.number}>
        {lagChanges === 0
          ? t('sync.upToDate')
          : t('sync.behind', { count: lagChanges, time: format.seconds(lagSeconds) })}
      </td>
      <td className={styles.number}>{queued === 0 ? '–' : format.count(queued)}</td>
      <td>
        <TimeText stored={lastSeen} />
      </td>
    </tr>
  );
}
