/** Timing two ways of doing the same thing in turns, so that what else the machine does falls on both alike. */

export interface Row {
  readonly name: string;
  readonly unit: 'ms' | 'MB';
  /** Medians, in `unit`. */
  readonly ours: number;
  readonly peer: number;
  /** Median of the ratios ours / peer of the pairs, and the lowest and the highest of them. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly target: Target | null;
  readonly verdict: 'ok' | 'over' | 'no target';
}

/** `ours`: a bound on our own figure, for memory. Time is only ever held against the peer. */
export interface Target {
  readonly of: 'ratio' | 'ours';
  readonly atMost: number;
}

export interface Samples {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

export type Task = () => unknown;

export interface Repeats {
  /** Pairs that count. */
  readonly pairs?: number;
  /** Pairs before them that do not. */
  readonly warmUps?: number;
  /** Runs within one sample, for what is too short for the clock. */
  readonly runs?: number;
}

/** Milliseconds of one run each, in turns. Garbage of one side is collected before the other begins. */
export async function alternate(
  ours: Task,
  peer: Task,
  { pairs = 5, warmUps = 1, runs = 1 }: Repeats = {},
): Promise<Samples> {
  return alternateFigures(
    () => milliseconds(ours, runs),
    () => milliseconds(peer, runs),
    { pairs, warmUps },
  );
}

/** The same for figures that are measured elsewhere, in another process for instance. */
export async function alternateFigures(
  ours: () => Promise<number>,
  peer: () => Promise<number>,
  { pairs = 5, warmUps = 1 }: Pick<Repeats, 'pairs' | 'warmUps'> = {},
): Promise<Samples> {
  const samples: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  for (let i = -warmUps; i < pairs; i += 1) {
    const a = await ours();
    const b = await peer();
    if (i < 0) continue;
    samples.ours.push(a);
    samples.peer.push(b);
  }
  return samples;
}

async function milliseconds(task: Task, runs: number): Promise<number> {
  globalThis.gc?.();
  const began = performance.now();
  for (let i = 0; i < runs; i += 1) await task();
  return (performance.now() - began) / runs;
}

export function rowOf(name: string, samples: Samples, target: Target | null = null, unit: Row['unit'] = 'ms'): Row {
  const ratios = samples.ours.map((value, i) => value / (samples.peer[i] ?? Number.NaN));
  const ours = median(samples.ours);
  const ratio = median(ratios);
  const measured = target?.of === 'ours' ? ours : ratio;
  return {
    name,
    unit,
    ours,
    peer: median(samples.peer),
    ratio,
    low: Math.min(...ratios),
    high: Math.max(...ratios),
    target,
    verdict: target === null ? 'no target' : measured <= target.atMost ? 'ok' : 'over',
  };
}

export const ratioAtMost = (atMost: number): Target => ({ of: 'ratio', atMost });

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this part of the values lies, between neighbours in proportion. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)] ?? Number.NaN;
  const high = sorted[Math.ceil(at)] ?? Number.NaN;
  return low + (high - low) * (at - Math.floor(at));
}

/** A broken benchmark must not report the speed of doing nothing. */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: found ${String(found)} where ${String(wanted)} was expected`);
}
