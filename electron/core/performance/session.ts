/** Performance of an open source: what is measured while it is open, and the answers to a person's questions about it. */
import { join } from 'node:path';
import type {
  AgentSeries,
  JournalPruneReport,
  JournalPruneRule,
  ManagerStats,
  MetricName,
  PerformanceOverview,
  PerformanceReport,
  PerformanceSample,
  Series,
  SeriesAnswer,
  SeriesKey,
  SeriesRequest,
  TimeRange,
} from '../../../shared/ipc/performance.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import { changesByKey, seqRange } from '../tracking/journal-figures.ts';
import { toHostError } from '../workspace/host-error.ts';
import { AgentHistory } from './agent-series.ts';
import { DelayMeter } from './delay-meter.ts';
import { type JournalAdvice, journalAdvice, retentionOf } from './journal-advice.ts';
import { type Measured, StatePerformanceMonitor } from './monitor.ts';
import { memoryShare, threadMemory } from './process-figures.ts';
import { performanceReport } from './report.ts';
import { seriesId } from './sample-values.ts';
import { openSamplesOf, type SamplesStore } from './samples-store.ts';
import { seriesFor } from './series.ts';
import { StateSizes } from './state-growth.ts';

export interface PerformanceSessionOptions {
  /** Absolute path or URL without a password. */
  readonly location: string;
  /** Statescope's own. */
  readonly dataFolder: string;
  /** With all that was recorded up to now; null where nothing is recorded. */
  readonly journal: () => Journal | null;
  readonly snapshots: () => SnapshotStore | null;
  /** Of the states as they are, together. */
  readonly statesBytes: () => number;
  /** What the manager in front of the backends has measured since it was last asked; undefined where there is none. */
  readonly manager: () => ManagerStats | undefined;
  readonly onSample: (sample: PerformanceSample) => void;
  /** Milliseconds. */
  readonly now?: () => number;
}

/** What the main process measures of itself and of the window; the session adds its own thread. */
export type Outside = Pick<Measured, 'memory' | 'delay' | 'memoryTotal'>;

/** Where the samples of all sources lie. @param dataFolder Statescope's own. */
export function samplesFolder(dataFolder: string): string {
  return join(dataFolder, 'performance');
}

const MICROS = 1000;
/** Keys that are offered for charts: those that changed most. */
const MOST_KEYS = 50;
/** Of them the newest are counted. */
const MOST_CHANGES = 50_000;
/** Advice from history looks at many changes and whole states: not anew before so much later, milliseconds. */
const ADVICE_EVERY_MS = 30_000;

export class PerformanceSession {
  readonly #options: PerformanceSessionOptions;
  readonly #now: () => number;
  readonly #sizes = new StateSizes();
  readonly #agents = new AgentHistory();
  readonly #delay = new DelayMeter();
  #monitor: StatePerformanceMonitor | null = null;
  #store: SamplesStore | null = null;
  #problem: SourceError | null = null;
  #counted: { readonly seq: number; readonly time: number } | null = null;
  #advice: { readonly time: number; readonly seq: number; readonly value: Promise<JournalAdvice> } | null = null;
  #isClosed = false;

  constructor(options: PerformanceSessionOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Measures this thread, and takes what was measured outside of it with it. Nothing is measured unless this is called. */
  sample(outside: Outside): PerformanceSample | null {
    if (this.#isClosed) return null;
    const delay = this.#delay.take();
    const { memoryTotal } = outside;
    const snapshotBytes = this.#options.snapshots()?.bytes;
    const sample = this.#opened().collect({
      memory: { ...outside.memory, worker: threadMemory() },
      ...(memoryTotal !== undefined && { memoryTotal, memoryShare: memoryShare(memoryTotal) }),
      delay: { ...outside.delay, ...(delay && { worker: delay }) },
      ...this.#recorded(),
      ...(snapshotBytes !== undefined && { snapshotBytes }),
    });
    this.#options.onSample(sample);
    return sample;
  }

  /** Until the next sample nothing runs. What was measured is written. */
  pause(): void {
    this.#delay.stop();
    this.#counted = null;
    this.#monitor?.flush();
  }

  async overview(range: TimeRange): Promise<PerformanceOverview> {
    const monitor = this.#opened();
    const journal = this.#options.journal();
    const measuredFrom = this.#store?.oldest() ?? monitor.history[0]?.time;
    const recordedFrom = journal?.totals().first?.time;
    return {
      ...(measuredFrom !== undefined && { measuredFrom }),
      ...(recordedFrom !== undefined && { recordedFrom: recordedFrom / MICROS }),
      now: this.#now(),
      ...this.#notKept(monitor.problem ?? this.#problem),
      report: await this.report(),
      available: this.#available(range, journal),
    };
  }

