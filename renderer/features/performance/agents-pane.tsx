import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AgentPoint, AgentSeries } from '../../../shared/ipc/performance.ts';
import { readAgents } from '../../host/performance.ts';
import { errorText } from '../../host/told-text.ts';
import { firstOf, movedOf, rangeOf, usePerformance } from '../../stores/performance-store.ts';
import { selectState } from '../../stores/selection-store.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import styles from './agents.module.css';
import { ChartFigure } from './chart-figure.tsx';
import charts from './charts.module.css';
import { LineSample, MOST_LINES } from './line-looks.tsx';
import type { ChartLine } from './line-points.ts';
import { useFollowing } from './use-following.ts';
import { useUnits } from './use-units.ts';

/** Of one agent: several stand in one chart. */
const MOST_POINTS = 80;

const FIGURES = [
  { id: 'tasks', unit: 'count', of: ({ completed, failed }) => completed + failed },
  { id: 'success', unit: 'ratio', of: ({ successRate }) => successRate },
  { id: 'response', unit: 'seconds', of: ({ responseTime }) => responseTime },
] as const satisfies readonly {
  readonly id: string;
  readonly unit: 'count' | 'ratio' | 'seconds';
  readonly of: (point: AgentPoint) => number | undefined;
}[];

/** What the agents say of their own work, over the time that is shown. */
export function AgentsPane({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const { overview, span, latest, changes } = usePerformance();
  const first = firstOf(span, overview);
  const ask = useCallback(async () => {
    const range = rangeOf(span, first, Date.now());
    const answer = await readAgents(workspace, range, MOST_POINTS);
    return answer.ok ? { ok: true as const, value: { range, agents: answer.value } } : answer;
  }, [workspace, span, first]);
  const { value, error } = useFollowing(ask, movedOf(span, latest, changes));
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null);
  const agents = useMemo(
    () => (value?.agents ?? []).toSorted((a, b) => tasksIn(b) - tasksIn(a) || (a.key < b.key ? -1 : 1)),
    [value],
  );
  const busiest = useMemo(() => new Set(agents.slice(0, MOST_LINES).map(({ key }) => key)), [agents]);
  const drawn = useMemo(() => agents.filter(({ key }) => (chosen ?? busiest).has(key)), [agents, chosen, busiest]);
  const lines = useMemo(() => FIGURES.map(({ of }) => drawn.map((agent) => lineOf(agent, of))), [drawn]);

  if (value === null)
    return error === null ? (
      <p className={charts.lead}>{t('common.loading')}</p>
    ) : (
      <p className={charts.problem}>{errorText(t, error)}</p>
    );
  if (agents.length === 0) return <p className={charts.lead}>{t('performance.agents.nothing')}</p>;
  const toggle = (key: string) => {
    const next = new Set(chosen ?? busiest);
    if (!next.delete(key)) next.add(key);
    setChosen(next);
  };
  return (
    <div className={styles.pane}>
      <AgentTable agents={agents} drawn={drawn.map(({ key }) => key)} onToggle={toggle} />
      <div className={charts.charts}>
        {FIGURES.map(({ id, unit }, at) => (
          <ChartFigure
            key={id}
            title={t(`performance.agents.${id}`)}
            unit={unit}
            lines={lines[at] ?? []}
            range={value.range}
            empty={t('performance.agents.noFigures')}
          />
        ))}
      </div>
    </div>
  );
}

interface AgentTableProps {
  readonly agents: readonly AgentSeries[];
  /** By key, in the order of their lines. */
  readonly drawn: readonly string[];
  readonly onToggle: (key: string) => void;
}

/** Each agent with what it did in this time; which of them are drawn. */
function AgentTable({ agents, drawn, onToggle }: AgentTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const write = useUnits();
  return (
    <div className={styles.tableBox}>
      <table className={styles.table} aria-label={t('performance.tab.agents')}>
        <thead>
          <tr>
            <th scope="col">{t('performance.agents.agent')}</th>
            <th scope="col" className={styles.number}>
              {t('performance.agents.done')}
            </th>
            <th scope="col" className={styles.number}>
              {t('performance.agents.failed')}
            </th>
            <th scope="col" className={styles.number}>
              {t('performance.agents.success')}
            </th>
            <th scope="col" className={styles.number}>
              {t('performance.agents.response')}
            </th>
          </tr>
        </thead>
        <tbody>
          {agents.map(({ key, name, points, completedIn, failedIn }) => {
            const line = drawn.indexOf(key);
            const now = points.at(-1);
            return (
              <tr key={key}>
                <th scope="row">
                  <input
                    type="checkbox"
                    checked={line >= 0}
                    disabled={line < 0 && drawn.length >= MOST_LINES}
                    aria-label={t('performance.agents.draw', { name })}
                    onChange={() => onToggle(key)}
                  />
                  <span className={styles.sample}>{line >= 0 ? <LineSample line={line} /> : null}</span>
                  <button type="button" className={styles.name} title={key} onClick={() => selectState(key)}>
                    {visibleText(name)}
                  </button>
                </th>
                <td className={styles.number}>{format.count(completedIn)}</td>
                <td className={styles.number}>{format.count(failedIn)}</td>
                <td className={styles.number}>
                  {now?.successRate === undefined ? '–' : write('ratio', now.successRate)}
                </td>
                <td className={styles.number}>
                  {now?.responseTime === undefined ? '–' : write('seconds', now.responseTime)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const tasksIn = ({ completedIn, failedIn }: AgentSeries): number => completedIn + failedIn;

function lineOf({ key, name, points }: AgentSeries, of: (point: AgentPoint) => number | undefined): ChartLine {
  return {
    id: key,
    name,
    stepped: true,
    points: points.map((point) => ({ time: point.time, value: of(point) ?? null })),
  };
}
