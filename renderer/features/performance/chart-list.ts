/** Which charts there are, and which lines each of them has. */
import type { TFunction } from 'i18next';
import type { MetricUnit, SeriesKey, StateOperation } from '../../../shared/ipc/performance.ts';
import { METRICS, STATE_OPERATIONS } from '../../../shared/ipc/performance.ts';
import type { PerformanceFilter } from '../../stores/performance-store.ts';
import { backendName } from './backend-name.ts';
import { MOST_LINES } from './line-looks.tsx';

export interface ChartSpec {
  readonly id: string;
  readonly title: string;
  readonly unit: MetricUnit;
  /** `stepped`: values stay until the next one comes. */
  readonly lines: readonly { readonly of: SeriesKey; readonly name: string; readonly stepped?: boolean }[];
  readonly empty: string;
  readonly note?: string;
}

/** Where nothing is measured in a range, a chart says why; one of something that this source does not have is left out. */
export function chartsOf(
  t: TFunction,
  available: readonly SeriesKey[],
  filter: PerformanceFilter,
): readonly ChartSpec[] {
  const { key } = filter;
  const notMeasured = t('performance.empty.measured');
  return [
    ...STATE_OPERATIONS.flatMap((operation) => latency(t, operation, available, filter)),
    {
      id: 'hit-rate',
      title: t('performance.chart.hitRate'),
      unit: METRICS['cache.hitRate'].unit,
      lines: [{ of: { metric: 'cache.hitRate' }, name: t('performance.chart.hitRateLine') }],
      empty: t('performance.empty.hitRate'),
    },
    {
      id: 'memory',
      title: t('performance.chart.memory'),
      unit: METRICS['memory.rss'].unit,
      lines: [
        ...processesOf('memory.rss', available).map((of) => ({ of, name: processName(t, of) })),
        ...available
          .filter(({ metric, process }) => metric === 'memory.heap' && process === 'worker')
          .map((of) => ({ of, name: t('performance.chart.workerHeap') })),
      ],
      empty: notMeasured,
    },
    {
      id: 'delay',
      title: t('performance.chart.delay'),
      unit: METRICS['delay.p99'].unit,
      lines: processesOf('delay.p99', available).map((of) => ({ of, name: processName(t, of) })),
      empty: notMeasured,
    },
    {
      id: 'changes',
      title: t('performance.chart.changes'),
      unit: METRICS['changes.rate'].unit,
      lines: [
        key === null
          ? { of: { metric: 'changes.rate' }, name: t('performance.chart.changesLine') }
          : { of: { metric: 'changes.rate', key }, name: key },
      ],
      empty: t('performance.empty.recorded'),
    },
    ...(key === null
      ? []
      : [
          {
            id: 'state-size',
            title: t('performance.chart.stateSize'),
            unit: METRICS['state.bytes'].unit,
            lines: [{ of: { metric: 'state.bytes', key } as const, name: key, stepped: true }],
            empty: t('performance.empty.recorded'),
          },
        ]),
    {
      id: 'growth',
      title: t('performance.chart.growth'),
      unit: METRICS['journal.growth'].unit,
      lines: [
        { of: { metric: 'journal.growth' }, name: t('performance.chart.journalLine') },
        { of: { metric: 'snapshots.growth' }, name: t('performance.chart.snapshotsLine'), stepped: true },
      ],
      empty: t('performance.empty.recorded'),
    },
  ];
}

/** Percentiles of one backend and kind; of several, the 95th of each, because percentiles cannot be added up. */
function latency(
  t: TFunction,
  operation: StateOperation,
  available: readonly SeriesKey[],
  filter: PerformanceFilter,
): readonly ChartSpec[] {
  const measured = available.filter((of) => of.metric === 'latency.p95' && of.operation === operation);
  // Most sources are only read.
  if (measured.length === 0 && operation === 'save') return [];
  const wanted = measured.filter(
    ({ backend, kind }) =>
      (filter.backend === null || backend === filter.backend) && (filter.kind === null || kind === filter.kind),
  );
  const unit = METRICS['latency.p95'].unit;
  const empty = t(measured.length > 0 ? 'performance.empty.filtered' : 'performance.empty.loads');
  const [only] = wanted;
  const title = t(`performance.chart.${operation}`);
  if (wanted.length === 1 && only !== undefined) {
    const lines = (['p50', 'p95', 'p99'] as const).map((percentile) => ({
      of: { ...only, metric: `latency.${percentile}` } as const,
      name: percentile,
    }));
    return [
      { id: operation, title, unit, lines, empty, note: `${only.kind ?? ''} · ${backendName(t, only.backend ?? '')}` },
    ];
  }
  const backends = new Set(wanted.map(({ backend }) => backend));
  const drawn = wanted.slice(0, MOST_LINES);
  const lines = drawn.map((of) => ({
    of,
    name: backends.size > 1 ? `${of.kind ?? ''} · ${backendName(t, of.backend ?? '')}` : (of.kind ?? ''),
  }));
  const more = wanted.length - drawn.length;
  const note = t(more > 0 ? 'performance.chart.p95More' : 'performance.chart.p95', { count: more });
  return [{ id: operation, title, unit, lines, empty, ...(lines.length > 0 && { note }) }];
}

function processesOf(metric: 'memory.rss' | 'delay.p99', available: readonly SeriesKey[]): readonly SeriesKey[] {
  return available.filter((of) => of.metric === metric && of.process !== undefined);
}

function processName(t: TFunction, { process }: SeriesKey): string {
  return process === undefined ? '' : t(`performance.process.${process}`);
}

export interface FilterChoices {
  readonly backends: readonly string[];
  readonly kinds: readonly string[];
  readonly keys: readonly string[];
}

/** What charts can be narrowed to. */
export function choicesOf(available: readonly SeriesKey[]): FilterChoices {
  const all = (label: 'backend' | 'kind' | 'key') =>
    [...new Set(available.map((of) => of[label]))].filter((each) => each !== undefined).toSorted();
  return { backends: all('backend'), kinds: all('kind'), keys: all('key') };
}
