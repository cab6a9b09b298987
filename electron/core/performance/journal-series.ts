/** What the journal and the snapshots say over time, also about the time before anything was measured. Milliseconds. */
import type { SeriesPoint, TimeRange } from '../../../shared/ipc/performance.ts';
import type { Journal } from '../tracking/journal.ts';
import { changesByPart, changesOfKeyByPart, recordedBytes, seqRange } from '../tracking/journal-figures.ts';
import { downsample } from './downsample.ts';
import { evenly } from './evenly.ts';
import type { StateSizes } from './state-growth.ts';

export interface PointsOf {
  readonly points: readonly SeriesPoint[];
  readonly measured: number;
  readonly step: number;
}

interface ValueAt {
  readonly time: number;
  readonly value: number;
}

export const NOTHING: PointsOf = { points: [], measured: 0, step: 0 };

const SECOND_MS = 1000;
const MICROS = 1000;
/** Each is put together from what was recorded. */
const MOST_SIZES = 40;

/** Recorded changes by second: the mean of each part of the range, and its busiest second. Before the first change there is nothing. */
export function changeRate(journal: Journal, key: string | undefined, range: TimeRange, most: number): PointsOf {
  const { first } = journal.totals();
  if (first === null) return NOTHING;
  const begin = Math.floor(Math.max(range.from, first.time / MICROS) / SECOND_MS) * SECOND_MS;
  const end = Math.ceil(range.to / SECOND_MS) * SECOND_MS;
  if (begin >= end) return NOTHING;
  const width = Math.ceil((end - begin) / most / SECOND_MS) * SECOND_MS;
  const micros = [begin * MICROS, end * MICROS, width * MICROS] as const;
  const parts = key === undefined ? changesByPart(journal, ...micros) : changesOfKeyByPart(journal, key, ...micros);
  const seconds = width / SECOND_MS;
  const points = Array.from({ length: Math.ceil((end - begin) / width) }, (_none, part): SeriesPoint => {
    const { changes, most: max } = parts.get(part) ?? { changes: 0, most: null };
    return { time: begin + part * width, value: changes / seconds, ...(max !== null && seconds > 1 && { max }) };
  });
  return { points, measured: parts.size, step: width };
}

export function journalGrowth(journal: Journal, range: TimeRange, most: number): PointsOf {
  const steps = recordedBytes(journal).map(({ time, bytes }) => ({ time: time / MICROS, value: bytes }));
  return held(steps, range, most);
}

/** The size of one state. */
export async function stateSizes(
  journal: Journal,
  key: string,
  range: TimeRange,
  most: number,
  sizes: StateSizes,
): Promise<PointsOf> {
  const { low, high } = seqRange(journal, range.from * MICROS, range.to * MICROS);
  const commits = journal.commitsOf(key);
  const before = commits.findLast((seq) => seq < low);
  const within = commits.filter((seq) => seq >= low && seq <= high);
  const looked = evenly(within, Math.min(MOST_SIZES, most - 2));
  const all = await sizes.after(journal, key, before === undefined ? looked : [before, ...looked]);
  return held(
    all.map(({ time, bytes }) => ({ time, value: bytes })),
    range,
    most,
  );
}

/** Values that hold until the next one: what held when the range began is its first point, and what holds at its end its last. */
export function held(values: readonly ValueAt[], { from, to }: TimeRange, most: number): PointsOf {
  const before = values.findLast(({ time }) => time < from);
  const within = values.filter(({ time }) => time >= from && time < to);
  const last = within.at(-1) ?? before;
  if (last === undefined) return NOTHING;
  const all = [
    ...(before === undefined ? [] : [{ ...before, time: from }]),
    ...within,
    ...(last.time < to ? [{ ...last, time: to }] : []),
  ];
  const points = downsample(
    all.map((value) => ({ ...value, step: Infinity })),
    most,
  );
  return { points, measured: within.length, step: 0 };
}
