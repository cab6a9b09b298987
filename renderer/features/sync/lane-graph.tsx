import type { LaneEvent } from '../../../shared/ipc/sync.ts';
import { cx } from '../../ui/cx.ts';
import styles from './sync.module.css';

const STEP = 18;
const HEIGHT = 24;
const RADIUS = 4;
/** More lie on top of each other in the last; their names are in the rows. */
const MOST_LANES = 16;
const COLOURS = 6;

const x = (lane: number): number => STEP / 2 + Math.min(lane, MOST_LANES - 1) * STEP;

export function widthOf(lanes: number): number {
  return Math.min(lanes, MOST_LANES) * STEP;
}

/** Its colour; which lane it is tells the place. */
export function laneClass(lane: number): string {
  return cx(styles.lane, styles[`lane${(lane % COLOURS) + 1}`]);
}

interface LaneGraphProps {
  readonly event: LaneEvent;
  /** Lanes of what it was written over. */
  readonly parents: readonly number[];
  readonly lanes: number;
}

/** One row: the lanes, a dot in the one that wrote, and where what it had seen came from. */
export function LaneGraph({ event, parents, lanes }: LaneGraphProps) {
  const middle = HEIGHT / 2;
  const at = x(event.lane);
  const count = Math.min(lanes, MOST_LANES);
  return (
    <svg width={widthOf(lanes)} height={HEIGHT} aria-hidden>
      {Array.from({ length: count }, (_, lane) => (
        <line key={lane} x1={x(lane)} x2={x(lane)} y1={0} y2={HEIGHT} className={styles.guide} />
      ))}
      {[...new Set(parents)]
        .filter((lane) => lane !== event.lane)
        .map((lane) => (
          <path
            key={lane}
            d={`M ${x(lane)} ${HEIGHT} Q ${x(lane)} ${middle} ${at} ${middle}`}
            className={cx(styles.edge, laneClass(lane))}
          />
        ))}
      {event.what === 'removed' ? (
        <path
          d={`M ${at - RADIUS} ${middle - RADIUS} l ${2 * RADIUS} ${2 * RADIUS} m 0 ${-2 * RADIUS} l ${-2 * RADIUS} ${2 * RADIUS}`}
          className={cx(styles.cross, laneClass(event.lane))}
        />
      ) : (
        <circle
          cx={at}
          cy={middle}
          r={RADIUS}
          className={cx(styles.event, laneClass(event.lane))}
          data-mark={event.mark ?? undefined}
        />
      )}
    </svg>
  );
}
