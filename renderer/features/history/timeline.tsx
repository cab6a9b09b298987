/**
 * When changes were made, as bars over time; the playhead that takes the window to a moment; marks of snapshots and restores.
 * The bars are plain SVG: brush, playhead and marks share one scale with them, and a new reading of 240 bars is one path.
 */
import { ChevronDown, ChevronLeft, ChevronRight, Filter, Maximize2, ZoomIn, ZoomOut } from 'lucide-react';
import { type PointerEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HistoryDensity, HistoryMark } from '../../../shared/ipc/history.ts';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { setQuery } from '../../host/history.ts';
import { isoMicros, travel } from '../../host/time-travel.ts';
import {
  currentScope,
  queryOf,
  showRange,
  type TimeRange,
  useCurrentQuery,
  useHistory,
} from '../../stores/history-store.ts';
import { useSnapshots } from '../../stores/snapshot-store.ts';
import { IconButton } from '../../ui/button.tsx';
import { clockText, exactText } from '../../ui/moment.ts';
import { ticksOf } from '../../ui/time-ticks.ts';
import { useFormat } from '../../ui/use-format.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { Playhead } from './playhead.tsx';
import { withTimes } from './query-text.ts';
import { moved, wholeRange, zoomed } from './time-scale.ts';
import styles from './timeline.module.css';
import { useDensity } from './use-density.ts';

const BAR_WIDTH = 5;
const MOST_BUCKETS = 400;
const ZOOM = 2;
const WHEEL_ZOOM = 1.25;
const STEP = 0.25;
/** A shorter drag is a click that trembled. */
const LEAST_DRAG = 4;

export interface TimelineProps {
  readonly workspace: WorkspaceSummary;
  readonly onClose: () => void;
}

export function Timeline({ workspace, onClose }: TimelineProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const status = useHistory((state) => state.status);
  const wished = useHistory((state) => state.range);
  const { applied } = useCurrentQuery();
  const first = status?.firstTime ?? null;
  const last = status?.lastTime ?? null;
  const whole = first === null || last === null ? null : wholeRange(first, last);
  const range = wished ?? whole;
  const isEmpty = range === null || whole === null;
  const zoom = (factor: number) => {
    if (range && whole) showRange(zoomed(range, whole, factor, (range.from + range.to) / 2));
  };
  const move = (share: number) => {
    if (range && whole) showRange(moved(range, whole, share));
  };
  const span = range ? `${clockText(range.from)} – ${clockText(range.to)}` : '';
  return (
    <section className={styles.timeline} aria-label={t('history.timeline')}>
      <header className={styles.header}>
        <h2 className={styles.title}>{t('history.timeline')}</h2>
        <span className={styles.note} title={range ? exactText(range.from, format.locale) : undefined}>
          {span}
        </span>
        {applied === '' ? null : <code className={styles.filter}>{visibleText(applied)}</code>}
        <span className={styles.gap} />
        <IconButton label={t('history.filterRange')} disabled={isEmpty} onClick={() => range && filterBy(range)}>
          <Filter size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.earlier')} disabled={wished === null} onClick={() => move(-STEP)}>
          <ChevronLeft size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.later')} disabled={wished === null} onClick={() => move(STEP)}>
          <ChevronRight size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.zoomOut')} disabled={wished === null} onClick={() => zoom(1 / ZOOM)}>
          <ZoomOut size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.zoomIn')} disabled={isEmpty} onClick={() => zoom(ZOOM)}>
          <ZoomIn size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.wholeRecording')} disabled={wished === null} onClick={() => showRange(null)}>
          <Maximize2 size={14} aria-hidden />
        </IconButton>
        <IconButton label={t('history.closeTimeline')} onClick={onClose}>
          <ChevronDown size={14} aria-hidden />
        </IconButton>
      </header>
      {range && whole ? (
        <Chart workspace={workspace} range={range} whole={whole} query={applied} />
      ) : (
        <p className={styles.nothing}>{t('history.timelineNothing')}</p>
      )}
    </section>
  );
}

/** Has the list show what was changed within a range. */
function filterBy({ from, to }: TimeRange): void {
  const scope = currentScope();
  const { text } = queryOf(useHistory.getState(), scope);
  setQuery(scope, withTimes(text, { after: isoMicros(Math.floor(from)), before: isoMicros(Math.ceil(to)) }));
}

interface ChartProps {
  readonly workspace: WorkspaceSummary;
  readonly range: TimeRange;
  readonly whole: TimeRange;
  readonly query: string;
}

