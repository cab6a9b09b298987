/** What lines have at a moment, and their points side by side: pure, so that it can be tested without a chart. */
import type { SeriesPoint } from '../../../shared/ipc/performance.ts';

export type Points = readonly SeriesPoint[];

/** One line of a chart. */
export interface ChartLine {
  readonly id: string;
  readonly name: string;
  /** In order of time. */
  readonly points: Points;
  /** Values stay until the next one comes, as of things that are counted. */
  readonly stepped?: boolean;
}

type DrawnLine = Pick<ChartLine, 'points' | 'stepped'>;

/** Value of each line by its position; null where nothing was measured. */
export interface ChartRow {
  readonly time: number;
  readonly values: readonly (number | null)[];
}

/** Position of the last point at or before a moment; -1 before the first. */
function before(points: Points, time: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.time ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/**
 * The measured point that is nearest to a moment, or what has held since the last one; null where the line is interrupted, and before
 * and after it.
 * @param tolerance so far outside of the line its end still counts; milliseconds
 */
export function pointNear(
  { points, stepped = false }: DrawnLine,
  time: number,
  tolerance: number,
): MeasuredPoint | null {
  const at = before(points, time);
  const left = measured(points[at]);
  if (stepped && left !== null) return { ...left, time };
  const right = measured(points[at + 1]);
  const isWithin = left !== null && (points[at + 1] !== undefined || left.time === time);
  const reach = isWithin && right !== null ? Infinity : tolerance;
  const sinceLeft = left === null ? Infinity : time - left.time;
  const untilRight = right === null ? Infinity : right.time - time;
  if (isWithin && (right === null || sinceLeft <= untilRight)) return left;
  if (Math.min(sinceLeft, untilRight) > reach) return null;
  return untilRight < sinceLeft ? right : left;
}

export type MeasuredPoint = SeriesPoint & { readonly value: number };

function measured(point: SeriesPoint | undefined): MeasuredPoint | null {
  return point === undefined || point.value === null ? null : { ...point, value: point.value };
}

/** The last that was measured; null where nothing was, or nothing any more. */
export function lastPoint(points: Points): MeasuredPoint | null {
  return measured(points.at(-1));
}

/** Where the line from point to point is; equals the points' values at their times. Null outside and in interruptions. */
function onLine({ points, stepped = false }: DrawnLine, time: number): number | null {
  const at = before(points, time);
  const [left, right] = [points[at], points[at + 1]];
  if (!left || left.value === null) return null;
  if (left.time === time) return left.value;
  if (!right) return null;
  if (right.value === null || stepped) return left.value;
  return left.value + ((right.value - left.value) * (time - left.time)) / (right.time - left.time);
}

/** Every moment at which a line has a measured value, in order. */
export function timesOf(lines: readonly Points[]): readonly number[] {
  const times = new Set(
    lines.flatMap((points) => points.filter(({ value }) => value !== null).map(({ time }) => time)),
  );
  return [...times].toSorted((a, b) => a - b);
}

/**
 * Lines whose points stand at different times as rows of one table, for a chart that draws such. Between two points of a line its rows
 * lie where it is drawn anyway; where a line is interrupted, so are they.
 */
export function drawnRows(lines: readonly DrawnLine[]): readonly ChartRow[] {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(({ time }) => time)))].toSorted((a, b) => a - b);
  return times.map((time) => ({ time, values: lines.map((line) => onLine(line, time)) }));
}

/** The same with nothing but what was measured, for a table that is read. The newest first. */
export function measuredRows(lines: readonly Points[]): readonly ChartRow[] {
  const found = lines.map((points) => new Map(points.map(({ time, value }) => [time, value])));
  return timesOf(lines)
    .map((time) => ({ time, values: found.map((values) => values.get(time) ?? null) }))
    .toReversed();
}

/** Points that no line leads to or from; drawn as dots, or nobody would see them. */
export function lonelyPoints(points: Points): readonly MeasuredPoint[] {
  return points.flatMap((point, at) => {
    const hasNeighbour = (points[at - 1]?.value ?? null) !== null || (points[at + 1]?.value ?? null) !== null;
    return point.value === null || hasNeighbour ? [] : [{ ...point, value: point.value }];
  });
}
