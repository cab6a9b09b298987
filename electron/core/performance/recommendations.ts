/**
 * What a person could do about performance: the design document's three pieces of advice (8.2), and those that measured figures and
 * recorded history support. Each has the figures it rests on, and what to do about it.
 */
import type {
  Evidence,
  LatencyFigures,
  ManagerStats,
  PerformanceSample,
  Recommendation,
  RecommendationPriority,
  Trend,
} from '../../../shared/ipc/performance.ts';
import { toDot } from '../../../shared/json/path.ts';
import type { MeasuredValue } from './downsample.ts';
import type { JournalAdvice } from './journal-advice.ts';
import type { GrowingState } from './state-growth.ts';

export interface Findings {
  /** The newest sample; absent before the first. */
  readonly current?: PerformanceSample | undefined;
  readonly trends: readonly Trend[];
  /** Resident bytes of all processes, in the samples that are in memory, oldest first. */
  readonly memory: readonly Pick<MeasuredValue, 'time' | 'value'>[];
  /** Of recorded history; null where nothing is recorded. */
  readonly journal: JournalAdvice | null;
}

/** Fewer requests to a cache say nothing about its size. */
const ENOUGH_REQUESTS = 100;
const LOW_HIT_RATE = 0.5;
/** With fewer requests for each entry, most were the first for theirs, which no cache can answer. */
const REQUESTS_AN_ENTRY = 2;
const MUCH_MEMORY = 0.8;
/** A trend in memory that is smaller comes and goes with every collection of garbage. */
const NOTABLE_RISE_BYTES = 16 * 1024 * 1024;
/** A program that has just started, or is looked at again, takes memory for a while and then no more. */
const WARM_UP_MS = 60_000;
/** What rises for a shorter time does not keep rising. */
const ENOUGH_FOR_RISE_MS = 60_000;
/** Of the rise, in the first half of its time: something large that was opened makes one step. */
const STEADY_SHARE = 0.25;
const ENOUGH_OPERATIONS = 20;
const SLOW_MS = 20;
const VERY_SLOW_MS = 250;
/** Against the other backends. */
const SLOWER_BY = 3;
const HUGE_GROWTH_BYTES = 10 * 1024 * 1024;
const HOUR_MS = 3_600_000;
/** Over a shorter time, a rate by the hour would be made up. */
const ENOUGH_FOR_RATE_MS = 600_000;
const PRIORITIES: readonly RecommendationPriority[] = ['high', 'medium', 'low'];

/** Most pressing first. */
export function recommendationsFor(findings: Findings): readonly Recommendation[] {
  const { current, journal } = findings;
  const all = [
    ...(current?.manager ? cacheAdvice(current.manager) : []),
    ...(current ? memoryAdvice(current) : []),
    ...(current?.manager ? slowBackends(current.manager.total.latencies) : []),
    // Before what it may be the cause of.
    ...(journal?.growing ?? []).map(growingState),
    ...risingMemory(findings),
    ...(journal?.hot ? [hotKey(journal.hot)] : []),
    ...(journal?.large ? [largeJournal(journal.large)] : []),
  ];
  return all.toSorted((a, b) => PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority));
}

function cacheAdvice({ total, cache }: ManagerStats): Recommendation[] {
  const { hits, misses, hitRate } = total;
  const requests = hits + misses;
  const isUsed = requests >= ENOUGH_REQUESTS && requests >= REQUESTS_AN_ENTRY * (cache?.entries ?? 0);
  if (hitRate === undefined || hitRate >= LOW_HIT_RATE || !isUsed) return [];
  return [
    {
      id: 'low-hit-rate',
      code: 'low-hit-rate',
      type: 'cache_optimization',
      priority: 'high',
      details: {},
      evidence: [
        { code: 'hit-rate', value: hitRate, unit: 'ratio', from: 'samples', series: { metric: 'cache.hitRate' } },
        { code: 'requests', value: requests, unit: 'count', from: 'samples' },
      ],
      action: { kind: 'open-persistence' },
    },
  ];
}

