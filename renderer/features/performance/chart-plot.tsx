import { type KeyboardEvent, type PointerEvent, type ReactNode, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricUnit, TimeRange } from '../../../shared/ipc/performance.ts';
import { markSpan, spanBack } from '../../stores/performance-store.ts';
import { beginMark, dropMark, leaveCharts, pointAt, useChartCursor } from './chart-cursor.ts';
import styles from './charts.module.css';
import { type ChartLine, pointNear, timesOf } from './line-points.ts';
import { timeAt, toleranceOf } from './plot-area.ts';
import { useMomentText } from './use-moment-text.ts';
import { useUnits } from './use-units.ts';

/** A shorter drag is a click that trembled. Pixels. */
const LEAST_DRAG = 4;
const PAGE = 20;

export interface ChartPlotProps {
  readonly title: string;
  readonly unit: MetricUnit;
  readonly lines: readonly ChartLine[];
  readonly range: TimeRange;
  readonly width: number;
  /** The chart, as wide as this. */
  readonly children: ReactNode;
}

/**
 * Moves the cursor over a chart, and marks a time to look at more closely, by pointer and by keys alike. To assistive technology it is
 * a slider along what was measured, whose value are the figures at that moment.
 */
export function ChartPlot({ title, unit, lines, range, width, children }: ChartPlotProps) {
  const { t } = useTranslation();
  const write = useUnits();
  const momentText = useMomentText(range);
  const cursor = useChartCursor(({ time }) => time);
  const dragged = useRef<number | null>(null);
  const times = useMemo(() => timesOf(lines.map(({ points }) => points)), [lines]);
  const last = times.length - 1;
  const at = cursor === null ? last : nearestOf(times, cursor);
  const time = times[at];

  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragged.current = event.clientX;
    beginMark(timeUnder(event, range, width));
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>) => pointAt(timeUnder(event, range, width));
  const onPointerUp = (event: PointerEvent<HTMLDivElement>) => {
    const begun = dragged.current;
    dragged.current = null;
    if (begun !== null && Math.abs(event.clientX - begun) >= LEAST_DRAG) takeMarked();
    else dropMark();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || time === undefined) return;
    const to = targetOf(event.key, at, last);
    if (to !== null) {
      if (event.shiftKey && useChartCursor.getState().anchor === null) beginMark(time);
      else if (!event.shiftKey) dropMark();
      const next = times[to];
      if (next !== undefined) pointAt(next);
    } else if (event.key === 'Enter') takeMarked();
    else if (event.key === 'Escape') {
      if (useChartCursor.getState().anchor === null) spanBack();
      dropMark();
    } else return;
    event.preventDefault();
  };
  const figures = lines.map((line) => {
    const point = time === undefined ? null : pointNear(line, time, toleranceOf(range));
    return `${line.name} ${point === null ? t('performance.notMeasured') : write(unit, point.value)}`;
  });
  return (
    <div
      role="slider"
      tabIndex={0}
      className={styles.plot}
      aria-label={t('performance.chartOf', { title })}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, last)}
      aria-valuenow={Math.max(0, at)}
      aria-valuetext={[time === undefined ? '' : momentText(time), ...figures].join('; ')}
      aria-description={t('performance.plotHelp')}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={dropMark}
      onPointerLeave={() => {
        if (dragged.current === null) leaveCharts();
      }}
      onDoubleClick={spanBack}
      onFocus={() => {
        if (time !== undefined && useChartCursor.getState().time === null) pointAt(time);
      }}
      onBlur={leaveCharts}
      onKeyDown={onKeyDown}
    >
      {children}
    </div>
  );
}

function timeUnder({ clientX, currentTarget }: PointerEvent<HTMLDivElement>, range: TimeRange, width: number): number {
  return timeAt(clientX - currentTarget.getBoundingClientRect().left, range, width);
}

/** Goes into what is marked, if something is. */
function takeMarked(): void {
  const { time, anchor } = useChartCursor.getState();
  dropMark();
  if (time !== null && anchor !== null && time !== anchor) markSpan(Math.min(time, anchor), Math.max(time, anchor));
}

/** Position that a key leads to; null for keys that lead nowhere. */
function targetOf(key: string, at: number, last: number): number | null {
  const to: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - PAGE,
    PageUp: at + PAGE,
    Home: 0,
    End: last,
  };
  const wanted = to[key];
  return wanted === undefined ? null : Math.min(last, Math.max(0, wanted));
}

function nearestOf(times: readonly number[], time: number): number {
  let best = 0;
  for (const [at, each] of times.entries()) if (Math.abs(each - time) < Math.abs((times[best] ?? 0) - time)) best = at;
  return best;
}
