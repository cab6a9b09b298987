/** Reads every state of a source a few times, as the window does when a person looks at it, so that there are figures. */
import type { Turns } from '../search/turns.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { knownTypes } from '../validation/known-types.ts';
import { PAGED_ABOVE_BYTES, Workspace } from '../workspace/workspace.ts';
import type { PerformanceStats, StatePerformanceManager } from './performance-manager.ts';

export interface MeasureRun {
  readonly manager: StatePerformanceManager;
  /** At least 1. */
  readonly passes: number;
  readonly turns: Turns;
  readonly onProgress: (done: number, total: number, key: string) => void;
  /** After each pass over all states. */
  readonly onPass: () => void;
}

export interface NotMeasured {
  readonly key: string;
  /** `large`: it is only ever read in parts. */
  readonly why: 'large' | 'unreadable';
  readonly message: string;
}

export interface Measurement {
  /** With what was at hand at the end. */
  readonly stats: PerformanceStats;
  readonly notMeasured: readonly NotMeasured[];
}

/** Each state that can be read is compressed once, too. @throws SourceError `cancelled` */
export async function measureSource(source: Source, run: MeasureRun): Promise<Measurement> {
  const { manager, passes, turns, onProgress, onPass } = run;
  const workspace = new Workspace(source, knownTypes(), PAGED_ABOVE_BYTES, manager);
  const left: NotMeasured[] = [];
  const keys: string[] = [];
  for (const { key, bytes } of source.entries) {
    if (bytes <= PAGED_ABOVE_BYTES || source.range === undefined) keys.push(key);
    else left.push({ key, why: 'large', message: `${key} has ${bytes} bytes and is read in parts only.` });
  }
  const total = keys.length * passes;
  const unreadable = new Set<string>();
  try {
    for (let pass = 0; pass < passes; pass++) {
      for (const [n, key] of keys.entries()) {
        await turns.breathe();
        onProgress(pass * keys.length + n, total, key);
        if (unreadable.has(key)) continue;
        try {
          const { stored } = await workspace.state(key);
          if (pass === 0) await manager.compress(stored.bytes);
        } catch (error) {
          if (!(error instanceof SourceError)) throw error;
          unreadable.add(key);
          left.push({ key, why: 'unreadable', message: error.message });
        }
      }
      onPass();
    }
    return { stats: manager.getPerformanceStats(), notMeasured: left };
  } finally {
    workspace.forget();
  }
}
