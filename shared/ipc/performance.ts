/**
 * What crosses about performance: what is measured and when, series over time, trends, advice. Plain data only.
 *
 * Times are milliseconds since 1970-01-01T00:00:00Z, durations milliseconds, sizes bytes, rates and shares 0 to 1 unless said.
 * What was not measured is absent, never 0: a machine without a renderer has no figure for its memory.
 */
import type { JsonPath } from '../json/path.ts';
import type { HostError } from './result.ts';

// What is measured.

/** `process` on the command line is Statescope itself; `worker` is the thread of the open source, a part of `main`. */
export const MEASURED_PROCESSES = ['main', 'worker', 'renderer', 'process'] as const;
export type MeasuredProcess = (typeof MEASURED_PROCESSES)[number];

/** Bytes. */
export interface MemoryFigures {
  /** Resident: what the process takes of the machine. A thread has none of its own. */
  readonly rss?: number;
  /** V8's heap: in use, and the most that it may grow to. Of a renderer not known. */
  readonly heapUsed?: number;
  readonly heapLimit?: number;
  /** Outside of V8's heap: buffers. */
  readonly external?: number;
}

/** How much later than planned the event loop came to its timers since the sample before, milliseconds. */
export interface DelayFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export const STATE_OPERATIONS = ['load', 'save'] as const;
export type StateOperation = (typeof STATE_OPERATIONS)[number];

