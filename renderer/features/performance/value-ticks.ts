/** Round figures for a vertical axis that begins at 0. */
import type { MetricUnit } from '../../../shared/ipc/performance.ts';

const MOST_STEPS = 4;
const ROUND = [1, 2, 2.5, 5, 10];
const SHARES = [0, 0.25, 0.5, 0.75, 1];

/** From 0 to at least the highest value, at most five of them, equally far apart; of shares always the whole. */
export function valueTicks(highest: number, unit: MetricUnit): readonly number[] {
  if (unit === 'ratio' && highest <= 1) return SHARES;
  const most = highest > 0 ? highest : 1;
  const power = 10 ** Math.floor(Math.log10(most / MOST_STEPS));
  const least = unit === 'count' ? 1 : 0;
  const factor = ROUND.find((each) => each * power >= least && each * power * MOST_STEPS >= most * (1 - 1e-9)) ?? 10;
  const step = Math.max(least, factor * power);
  const steps = Math.max(1, Math.ceil(most / step - 1e-9));
  return Array.from({ length: steps + 1 }, (_none, at) => Number((at * step).toPrecision(12)));
}
