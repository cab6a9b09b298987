import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  useTable,
} from '@tanstack/react-table';
import { ArrowDown, ArrowUp, CircleCheck, CircleX, Link2, ShieldCheck, TriangleAlert, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { selectState, showConsistency } from '../../stores/selection-store.ts';
import { useUi } from '../../stores/ui-store.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './problems.module.css';
import { useProblems } from './use-problems.ts';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const helper = createColumnHelper<typeof features, Problem>();

const byText = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const COLUMNS = helper.columns([
  helper.accessor('severity', { sortFn: (a, b) => byText(a.original.severity, b.original.severity) }),
  helper.accessor('location', { sortFn: (a, b) => byText(a.original.location, b.original.location) }),
  helper.accessor('code', { sortFn: (a, b) => byText(a.original.code, b.original.code) }),
  helper.accessor('message', { sortFn: (a, b) => byText(a.original.message, b.original.message) }),
  helper.accessor('offset', { sortFn: (a, b) => (a.original.offset ?? -1) - (b.original.offset ?? -1) }),
]);
type Column = keyof Pick<Problem, 'severity' | 'location' | 'code' | 'message' | 'offset'>;

export interface ProblemsPanelProps {
  readonly workspace: WorkspaceSummary;
  readonly onClose: () => void;
}

export function ProblemsPanel({ workspace, onClose }: ProblemsPanelProps) {
  const { t } = useTranslation();
  const { problems, total, failure } = useProblems(workspace.workspace, workspace.generation);
  return (
    <section className={styles.panel} aria-label={t('problemsPanel.title')}>
      <header className={styles.header}>
        <h2 className={styles.title}>{t('problemsPanel.title')}</h2>
        {problems.length < total ? (
          <span className={styles.note}>{t('problemsPanel.first', { count: problems.length, total })}</span>
        ) : null}
        <span className={styles.gap} />
        <Button kind="quiet" icon={<ShieldCheck size={14} aria-hidden />} onClick={showConsistency}>
          {t('problemsPanel.consistency')}
        </Button>
        {workspace.unfollowedLinks > 0 ? (
          <Button icon={<Link2 size={14} aria-hidden />} onClick={() => useUi.setState({ linksQuestion: true })}>
            {t('problemsPanel.links', { count: workspace.unfollowedLinks })}
          </Button>
        ) : null}
        <IconButton label={t('problemsPanel.close')} onClick={onClose}>
          <X size={14} aria-hidden />
        </IconButton>
      </header>
      {failure === null ? null : <p className={styles.failure}>{t('problemsPanel.failed', { reason: failure })}</p>}
      {total === 0 && failure === null ? (
        <p className={styles.none}>
          <CircleCheck size={14} aria-hidden />
          {t('problemsPanel.none')}
        </p>
      ) : (
        <ProblemsTable problems={problems} />
      )}
    </section>
  );
}

function ProblemsTable({ problems }: { readonly problems: Problem[] }) {
  const { t } = useTranslation();
  const [sorting, setSorting] = useState<SortingState>([]);
  const state = useMemo(() => ({ sorting }), [sorting]);
  const table = useTable({ features, columns: COLUMNS, data: problems, state, onSortingChange: setSorting });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a scrolled table must be reachable by keyboard
    <div className={styles.scroller} role="group" aria-label={t('problemsPanel.title')} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                const Arrow = sorted === 'desc' ? ArrowDown : ArrowUp;
                return (
                  <th
                    key={header.id}
                    className={styles[header.column.id]}
                    aria-sort={sorted === false ? 'none' : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    <button type="button" onClick={header.column.getToggleSortingHandler()}>
                      {t(`problemsPanel.columns.${header.column.id as Column}`)}
                      {sorted === false ? null : <Arrow size={12} aria-hidden />}
                    </button>
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <ProblemRow key={row.id} problem={row.original} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ProblemRow({ problem }: { readonly problem: Problem }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { key } = problem;
  const severity = problem.severity === 'error' ? t('problemsPanel.error') : t('problemsPanel.warning');
  const Icon = problem.severity === 'error' ? CircleX : TriangleAlert;
  // The engine's own message knows more, but English only.
  const help = t(`problemHelp.${problem.code}`);
  return (
    <tr className={cx(key !== null && styles.link)} onClick={key === null ? undefined : () => selectState(key)}>
      <td className={cx(styles.severity, styles[problem.severity])}>
        <Icon size={13} aria-hidden />
        {severity}
      </td>
      <td className={styles.location} title={problem.location}>
        {key === null ? (
          visibleText(problem.location)
        ) : (
          <button type="button" title={t('problemsPanel.goTo', { name: key })} onClick={() => selectState(key)}>
            {visibleText(problem.location)}
          </button>
        )}
      </td>
      <td className={styles.code} title={help}>
        {t(`problems.${problem.code}`)}
      </td>
      <td className={styles.message} title={`${help}\n${problem.message}`}>
        {format.locale === 'en' ? problem.message : help}
      </td>
      <td className={styles.offset}>{problem.offset === null ? '' : format.count(problem.offset)}</td>
    </tr>
  );
}
