import { ChevronDown, ChevronRight, CircleX, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { ExplorerGrouping, ExplorerRow } from '../../../shared/ipc/model.ts';
import { StatusIcon } from '../../ui/status-icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useFormat } from '../../ui/use-format.ts';
import type { RowView } from '../../ui/virtual-rows.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './explorer.module.css';

type StateRow = Extract<ExplorerRow, { row: 'state' }>;
type StateClass = 'core' | 'extended' | 'runtime';

/** Gives each row of the list its attributes and content. */
export function useExplorerRow(
  row: (index: number) => ExplorerRow | undefined,
  groupBy: ExplorerGrouping,
): (index: number) => RowView {
  const { t } = useTranslation();
  const format = useFormat();
  return (index) => {
    const each = row(index);
    if (!each) {
      return {
        level: 2,
        content: (
          <span role="gridcell" className={styles.placeholder}>
            <span />
          </span>
        ),
      };
    }
    if (each.row === 'group') {
      const Chevron = each.collapsed ? ChevronRight : ChevronDown;
      return {
        level: 1,
        expanded: !each.collapsed,
        className: styles.kindRow,
        content: (
          <>
            <span role="gridcell" className={styles.kind}>
              <Chevron size={14} aria-hidden />
              <span className={styles.kindName}>
                {each.by === 'class' ? t(`explorer.classes.${each.group as StateClass}`) : visibleText(each.group)}
              </span>
            </span>
            <span role="gridcell" className={styles.count}>
              {format.count(each.count)}
            </span>
          </>
        ),
      };
    }
    return {
      level: 2,
      title: [each.key, each.type, each.status].filter((part) => part !== null).join('\n'),
      content: <StateCells state={each} withKind={groupBy === 'class'} size={format.bytes(each.bytes)} />,
    };
  };
}

interface StateCellsProps {
  readonly state: StateRow;
  readonly withKind: boolean;
  readonly size: string;
}

function StateCells({ state, withKind, size }: StateCellsProps) {
  return (
    <>
      <span role="gridcell" className={styles.id}>
        <span className={styles.name}>
          {withKind ? <span className={styles.prefix}>{visibleText(state.kind)}:</span> : null}
          {visibleText(state.id)}
        </span>
        <ProblemIcon problem={state.problem} />
      </span>
      <span role="gridcell" className={styles.type}>
        {state.type}
      </span>
      <span role="gridcell" className={styles.status}>
        {state.status === null ? null : (
          <>
            <StatusIcon status={state.status} />
            <span className={styles.statusText}>{state.status}</span>
          </>
        )}
      </span>
      <span role="gridcell" className={styles.updated}>
        {state.updatedAt === null ? null : <TimeText stored={state.updatedAt} />}
      </span>
      <span role="gridcell" className={styles.size}>
        {size}
      </span>
    </>
  );
}

function ProblemIcon({ problem }: { readonly problem: StateRow['problem'] }) {
  const { t } = useTranslation();
  if (problem === null) return null;
  const text = problem === 'error' ? t('explorer.hasError') : t('explorer.hasWarning');
  const Icon = problem === 'error' ? CircleX : TriangleAlert;
  return (
    <span role="img" aria-label={text} title={text} className={styles[problem]}>
      <Icon size={12} aria-hidden />
    </span>
  );
}