function memoryAdvice({ memoryShare, memoryTotal, memory }: PerformanceSample): Recommendation[] {
  const found: Recommendation[] = [];
  if (memoryShare !== undefined && memoryShare > MUCH_MEMORY) {
    found.push({
      id: 'memory-high',
      code: 'memory-high',
      type: 'memory_optimization',
      priority: 'high',
      details: {},
      evidence: [
        {
          code: 'memory-share',
          value: memoryShare,
          unit: 'ratio',
          from: 'samples',
          series: { metric: 'memory.share' },
        },
        ...bytes('memory-bytes', memoryTotal),
      ],
      action: { kind: 'open-sizes' },
    });
  }
  for (const [process, { heapUsed, heapLimit }] of Object.entries(memory)) {
    if (heapUsed === undefined || heapLimit === undefined || heapUsed <= MUCH_MEMORY * heapLimit) continue;
    found.push({
      id: `heap-high:${process}`,
      code: 'heap-high',
      type: 'memory_optimization',
      priority: 'high',
      details: { process },
      evidence: [...bytes('heap-used', heapUsed), ...bytes('heap-limit', heapLimit)],
      action: { kind: 'open-sizes' },
    });
  }
  return found;
}

function bytes(code: Evidence['code'], value: number | undefined, from: Evidence['from'] = 'samples'): Evidence[] {
  return value === undefined ? [] : [{ code, value, unit: 'bytes', from }];
}

/** The document's warning, where memory does keep rising, and by something: not in the last ten samples only. */
function risingMemory({ trends, memory }: Findings): Recommendation[] {
  const trend = trends.find(({ of }) => of.metric === 'memory.share');
  const rise = riseOf(memory);
  if (trend?.direction !== 'increasing' || rise === null) return [];
  const { before, after } = rise;
  const { recent, earlier } = trend;
  const series = { metric: 'memory.rss' } as const;
  return [
    {
      id: 'memory-rising',
      code: 'memory-rising',
      type: 'trend_warning',
      priority: 'medium',
      details: {},
      evidence: [
        { code: 'bytes-before', value: before, unit: 'bytes', from: 'samples', series },
        { code: 'bytes-after', value: after, unit: 'bytes', from: 'samples', series },
        ...(earlier === undefined ? [] : [share('earlier-mean', earlier)]),
        ...(recent === undefined ? [] : [share('recent-mean', recent)]),
      ],
      action: { kind: 'open-sizes' },
    },
  ];
}

/** From the end of the first minute of what is known up to now; null where that is too short, too little, or one step. */
function riseOf(memory: Findings['memory']): { readonly before: number; readonly after: number } | null {
  const start = (memory[0]?.time ?? 0) + WARM_UP_MS;
  const [first, ...others] = memory.filter(({ time }) => time >= start);
  const last = others.at(-1);
  if (first === undefined || last === undefined || last.time - first.time < ENOUGH_FOR_RISE_MS) return null;
  const rise = last.value - first.value;
  const half = others.find(({ time }) => time >= (first.time + last.time) / 2)?.value ?? first.value;
  if (rise < NOTABLE_RISE_BYTES || half - first.value < STEADY_SHARE * rise) return null;
  return { before: first.value, after: last.value };
}

function share(code: Evidence['code'], value: number): Evidence {
  return { code, value, unit: 'ratio', from: 'samples' };
}

