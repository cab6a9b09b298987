import type { OpenProgress } from '../../shared/ipc/model.ts';

/** Bytes a second over the last moments, so that the number neither jumps nor lags. */
export interface TransferRate {
  /** Null until two measurements are far enough apart. */
  readonly perSecond: number | null;
  readonly done: number;
  readonly atMs: number | null;
  readonly phase: OpenProgress['phase'] | null;
}

export const START_RATE: TransferRate = { perSecond: null, done: 0, atMs: null, phase: null };

const MIN_INTERVAL_MS = 200;
const WEIGHT_OF_NEW = 0.3;

/** Phases count from zero each: a new one starts the measurement again. */
export function updateRate(before: TransferRate, progress: OpenProgress, atMs: number): TransferRate {
  const { done, phase } = progress;
  if (before.atMs === null || before.phase !== phase || done < before.done) {
    return { perSecond: null, done, atMs, phase };
  }
  const elapsed = atMs - before.atMs;
  if (elapsed < MIN_INTERVAL_MS) return before;
  const current = ((done - before.done) * 1000) / elapsed;
  const perSecond =
    before.perSecond === null ? current : before.perSecond * (1 - WEIGHT_OF_NEW) + current * WEIGHT_OF_NEW;
  return { perSecond, done, atMs, phase };
}
