import { type KeyboardEvent, useCallback, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConsistencyHead, ConsistencyRow } from '../../../shared/ipc/consistency-view.ts';
import { call } from '../../host/client.ts';
import { openFinding } from '../../host/consistency.ts';
import { errorText } from '../../host/told-text.ts';
import { standOnFinding, toggleFindings, useConsistency } from '../../stores/consistency-store.ts';
import { useWindow } from '../../stores/use-window.ts';
import type { RowRange } from '../../ui/scaled-scroll.ts';
import { VirtualRows, type VirtualRowsHandle } from '../../ui/virtual-rows.tsx';
import styles from './consistency.module.css';
import { FindingDetail } from './finding-detail.tsx';
import { FindingRow } from './finding-row.tsx';
import { rulesNamed } from './finding-text.ts';

const ROW_HEIGHT = 28;

interface FindingListProps {
  readonly workspace: string;
  readonly head: ConsistencyHead;
}

/** What was found, any number of it, and beside it the finding on which the list stands. */
export function FindingList({ workspace, head }: FindingListProps) {
  const { t } = useTranslation();
  const { by, text, severities, toggled, active } = useConsistency();
  const { report, checks } = head;
  const load = useCallback(
    (offset: number, limit: number) => {
      const rules = rulesNamed(
        t,
        checks.map(({ rule }) => rule),
        text,
      );
      const query = { by, text, rules, severities: [...severities], toggled: [...toggled] };
      return call('consistency.rows', { workspace, report, ...query, offset, limit });
    },
    [workspace, report, checks, by, text, severities, toggled, t],
  );
  const { total, error, row, want, replacing } = useWindow<ConsistencyRow>(load, report);
  const onSight = useCallback(({ first, end }: RowRange) => want(first, end), [want]);
  const list = useRef<VirtualRowsHandle>(null);
  const count = total ?? 0;
  const current = Math.min(active, Math.max(0, count - 1));
  const chosen = replacing ? undefined : row(current);

  useEffect(() => list.current?.show(current), [current]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (chosen === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const heading = chosen.row === 'finding' ? null : chosen;
    const act = {
      Enter: () => (heading ? toggleFindings(heading.id) : undefined),
      ArrowLeft: () => (heading?.open === true ? toggleFindings(heading.id) : undefined),
      ArrowRight: () => (heading?.open === false ? toggleFindings(heading.id) : undefined),
    }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    if (event.key === 'Enter' && chosen.row === 'finding') void openFinding(chosen.finding);
    else act();
  };
  if (error) {
    return (
      <p className={styles.error} role="alert">
        {errorText(t, error)}
      </p>
    );
  }
  if (total === 0) return <p className={styles.empty}>{t('consistency.noMatch')}</p>;
  return (
    <div className={styles.columns}>
      <VirtualRows
        handle={list}
        className={styles.rows}
        count={count}
        rowHeight={ROW_HEIGHT}
        columns={2}
        label={t('consistency.findings')}
        active={current}
        onActive={(index, event) => {
          standOnFinding(index);
          const each = row(index);
          if (event.type === 'click' && each !== undefined && each.row !== 'finding') toggleFindings(each.id);
        }}
        onKeyDown={onKeyDown}
        onDoubleClick={(index) => {
          const each = row(index);
          if (each?.row === 'finding') void openFinding(each.finding);
        }}
        row={(index) => {
          const each = row(index);
          return {
            level: each?.row === 'finding' ? each.level : each?.row === 'rule' ? 2 : 1,
            expanded: each === undefined || each.row === 'finding' ? undefined : each.open,
            content: each ? <FindingRow row={each} /> : null,
            className: each && styles[each.row === 'finding' && each.level > 2 ? 'deep' : each.row],
          };
        }}
        onSight={onSight}
        testId="consistency-rows"
      />
      {chosen ? <FindingDetail workspace={workspace} row={chosen} /> : <div className={styles.detail} />}
    </div>
  );
}
