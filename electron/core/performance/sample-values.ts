/** A sample as single figures with the names of their series: what is stored, drawn, and looked at for trends. */
import {
  MEASURED_PROCESSES,
  type MetricName,
  type PerformanceSample,
  SERIES_LABELS,
  type SeriesKey,
} from '../../../shared/ipc/performance.ts';

export interface NamedValue {
  readonly of: SeriesKey;
  readonly value: number;
}

/** Only what was measured. */
export function valuesOf(sample: PerformanceSample): readonly NamedValue[] {
  const values: NamedValue[] = [];
  const add = (of: SeriesKey, value: number | undefined) => {
    if (value !== undefined && Number.isFinite(value)) values.push({ of, value });
  };
  const single = (metric: MetricName, value: number | undefined) => add({ metric }, value);
  single('memory.rss', sample.memoryTotal);
  single('memory.share', sample.memoryShare);
  for (const process of MEASURED_PROCESSES) {
    const memory = sample.memory[process];
    add({ metric: 'memory.rss', process }, memory?.rss);
    add({ metric: 'memory.heap', process }, memory?.heapUsed);
    add({ metric: 'memory.external', process }, memory?.external);
    const delay = sample.delay[process];
    add({ metric: 'delay.p50', process }, delay?.p50);
    add({ metric: 'delay.p99', process }, delay?.p99);
    add({ metric: 'delay.max', process }, delay?.max);
  }
  const { manager } = sample;
  if (manager !== undefined) {
    const { recent, cache } = manager;
    single('cache.hitRate', recent.hitRate);
    single('cache.requests', recent.hits + recent.misses);
    single('cache.entries', cache?.entries);
    single('cache.bytes', cache?.bytes);
    single('compression.ratio', recent.compression?.ratio);
    for (const { operation, backend, kind, p50, p95, p99 } of recent.latencies) {
      const labels = { operation, backend, kind };
      add({ metric: 'latency.p50', ...labels }, p50);
      add({ metric: 'latency.p95', ...labels }, p95);
      add({ metric: 'latency.p99', ...labels }, p99);
    }
  }
  single('journal.bytes', sample.journalBytes);
  single('snapshots.bytes', sample.snapshotBytes);
  return values;
}

/** Stored with samples: it stays what it is. */
export function seriesId(of: SeriesKey): string {
  return JSON.stringify([of.metric, ...SERIES_LABELS.map((label) => of[label] ?? null)]);
}

/** Of what `seriesId` made. */
export function seriesOf(id: string): SeriesKey {
  const [metric, ...labels] = JSON.parse(id) as [MetricName, ...(string | null)[]];
  const given = SERIES_LABELS.map((label, at) => [label, labels[at] ?? null] as const);
  return { metric, ...(Object.fromEntries(given.filter(([, value]) => value !== null)) as Omit<SeriesKey, 'metric'>) };
}