/** Those whose slowest twentieth of operations is slow by itself, or by far slower than that of every other backend. */
function slowBackends(latencies: readonly LatencyFigures[]): Recommendation[] {
  const measured = latencies.filter(({ count }) => count >= ENOUGH_OPERATIONS);
  return measured.flatMap((row): Recommendation[] => {
    const { operation, backend, kind, p95, count } = row;
    const others = measured.filter((other) => other.operation === operation && other.backend !== backend);
    const slowestOther = others.length === 0 ? null : Math.max(...others.map((other) => other.p95));
    const isOutlier = slowestOther !== null && p95 > SLOW_MS && p95 > SLOWER_BY * slowestOther;
    if (p95 <= VERY_SLOW_MS && !isOutlier) return [];
    const series = { metric: 'latency.p95', operation, backend, kind } as const;
    return [
      {
        id: `slow-backend:${operation}:${backend}:${kind}`,
        code: 'slow-backend',
        type: 'slow_backend',
        priority: p95 > VERY_SLOW_MS ? 'high' : 'medium',
        details: { operation, backend, kind },
        evidence: [
          { code: 'p95', value: p95, unit: 'ms', from: 'samples', series },
          ...(slowestOther === null
            ? []
            : [{ code: 'p95-others', value: slowestOther, unit: 'ms', from: 'samples' } as const]),
          { code: 'operations', value: count, unit: 'count', from: 'samples' },
        ],
        action: { kind: 'open-persistence' },
      },
    ];
  });
}

function growingState({ key, first, last, commits, path, pathBytes }: GrowingState): Recommendation {
  const growth = last.bytes - first.bytes;
  const time = last.time - first.time;
  const series = { metric: 'state.bytes', key } as const;
  return {
    id: `state-grows:${key}`,
    code: path.length === 0 ? 'state-grows-all-over' : 'state-grows',
    type: 'state_growth',
    priority: growth >= HUGE_GROWTH_BYTES ? 'high' : 'medium',
    details: { key, ...(path.length > 0 && { attribute: toDot(path) }) },
    evidence: [
      { code: 'bytes-before', value: first.bytes, unit: 'bytes', from: 'journal', series },
      { code: 'bytes-after', value: last.bytes, unit: 'bytes', from: 'journal', series },
      ...(time < ENOUGH_FOR_RATE_MS ? [] : bytes('bytes-per-hour', (growth / time) * HOUR_MS, 'journal')),
      ...(commits === 0 ? [] : bytes('bytes-per-change', growth / commits, 'journal')),
      ...bytes('attribute-growth', pathBytes, 'journal'),
      { code: 'growth-share', value: Math.min(1, pathBytes / growth), unit: 'ratio', from: 'journal' },
    ],
    action: { kind: 'open-state', key, path },
  };
}

function hotKey({ key, changes, all }: NonNullable<JournalAdvice['hot']>): Recommendation {
  const series = { metric: 'changes.rate', key } as const;
  return {
    id: `hot-key:${key}`,
    code: 'hot-key',
    type: 'hot_key',
    priority: 'low',
    details: { key },
    evidence: [
      { code: 'share-of-changes', value: changes / all, unit: 'ratio', from: 'journal' },
      { code: 'changes-of-key', value: changes, unit: 'count', from: 'journal', series },
      { code: 'changes-of-all', value: all, unit: 'count', from: 'journal' },
    ],
    action: { kind: 'open-history', query: `key:${quoted(key)}` },
  };
}

/** As the language of history quotes a value (docs/QUERY.md). */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

function largeJournal({ journalBytes, statesBytes, plan, rule }: NonNullable<JournalAdvice['large']>): Recommendation {
  return {
    id: 'journal-large',
    code: 'journal-large',
    type: 'journal_size',
    priority: 'medium',
    details: {},
    evidence: [
      { code: 'journal-bytes', value: journalBytes, unit: 'bytes', from: 'sizes', series: { metric: 'journal.bytes' } },
      ...bytes('states-bytes', statesBytes ?? undefined, 'sizes'),
      { code: 'changes', value: plan.changes, unit: 'count', from: 'journal' },
      ...bytes('freed-bytes', plan.bytes, 'journal'),
    ],
    action: { kind: 'prune-journal', rule },
  };
}
