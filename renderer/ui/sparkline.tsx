import { Line, LineChart, ReferenceDot, YAxis } from 'recharts';
import styles from './sparkline.module.css';

export interface SparklineProps {
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  /** What the curve tells, in words. */
  readonly label: string;
  /** Position of the value that is marked; null for none. */
  readonly marked?: number | null;
  readonly onPick?: (index: number) => void;
}

/** A curve of values that stay until the next one comes. Loaded when it is first needed. */
export default function Sparkline({ values, width, height, label, marked = null, onPick }: SparklineProps) {
  const points = values.map((value, index) => ({ value, index }));
  const chosen = marked === null ? undefined : points[marked];
  return (
    <div className={styles.spark} role="img" aria-label={label} style={{ width, height }}>
      <LineChart
        width={width}
        height={height}
        data={points}
        margin={{ top: 5, right: 6, bottom: 5, left: 6 }}
        accessibilityLayer={false}
        onClick={(state) => {
          if (onPick && state.activeTooltipIndex != null) onPick(Number(state.activeTooltipIndex));
        }}
      >
        <YAxis hide domain={['dataMin', 'dataMax']} />
        <Line type="stepAfter" dataKey="value" dot={false} strokeWidth={1.5} isAnimationActive={false} />
        {chosen ? <ReferenceDot x={chosen.index} y={chosen.value} r={4} strokeWidth={1.5} /> : null}
      </LineChart>
    </div>
  );
}
