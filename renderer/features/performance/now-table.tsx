import { ArrowDownRight, ArrowRight, ArrowUpRight, type LucideIcon } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import {
  MEASURED_PROCESSES,
  METRICS,
  type MetricName,
  type MetricUnit,
  type PerformanceSample,
  type Trend,
  type TrendDirection,
} from '../../../shared/ipc/performance.ts';
import styles from './advice.module.css';
import { useUnits } from './use-units.ts';

export interface NowTableProps {
  readonly sample: PerformanceSample | null;
  readonly trends: readonly Trend[];
}

const ARROWS: Readonly<Record<Exclude<TrendDirection, 'insufficient-data'>, LucideIcon>> = {
  increasing: ArrowUpRight,
  decreasing: ArrowDownRight,
  stable: ArrowRight,
};

/** What was measured last, and which way it goes. Only what was measured has a row. */
export function NowTable({ sample, trends }: NowTableProps) {
  const { t } = useTranslation();
  const write = useUnits();
  const id = useId();
  if (sample === null) return null;
  const { manager } = sample;
  const figure = (
    name: string,
    metric: MetricName,
    value: number | undefined,
    unit: MetricUnit = METRICS[metric].unit,
  ) => (value === undefined ? [] : [{ name, metric, text: write(unit, value) }]);
  const rows = [
    ...figure(t('performance.chart.hitRate'), 'cache.hitRate', manager?.total.hitRate),
    ...figure(t('performance.now.cache'), 'cache.bytes', manager?.cache?.bytes),
    ...figure(t('performance.now.compression'), 'compression.ratio', manager?.total.compression?.ratio),
    ...figure(t('performance.now.memory'), 'memory.share', sample.memoryTotal, 'bytes'),
    ...MEASURED_PROCESSES.flatMap((process) =>
      figure(
        t('performance.now.delay', { process: t(`performance.process.${process}`) }),
        'delay.p99',
        sample.delay[process]?.p99,
      ).map((row) => ({ ...row, ...(process === 'main' ? {} : { metric: 'delay.max' as const }) })),
    ),
    ...figure(t('performance.chart.changes'), 'changes.rate', sample.changesPerSecond),
    ...figure(t('performance.now.journal'), 'journal.bytes', sample.journalBytes),
    ...figure(t('performance.now.snapshots'), 'snapshots.bytes', sample.snapshotBytes),
  ];
  return (
    <section className={styles.now} aria-labelledby={id}>
      <h2 id={id} className={styles.heading}>
        {t('performance.now.title')}
      </h2>
      <table className={styles.table} aria-labelledby={id}>
        <tbody>
          {rows.map(({ name, metric, text }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td className={styles.number}>{text}</td>
              <td className={styles.trend}>
                <Direction trend={trends.find(({ of }) => of.metric === metric)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Direction({ trend }: { readonly trend: Trend | undefined }) {
  const { t } = useTranslation();
  if (trend === undefined || trend.direction === 'insufficient-data') return null;
  const Arrow = ARROWS[trend.direction];
  return (
    <>
      <Arrow size={12} aria-hidden />
      {t(`performance.trend.${trend.direction}`)}
    </>
  );
}
