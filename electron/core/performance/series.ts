/** Everything that can be drawn over time, with at most so many points a line. */
import { METRICS, type Series, type SeriesKey, type SeriesRequest } from '../../../shared/ipc/performance.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { Journal } from '../tracking/journal.ts';
import { downsample, LEAST_POINTS } from './downsample.ts';
import { changeRate, held, journalGrowth, NOTHING, type PointsOf, stateSizes } from './journal-series.ts';
import type { StatePerformanceMonitor } from './monitor.ts';
import type { SamplesStore } from './samples-store.ts';
import type { StateSizes } from './state-growth.ts';

export interface SeriesContext {
  readonly monitor: StatePerformanceMonitor;
  /** Null where figures are not kept. */
  readonly store: SamplesStore | null;
  /** Null where nothing is recorded. */
  readonly journal: Journal | null;
  readonly snapshots: SnapshotStore | null;
  readonly sizes: StateSizes;
  /** Milliseconds; no line goes on beyond it. */
  readonly now: number;
}

type Request = Omit<SeriesRequest, 'series'>;

const MICROS = 1000;

export async function seriesFor(of: SeriesKey, request: Request, context: SeriesContext): Promise<Series> {
  const points = Math.max(LEAST_POINTS, Math.floor(request.points));
  // What was measured just now is in.
  const to = Math.min(request.to, context.now + 1);
  const found = await pointsOf(of, { from: request.from, to, points }, context);
  return { of, unit: METRICS[of.metric].unit, ...found };
}

function pointsOf(of: SeriesKey, request: Request, context: SeriesContext): PointsOf | Promise<PointsOf> {
  const { journal, snapshots, sizes } = context;
  const { metric, key } = of;
  const { points: most } = request;
  if (metric === 'snapshots.growth') {
    const steps = snapshots?.growth() ?? [];
    return held(
      steps.map(({ time, bytes }) => ({ time: time / MICROS, value: bytes })),
      request,
      most,
    );
  }
  if (METRICS[metric].from === 'samples') return measured(of, request, context);
  if (journal === null) return NOTHING;
  if (metric === 'changes.rate') return changeRate(journal, key, request, most);
  if (metric === 'journal.growth') return journalGrowth(journal, request, most);
  return key === undefined ? NOTHING : stateSizes(journal, key, request, most, sizes);
}

/** Of the last minutes every sample, before that what is kept of them. */
function measured(of: SeriesKey, { from, to, points }: Request, { monitor, store }: SeriesContext): PointsOf {
  const oldest = monitor.history[0]?.time ?? Infinity;
  const kept = store?.read(of, from, Math.min(to, oldest)) ?? [];
  const recent = monitor.recent(of).filter(({ time }) => time >= from && time < to);
  const all = [...kept, ...recent];
  return {
    points: downsample(all, points),
    measured: all.length,
    step: all.reduce((longest, { step }) => Math.max(longest, step), 0),
  };
}