/** How long loading or saving one state took. `kind` is that of its key (`agent` of `agent:1`), `backend` the name of its store. */
export interface LatencyFigures {
  readonly operation: StateOperation;
  readonly backend: string;
  readonly kind: string;
  /** Measured operations; at least 1, so that the others are there. */
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Of one span of time: since the manager was made, or since the sample before. */
export interface ManagerFigures {
  readonly hits: number;
  readonly misses: number;
  /** 0 to 1. Absent where nothing was asked for. */
  readonly hitRate?: number;
  readonly latencies: readonly LatencyFigures[];
  /** Absent where nothing was compressed. */
  readonly compression?: {
    readonly algorithm: 'gzip' | 'zlib' | 'none';
    readonly bytesIn: number;
    readonly bytesOut: number;
    /** bytesOut / bytesIn: 0.2 is a fifth. */
    readonly ratio: number;
  };
}

/** What the StatePerformanceManager has measured. */
export interface ManagerStats {
  /** Since it was made. */
  readonly total: ManagerFigures;
  /** Since it was last asked for a sample; `total` again where nobody asked before. */
  readonly recent: ManagerFigures;
  /** What is in the cache at this moment. Absent where there is none. */
  readonly cache?: {
    readonly entries: number;
    readonly bytes: number;
    readonly maxEntries: number;
    readonly maxBytes?: number;
    /** Milliseconds. Absent: what is kept stays until there is no more room for it. */
    readonly ttl?: number;
    /** Since it was made. */
    readonly evictions: number;
  };
}

/** All that was measured at one moment. */
export interface PerformanceSample {
  readonly time: number;
  readonly memory: Partial<Readonly<Record<MeasuredProcess, MemoryFigures>>>;
  /** Resident bytes of all of Statescope's processes together, and its share of the machine's memory (0 to 1). */
  readonly memoryTotal?: number;
  readonly memoryShare?: number;
  readonly delay: Partial<Readonly<Record<MeasuredProcess, DelayFigures>>>;
  readonly manager?: ManagerStats;
  /** Recorded since the sample before, by second. */
  readonly changesPerSecond?: number;
  /** Of the journal's file, and of the file of the source's snapshots. */
  readonly journalBytes?: number;
  readonly snapshotBytes?: number;
}

// Series over time.

/** `ratio` is 0 to 1. */
export type MetricUnit = 'bytes' | 'ms' | 'seconds' | 'ratio' | 'count' | 'perSecond';

/**
 * Everything that can be drawn over time, with its unit and what it is asked for by. `samples`: measured while a source was open;
 * `journal` and `snapshots`: from what they keep, so also from before anything was measured.
 */
export const METRICS = {
  /** Resident bytes. By process; without one, of all together. */
  'memory.rss': { unit: 'bytes', by: ['process'], from: 'samples' },
  'memory.heap': { unit: 'bytes', by: ['process'], from: 'samples' },
  'memory.external': { unit: 'bytes', by: ['process'], from: 'samples' },
  'memory.share': { unit: 'ratio', by: [], from: 'samples' },
  'delay.p50': { unit: 'ms', by: ['process'], from: 'samples' },
  'delay.p99': { unit: 'ms', by: ['process'], from: 'samples' },
  'delay.max': { unit: 'ms', by: ['process'], from: 'samples' },
  'cache.hitRate': { unit: 'ratio', by: [], from: 'samples' },
  'cache.requests': { unit: 'count', by: [], from: 'samples' },
  'cache.entries': { unit: 'count', by: [], from: 'samples' },
  'cache.bytes': { unit: 'bytes', by: [], from: 'samples' },
  'compression.ratio': { unit: 'ratio', by: [], from: 'samples' },
  'latency.p50': { unit: 'ms', by: ['operation', 'backend', 'kind'], from: 'samples' },
  'latency.p95': { unit: 'ms', by: ['operation', 'backend', 'kind'], from: 'samples' },
  'latency.p99': { unit: 'ms', by: ['operation', 'backend', 'kind'], from: 'samples' },
  'journal.bytes': { unit: 'bytes', by: [], from: 'samples' },
  'snapshots.bytes': { unit: 'bytes', by: [], from: 'samples' },
  /** By key; without one, of all states together. */
  'changes.rate': { unit: 'perSecond', by: ['key'], from: 'journal' },
  /** What has been recorded up to a moment, and captured in snapshots that are still there: also before anything was measured. */
  'journal.growth': { unit: 'bytes', by: [], from: 'journal' },
  'snapshots.growth': { unit: 'bytes', by: [], from: 'snapshots' },
  /** Of one state's text. */
  'state.bytes': { unit: 'bytes', by: ['key'], from: 'journal' },
} as const satisfies Record<
  string,
  { readonly unit: MetricUnit; readonly by: readonly SeriesLabel[]; readonly from: 'samples' | 'journal' | 'snapshots' }
>;
export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

export const SERIES_LABELS = ['process', 'operation', 'backend', 'kind', 'key'] as const;
export type SeriesLabel = (typeof SERIES_LABELS)[number];

/** One line of a chart: a metric and what it is of. A label that is absent is not told apart, where the metric can be without. */
export interface SeriesKey {
  readonly metric: MetricName;
  readonly process?: MeasuredProcess;
  readonly operation?: StateOperation;
  readonly backend?: string;
  readonly kind?: string;
  readonly key?: string;
}

export interface SeriesRequest {
  readonly series: readonly SeriesKey[];
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** No series has more points than this; at least 4. */
  readonly points: number;
}

export interface SeriesPoint {
  readonly time: number;
  /** Null: nothing was measured from here to the next point, where a line is interrupted. */
  readonly value: number | null;
  /** The lowest and the highest that this point stands for; absent where it stands for itself. */
  readonly min?: number;
  readonly max?: number;
}

export interface Series {
  readonly of: SeriesKey;
  readonly unit: MetricUnit;
  /** In order of time. Empty where nothing was measured. */
  readonly points: readonly SeriesPoint[];
  /** How many values the points were chosen from. */
  readonly measured: number;
  /**
   * Milliseconds that one measured value stands for, at most: older ones are kept by the minute, then by the hour. 0 where a value
   * holds until the next one, as a size does.
   */
  readonly step: number;
}

export interface SeriesAnswer {
  readonly series: readonly Series[];
}

// Trends and advice.

export type TrendDirection = 'increasing' | 'decreasing' | 'stable' | 'insufficient-data';

/** The mean of the last three of ten samples against the mean of those before them; more than a tenth off is a trend. */
export interface Trend {
  readonly of: SeriesKey;
  readonly direction: TrendDirection;
  /** Absent with insufficient data. */
  readonly recent?: number;
  readonly earlier?: number;
  /** Samples that had it, at most 10. */
  readonly samples: number;
}

export type RecommendationPriority = 'high' | 'medium' | 'low';

/** Texts under `performance.advice.<code>` (what, with `details`) and `performance.adviceHelp.<code>` (what to do). */
export const RECOMMENDATION_CODES = [
  'low-hit-rate',
  'memory-high',
  'heap-high',
  'memory-rising',
  'state-grows',
  /** The same, where no single value has most of the growth. */
  'state-grows-all-over',
  'hot-key',
  'slow-backend',
  'journal-large',
] as const;
export type RecommendationCode = (typeof RECOMMENDATION_CODES)[number];

/** As the design document names them, and three more. */
export type RecommendationType =
  | 'cache_optimization'
  | 'memory_optimization'
  | 'trend_warning'
  | 'state_growth'
  | 'hot_key'
  | 'slow_backend'
  | 'journal_size';

/** Texts under `performance.evidence.<code>`. */
export const EVIDENCE_CODES = [
  'hit-rate',
  'requests',
  'memory-share',
  'memory-bytes',
  'heap-used',
  'heap-limit',
  'recent-mean',
  'earlier-mean',
  'bytes-before',
  'bytes-after',
  'bytes-per-hour',
  'bytes-per-change',
  'attribute-growth',
  'growth-share',
  'changes-of-key',
  'changes-of-all',
  'share-of-changes',
  'p95',
  'p95-others',
  'operations',
  'journal-bytes',
  'states-bytes',
  'changes',
  'freed-bytes',
] as const;
export type EvidenceCode = (typeof EVIDENCE_CODES)[number];

/** One figure that a recommendation rests on. */
export interface Evidence {
  readonly code: EvidenceCode;
  readonly value: number;
  readonly unit: MetricUnit;
  readonly from: 'samples' | 'journal' | 'sizes';
  /** Where it can be seen over time. */
  readonly series?: SeriesKey;
}

/** What the button of a recommendation does. Texts under `performance.action.<kind>`. */
export type RecommendationAction =
  /** The state in the tree, at a value; an empty path is its root. */
  | { readonly kind: 'open-state'; readonly key: string; readonly path: JsonPath }
  /** History with this query in its search field. */
  | { readonly kind: 'open-history'; readonly query: string }
  | { readonly kind: 'open-persistence' }
  /** Asks `performance.prune` for a plan and shows it before anything is forgotten. */
  | { readonly kind: 'prune-journal'; readonly rule: JournalPruneRule }
  /** Where the memory went: the attribution of bytes to states. */
  | { readonly kind: 'open-sizes' };

export interface Recommendation {
  /** The same as long as it is about the same thing. */
  readonly id: string;
  readonly code: RecommendationCode;
  readonly type: RecommendationType;
  readonly priority: RecommendationPriority;
  /** What the texts are filled in with: `key`, `attribute`, `backend`, …; figures are in the evidence. */
  readonly details: Readonly<Record<string, string | number>>;
  readonly evidence: readonly Evidence[];
  readonly action: RecommendationAction;
}

export interface PerformanceReport {
  /** Absent where nothing was measured yet. */
  readonly current?: PerformanceSample;
  readonly trends: readonly Trend[];
  readonly recommendations: readonly Recommendation[];
  readonly generatedAt: number;
}

// The journal that is pruned.

/** What stays; at least one bound. */
export interface JournalPruneRule {
  readonly maxAgeDays?: number;
  readonly maxBytes?: number;
}

export interface JournalPruneReport {
  /** What is, or would be, forgotten. `bytes` is about. */
  readonly changes: number;
  readonly bytes: number;
  readonly bytesOfJournal: number;
  readonly dryRun: boolean;
}

// Agents.

/** What an agent's own metrics said after a change. Counts are since the agent was made. */
export interface AgentPoint {
  readonly time: number;
  readonly completed: number;
  readonly failed: number;
  /** completed / (completed + failed); absent before the first task. */
  readonly successRate?: number;
  /** In the agent's unit, seconds in the design document. Absent where it keeps none. */
  readonly responseTime?: number;
}

export interface AgentSeries {
  readonly key: string;
  /** As the state calls it; else the id of the key. */
  readonly name: string;
  /** In order of time, the first perhaps from before the range: what held when it began. At most as many as were asked for. */
  readonly points: readonly AgentPoint[];
  /** Ended within the range. */
  readonly completedIn: number;
  readonly failedIn: number;
}

// What the window asks.

/** `from` inclusive, `to` exclusive. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface PerformanceOverview {
  /** The newest first measured and recorded moments; absent where there are none. What a range can be chosen from. */
  readonly measuredFrom?: number;
  readonly recordedFrom?: number;
  /** Of the engine, so that charts end where it is. */
  readonly now: number;
  /** Why figures are not kept beyond this session. */
  readonly problem?: HostError;
  readonly report: PerformanceReport;
  /** Every series that has values in the range and is not told by its metric alone: which processes, backends, kinds and keys. */
  readonly available: readonly SeriesKey[];
}

/** Told while measuring goes on, at most four times a second. */
export interface PerformanceEvent {
  readonly workspace: string;
  readonly sample: PerformanceSample;
}
