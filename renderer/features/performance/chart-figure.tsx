import { ChartLine as ChartIcon, Table2 } from 'lucide-react';
import { lazy, Suspense, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { MetricUnit, TimeRange } from '../../../shared/ipc/performance.ts';
import { IconButton } from '../../ui/button.tsx';
import { visibleText } from '../../ui/visible-text.ts';
import { useChartCursor } from './chart-cursor.ts';
import { ChartPlot } from './chart-plot.tsx';
import { ChartTable } from './chart-table.tsx';
import styles from './charts.module.css';
import { LineSample } from './line-looks.tsx';
import { type ChartLine, lastPoint, pointNear } from './line-points.ts';
import { toleranceOf } from './plot-area.ts';
import { useUnits } from './use-units.ts';

// With the library that draws: only who looks at charts waits for it.
const LineChart = lazy(() => import('./line-chart.tsx'));

const PLOT_HEIGHT = 148;
const LEGEND_HEIGHT = 24;

export interface ChartFigureProps {
  readonly title: string;
  readonly unit: MetricUnit;
  readonly lines: readonly ChartLine[];
  readonly range: TimeRange;
  /** Why there is nothing to see, and what to do about it. */
  readonly empty: string;
  /** What has to be known to read it right. */
  readonly note?: string | undefined;
}

/** Lines over time, with what they are at the cursor, as a chart or as a table. */
export function ChartFigure({ title, unit, lines, range, empty, note }: ChartFigureProps) {
  const { t } = useTranslation();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const isEmpty = lines.every(({ points }) => points.length === 0);
  return (
    <figure className={styles.figure} aria-labelledby={id}>
      <figcaption className={styles.caption}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        <span className={styles.note} title={note}>
          {note}
        </span>
        <IconButton
          label={t(asTable ? 'performance.asChart' : 'performance.asTable', { title })}
          disabled={isEmpty}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? <ChartIcon size={14} aria-hidden /> : <Table2 size={14} aria-hidden />}
        </IconButton>
      </figcaption>
      {isEmpty ? (
        <p className={styles.empty} style={{ height: PLOT_HEIGHT + LEGEND_HEIGHT }}>
          {empty}
        </p>
      ) : asTable ? (
        <ChartTable title={title} unit={unit} lines={lines} height={PLOT_HEIGHT + LEGEND_HEIGHT} />
      ) : (
        <>
          <Legend unit={unit} lines={lines} range={range} />
          <Drawing title={title} unit={unit} lines={lines} range={range} />
        </>
      )}
    </figure>
  );
}

/** What each line is, and its value at the cursor, or the last one while there is none. */
function Legend({ unit, lines, range }: Pick<ChartFigureProps, 'unit' | 'lines' | 'range'>) {
  const write = useUnits();
  const cursor = useChartCursor(({ time }) => time);
  return (
    <ul className={styles.legend}>
      {lines.map((each, line) => {
        const { id, name, points } = each;
        const point = cursor === null ? lastPoint(points) : pointNear(each, cursor, toleranceOf(range));
        return (
          <li key={id} className={styles.legendItem} title={name}>
            <LineSample line={line} />
            <span className={styles.lineName}>{visibleText(name)}</span>
            <span className={styles.lineValue}>{point === null ? '–' : write(unit, point.value)}</span>
          </li>
        );
      })}
    </ul>
  );
}

type DrawingProps = Pick<ChartFigureProps, 'title' | 'unit' | 'lines' | 'range'>;

function Drawing({ title, unit, lines, range }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // The same element as long as what is drawn is the same: the cursor moves above it, and it is not drawn again.
  const chart = useMemo(
    () => <LineChart unit={unit} lines={lines} range={range} width={width} height={PLOT_HEIGHT} />,
    [unit, lines, range, width],
  );
  return (
    <div ref={place} className={styles.drawing} style={{ height: PLOT_HEIGHT }}>
      {width > 0 ? (
        <ChartPlot title={title} unit={unit} lines={lines} range={range} width={width}>
          <Suspense>{chart}</Suspense>
        </ChartPlot>
      ) : null}
    </div>
  );
}
