import { useMemo } from 'react';
import {
  CartesianGrid,
  LineChart as Chart,
  Line,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  YAxis,
} from 'recharts';
import type { MetricUnit, TimeRange } from '../../../shared/ipc/performance.ts';
import { ticksOf } from '../../ui/time-ticks.ts';
import { useFormat } from '../../ui/use-format.ts';
import { useChartCursor } from './chart-cursor.ts';
import styles from './charts.module.css';
import { lookOf } from './line-looks.tsx';
import { type ChartLine, type ChartRow, drawnRows, lonelyPoints, pointNear } from './line-points.ts';
import { AXIS_HEIGHT, AXIS_WIDTH, MARGIN, toleranceOf } from './plot-area.ts';
import { useMomentText } from './use-moment-text.ts';
import { useUnits } from './use-units.ts';
import { valueTicks } from './value-ticks.ts';

const MICROS = 1000;
/** Around the text of a moment. Pixels. */
const FLAG_PADDING = 12;
const DIGIT_WIDTH = 6.6;

export interface LineChartProps {
  readonly unit: MetricUnit;
  readonly lines: readonly ChartLine[];
  readonly range: TimeRange;
  readonly width: number;
  readonly height: number;
}

/** The drawing alone: what is pointed at and told is around it (chart-plot.tsx, chart-figure.tsx). Nothing in it moves by itself. */
export default function LineChart({ unit, lines, range, width, height }: LineChartProps) {
  const { locale } = useFormat();
  const write = useUnits();
  const rows = useMemo(() => drawnRows(lines), [lines]);
  const ticks = useMemo(
    () =>
      ticksOf({ from: range.from * MICROS, to: range.to * MICROS }, width - AXIS_WIDTH - MARGIN.right, locale).map(
        ({ time, label }) => ({ time: time / MICROS, label }),
      ),
    [range, width, locale],
  );
  const figures = useMemo(() => {
    const values = rows.flatMap((row) => row.values.filter((value) => value !== null));
    return valueTicks(
      values.reduce((most, value) => Math.max(most, value), 0),
      unit,
    );
  }, [rows, unit]);
  const labels = new Map(ticks.map(({ time, label }) => [time, label]));
  return (
    <div className={styles.chart}>
      <Chart width={width} height={height} data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid vertical={false} />
        <XAxis
          dataKey="time"
          type="number"
          scale="linear"
          domain={[range.from, range.to]}
          allowDataOverflow
          height={AXIS_HEIGHT}
          ticks={ticks.map(({ time }) => time)}
          interval={0}
          tickFormatter={(time: number) => labels.get(time) ?? ''}
          tickLine={false}
        />
        <YAxis
          width={AXIS_WIDTH}
          domain={[0, figures.at(-1) ?? 1]}
          ticks={figures}
          interval={0}
          tickFormatter={(value: number) => write(unit, value)}
          tickLine={false}
          axisLine={false}
        />
        {lines.map(({ id, stepped = false }, line) => {
          const { colour, dash } = lookOf(line);
          return (
            <Line
              key={id}
              dataKey={(row: ChartRow) => row.values[line] ?? null}
              type={stepped ? 'stepAfter' : 'linear'}
              stroke={colour}
              strokeWidth={1.5}
              {...(dash !== undefined && { strokeDasharray: dash })}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
            />
          );
        })}
        <LonelyMarks lines={lines} />
        <Marked />
        <Cursor lines={lines} range={range} />
      </Chart>
    </div>
  );
}

/** Recharts' scales give nothing before the chart has its axes. */
function usePlace(): (time: number, value: number) => { readonly x: number; readonly y: number } | null {
  const x = useXAxisScale();
  const y = useYAxisScale();
  return (time, value) => {
    const [left, top] = [x?.(time), y?.(value)];
    return left === undefined || top === undefined ? null : { x: left, y: top };
  };
}

function Mark({ line, x, y }: { readonly line: number; readonly x: number; readonly y: number }) {
  const { colour, mark } = lookOf(line);
  return (
    <path className={styles.mark} d={mark} transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`} fill={colour} />
  );
}

function LonelyMarks({ lines }: { readonly lines: readonly ChartLine[] }) {
  const place = usePlace();
  return lines.map(({ id, points }, line) =>
    lonelyPoints(points).map(({ time, value }) => {
      const at = place(time, value);
      return at === null ? null : <Mark key={`${id} ${time}`} line={line} {...at} />;
    }),
  );
}

/** The time that is being marked, in every chart. */
function Marked() {
  const { time, anchor } = useChartCursor();
  const x = useXAxisScale();
  const area = usePlotArea();
  if (time === null || anchor === null || !area) return null;
  const [a, b] = [x?.(time), x?.(anchor)];
  if (a === undefined || b === undefined) return null;
  const left = Math.max(area.x, Math.min(a, b));
  const right = Math.min(area.x + area.width, Math.max(a, b));
  return <rect className={styles.marked} x={left} y={area.y} width={Math.max(0, right - left)} height={area.height} />;
}

/** The moment under the pointer of any chart, with the mark of each line where that has a figure. */
function Cursor({ lines, range }: { readonly lines: readonly ChartLine[]; readonly range: TimeRange }) {
  const time = useChartCursor((cursor) => cursor.time);
  const momentText = useMomentText(range);
  const place = usePlace();
  const x = useXAxisScale();
  const area = usePlotArea();
  const left = time === null ? undefined : x?.(time);
  if (time === null || left === undefined || !area || left < area.x || left > area.x + area.width) return null;
  const text = momentText(time);
  const width = text.length * DIGIT_WIDTH + FLAG_PADDING;
  const middle = Math.min(Math.max(left, area.x + width / 2), area.x + area.width - width / 2);
  return (
    <g className={styles.cursor} data-testid="chart-cursor">
      <path className={styles.cursorLine} d={`M${left.toFixed(1)} ${area.y}v${area.height}`} />
      {lines.map((each, line) => {
        const point = pointNear(each, time, toleranceOf(range));
        const at = point === null ? null : place(point.time, point.value);
        return at === null ? null : <Mark key={each.id} line={line} {...at} />;
      })}
      <rect
        className={styles.flag}
        x={middle - width / 2}
        y={area.y + area.height + 2}
        width={width}
        height={AXIS_HEIGHT - 3}
        rx={3}
      />
      <text className={styles.flagText} x={middle} y={area.y + area.height + AXIS_HEIGHT - 6} textAnchor="middle">
        {text}
      </text>
    </g>
  );
}
