/** One moment under the pointer of all charts, and what is marked from there: each shows it in its own figures. */
import { create } from 'zustand';

interface ChartCursor {
  /** Milliseconds since 1970; null while nobody points at a chart. */
  readonly time: number | null;
  /** The other end of what is being marked. */
  readonly anchor: number | null;
}

const NOWHERE: ChartCursor = { time: null, anchor: null };

export const useChartCursor = create<ChartCursor>(() => NOWHERE);

export function pointAt(time: number): void {
  useChartCursor.setState({ time });
}

/** What is marked begins at this moment and ends where the cursor goes from now on. */
export function beginMark(anchor: number): void {
  useChartCursor.setState({ time: anchor, anchor });
}

export function dropMark(): void {
  useChartCursor.setState({ anchor: null });
}

export function leaveCharts(): void {
  useChartCursor.setState(NOWHERE);
}
