/** Where within a chart its lines are drawn; the same in all of them, so that one cursor fits all. Pixels. */
import type { TimeRange } from '../../../shared/ipc/performance.ts';

/** For the figures of the vertical axis, and the times below. */
export const AXIS_WIDTH = 60;
export const AXIS_HEIGHT = 20;
export const MARGIN = { top: 6, right: 10, bottom: 0, left: 0 } as const;

/** How far from a point the cursor may be to be on it, a few pixels. Milliseconds. */
export const toleranceOf = ({ from, to }: TimeRange): number => (to - from) / 100;

/** @param left from the chart's left edge; outside of the plot it is the plot's edge */
export function timeAt(left: number, { from, to }: TimeRange, width: number): number {
  const plot = Math.max(1, width - AXIS_WIDTH - MARGIN.right);
  return from + Math.min(1, Math.max(0, (left - AXIS_WIDTH) / plot)) * (to - from);
}