function Chart({ workspace, range, whole, query }: ChartProps) {
  const format = useFormat();
  const place = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [brush, setBrush] = useState<{ readonly start: number; readonly end: number } | null>(null);
  const lastSeq = useHistory(({ status }) => status?.lastSeq ?? 0);
  const snapshots = useSnapshots(({ changes }) => changes);
  const buckets = Math.min(MOST_BUCKETS, Math.floor(size.width / BAR_WIDTH));
  const density = useDensity(workspace.workspace, query, range, buckets, `${lastSeq} ${snapshots}`);

  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const x = (time: number) => ((time - range.from) / (range.to - range.from)) * size.width;
  const timeAt = (left: number) => range.from + (left / Math.max(1, size.width)) * (range.to - range.from);

  // React listens to the wheel passively, and then the page would scroll as well.
  const onWheel = useRef<(event: WheelEvent) => void>(() => undefined);
  useEffect(() => {
    onWheel.current = (event) => {
      event.preventDefault();
      const place = event.currentTarget;
      const left = place instanceof Element ? place.getBoundingClientRect().left : 0;
      const sideways = event.shiftKey ? event.deltaY : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.deltaY) || event.shiftKey) {
        showRange(moved(range, whole, sideways / Math.max(1, size.width)));
      } else {
        showRange(zoomed(range, whole, event.deltaY < 0 ? WHEEL_ZOOM : 1 / WHEEL_ZOOM, timeAt(event.clientX - left)));
      }
    };
  });
  useEffect(() => {
    const element = place.current;
    const listener = (event: WheelEvent) => onWheel.current(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, []);

  const onPointerDown = (event: PointerEvent<SVGSVGElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = within(event);
    setBrush({ start: at, end: at });
  };
  const onPointerMove = (event: PointerEvent<SVGSVGElement>) => {
    if (brush) setBrush({ ...brush, end: within(event) });
  };
  const onPointerUp = () => {
    if (!brush) return;
    setBrush(null);
    const [from = 0, to = 0] = [brush.start, brush.end].toSorted((a, b) => a - b);
    if (to - from >= LEAST_DRAG) filterBy({ from: timeAt(from), to: timeAt(to) });
  };
  return (
    <div className={styles.chart}>
      <div className={styles.ruler} aria-hidden>
        {ticksOf(range, size.width, format.locale).map(({ time, label }) => (
          <span key={time} className={styles.tick} style={{ left: x(time) }}>
            {label}
          </span>
        ))}
      </div>
      <div ref={place} className={styles.bars}>
        <svg
          className={styles.svg}
          width={size.width}
          height={size.height}
          aria-hidden
          onPointerDown={onPointerDown}
          onPointerMove={onPointerMove}
          onPointerUp={onPointerUp}
          onPointerCancel={() => setBrush(null)}
        >
          <rect width={size.width} height={size.height} fill="transparent" />
          {density ? <path className={styles.bar} d={barsOf(density, x, size.height)} /> : null}
          {brush ? (
            <rect
              className={styles.brush}
              x={Math.min(brush.start, brush.end)}
              width={Math.abs(brush.end - brush.start)}
              height={size.height}
            />
          ) : null}
        </svg>
      </div>
      {density?.marks.map((mark) => (
        <Mark key={`${mark.kind} ${mark.seq} ${mark.snapshot ?? mark.name}`} mark={mark} left={x(mark.time)} />
      ))}
      <Playhead workspace={workspace} range={range} width={size.width} timeAt={timeAt} />
    </div>
  );
}

/** Pixels from the left edge of what has the pointer. */
function within({ clientX, currentTarget }: PointerEvent<SVGSVGElement>): number {
  return clientX - currentTarget.getBoundingClientRect().left;
}

/** One path for all bars. The tallest has the whole height; one change is seen beside a thousand. */
function barsOf({ from, width, counts }: HistoryDensity, x: (time: number) => number, height: number): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count, at) => {
      if (count === 0) return '';
      const start = x(from + at * width);
      const wide = Math.max(1, x(from + (at + 1) * width) - start - 1);
      const tall = Math.max(2, Math.sqrt(count / most) * (height - 2));
      return `M${start.toFixed(1)} ${height}v${(-tall).toFixed(1)}h${wide.toFixed(1)}v${tall.toFixed(1)}z`;
    })
    .join('');
}

function Mark({ mark, left }: { readonly mark: HistoryMark; readonly left: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = t(mark.kind === 'snapshot' ? 'history.snapshotMark' : 'history.restoreMark', {
    name: mark.name,
    key: visibleText(mark.key),
    time: exactText(mark.time, format.locale),
  });
  return (
    <button
      type="button"
      className={styles.mark}
      style={{ left }}
      aria-label={name}
      title={name}
      onClick={() => travel(mark.snapshot === undefined ? { seq: mark.seq } : { snapshot: mark.snapshot })}
    >
      <span aria-hidden>{mark.kind === 'snapshot' ? '◆' : '↺'}</span>
    </button>
  );
}
