import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Series, TimeRange } from '../../../shared/ipc/performance.ts';
import { readSeries } from '../../host/performance.ts';
import { errorText } from '../../host/told-text.ts';
import { firstOf, movedOf, rangeOf, usePerformance } from '../../stores/performance-store.ts';
import { ChartFigure } from './chart-figure.tsx';
import { type ChartSpec, chartsOf } from './chart-list.ts';
import styles from './charts.module.css';
import type { ChartLine } from './line-points.ts';
import { useFollowing } from './use-following.ts';

/** Of one chart, whatever the number of its lines. */
const MOST_POINTS = 480;
const LEAST_POINTS = 4;

/** Everything that is measured of a source, over the time that is shown. */
export function ChartsPane({ workspace }: { readonly workspace: string }) {
  const { t } = useTranslation();
  const { overview, span, filter, latest, changes } = usePerformance();
  const available = overview?.available;
  const charts = useMemo(() => (available ? chartsOf(t, available, filter) : []), [t, available, filter]);
  const first = firstOf(span, overview);
  // What can be drawn is told anew from time to time, and mostly is what it was.
  const asked = JSON.stringify(charts.map(({ lines }) => lines.map(({ of }) => of)));
  const ask = useCallback(async () => {
    const keys = JSON.parse(asked) as ChartSpec['lines'][number]['of'][][];
    const range = rangeOf(span, first, Date.now());
    const most = Math.max(1, ...keys.map(({ length }) => length));
    const points = Math.max(LEAST_POINTS, Math.floor(MOST_POINTS / most));
    const answer = await readSeries(workspace, range, keys.flat(), points);
    return answer.ok ? { ok: true as const, value: { asked, range, series: answer.value.series } } : answer;
  }, [workspace, asked, span, first]);
  const { value, error } = useFollowing(ask, movedOf(span, latest, changes));
  const lines = useMemo(() => (value?.asked === asked ? linesOf(charts, value.series) : null), [charts, asked, value]);
  if (error !== null && lines === null) return <p className={styles.problem}>{errorText(t, error)}</p>;
  if (lines === null || value === null) return <p className={styles.lead}>{t('common.loading')}</p>;
  return <Charts charts={charts} lines={lines} range={value.range} />;
}

interface ChartsProps {
  readonly charts: readonly ChartSpec[];
  readonly lines: readonly (readonly ChartLine[])[];
  readonly range: TimeRange;
}

function Charts({ charts, lines, range }: ChartsProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.charts} data-testid="charts">
      {charts.map(({ id, title, unit, empty, note }, at) => (
        <ChartFigure
          key={id}
          title={title}
          unit={unit}
          lines={lines[at] ?? []}
          range={range}
          empty={empty}
          note={note}
        />
      ))}
      <p className={styles.help}>{t('performance.plotHelp')}</p>
    </div>
  );
}

/** The answer has the lines in the order in which all charts asked for them. */
function linesOf(charts: readonly ChartSpec[], series: readonly Series[]): readonly (readonly ChartLine[])[] {
  let next = 0;
  return charts.map(({ lines }) =>
    lines.map(({ of, name, stepped = false }) => {
      const points = series[next]?.points ?? [];
      next += 1;
      return { id: JSON.stringify(of), name, points, stepped };
    }),
  );
}