  async series({ series, ...request }: SeriesRequest): Promise<SeriesAnswer> {
    const context = {
      monitor: this.#opened(),
      store: this.#store,
      journal: this.#options.journal(),
      snapshots: this.#options.snapshots(),
      sizes: this.#sizes,
      now: this.#now(),
    };
    const answers: Series[] = [];
    for (const of of series) answers.push(await seriesFor(of, request, context));
    return { series: answers };
  }

  async agents({ points, ...range }: TimeRange & { readonly points: number }): Promise<readonly AgentSeries[]> {
    const journal = this.#options.journal();
    return journal === null ? [] : this.#agents.series(journal, { range, points });
  }

  /** What it says of history is up to half a minute old. */
  async report(): Promise<PerformanceReport> {
    const monitor = this.#opened();
    const journal = await this.#advised();
    return performanceReport(monitor, journal, this.#now());
  }

  /** Forgets the oldest of recorded history. @throws SourceError `not-found` without a journal, `locked` when another process records */
  async prune({
    rule,
    dryRun,
  }: {
    readonly rule: JournalPruneRule;
    readonly dryRun: boolean;
  }): Promise<JournalPruneReport> {
    const journal = this.#options.journal();
    const { location } = this.#options;
    if (journal === null) {
      throw new SourceError('not-found', `There is no journal of ${location}. Switch recording on.`, { location });
    }
    if (!journal.isRecording && !dryRun) {
      const message = `Another process records changes of ${location}. Prune there, or end that recording first.`;
      throw new SourceError('locked', message, { location });
    }
    const plan = journal.planRetention(retentionOf(rule), this.#now());
    if (!dryRun) await journal.retain(plan);
    this.#advice = null;
    return { changes: plan.changes, bytes: plan.bytes, bytesOfJournal: journal.bytes, dryRun };
  }

  /** Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.pause();
    this.#isClosed = true;
    try {
      this.#store?.close();
    } catch (error) {
      // The last figures cannot be written, which keeps nobody from closing the source.
      if (!(error instanceof SourceError)) throw error;
    }
    this.#store = null;
  }

  /** With the first sample, or the first question: a source that nobody looks at has no file. */
  #opened(): StatePerformanceMonitor {
    if (this.#monitor !== null) return this.#monitor;
    const { dataFolder, location, manager } = this.#options;
    const { store, problem } = openSamplesOf(samplesFolder(dataFolder), location);
    this.#store = store;
    this.#problem = problem;
    this.#monitor = new StatePerformanceMonitor({ manager, store, now: this.#now });
    return this.#monitor;
  }

  /** Whoever asks meanwhile waits for the same. */
  async #advised(): Promise<JournalAdvice | null> {
    const journal = this.#options.journal();
    if (journal === null) return null;
    const known = this.#advice;
    const now = this.#now();
    const seq = journal.lastSeq;
    if (known !== null && (known.seq === seq || now - known.time < ADVICE_EVERY_MS)) return known.value;
    const value = journalAdvice(journal, { statesBytes: this.#options.statesBytes(), sizes: this.#sizes, now });
    const advice = { time: now, seq, value };
    this.#advice = advice;
    try {
      return await value;
    } catch (error) {
      // It is asked for anew the next time.
      if (this.#advice === advice) this.#advice = null;
      throw error;
    }
  }

  #notKept(problem: SourceError | null): Pick<PerformanceOverview, 'problem'> {
    return problem === null ? {} : { problem: toHostError(problem) };
  }

  #recorded(): Pick<Measured, 'changesPerSecond' | 'journalBytes'> {
    const journal = this.#options.journal();
    if (journal === null) return {};
    const before = this.#counted;
    const now = { seq: journal.lastSeq, time: this.#now() };
    this.#counted = now;
    const seconds = before === null ? 0 : (now.time - before.time) / 1000;
    return {
      journalBytes: journal.bytes,
      ...(before !== null && seconds > 0 && { changesPerSecond: (now.seq - before.seq) / seconds }),
    };
  }

  #available(range: TimeRange, journal: Journal | null): readonly SeriesKey[] {
    const found = new Map<string, SeriesKey>();
    const add = (of: SeriesKey) => found.set(seriesId(of), of);
    for (const of of this.#store?.series(range.from, range.to) ?? []) add(of);
    for (const of of this.#monitor?.series() ?? []) add(of);
    if (journal !== null) {
      const { low, high } = seqRange(journal, range.from * MICROS, range.to * MICROS);
      const keys = changesByKey(journal, { low: Math.max(low, high - MOST_CHANGES), high });
      for (const { key } of keys.slice(0, MOST_KEYS)) {
        for (const metric of ['changes.rate', 'state.bytes'] satisfies MetricName[]) add({ metric, key });
      }
    }
    return [...found.values()];
  }
}
