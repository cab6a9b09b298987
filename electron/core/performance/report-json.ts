/** The report as the design document names its parts (8.2), for other programs. */
import type {
  LatencyFigures,
  ManagerStats,
  MeasuredProcess,
  MetricName,
  PerformanceReport,
  PerformanceSample,
  Recommendation,
  Trend,
} from '../../../shared/ipc/performance.ts';
import type { Translate } from '../texts.ts';

/** Where the document says percent. */
const PERCENT = 100;

/** Times as ISO 8601 UTC, durations in milliseconds, sizes in bytes. What was not measured is absent. */
export function reportAsJson(
  { current, trends, recommendations, generatedAt }: PerformanceReport,
  translate: Translate,
) {
  return {
    current_metrics: current === undefined ? {} : metricsAsJson(current),
    trends: trendsAsJson(trends),
    recommendations: recommendations.map((each) => recommendationAsJson(each, translate)),
    report_generated_at: isoOf(generatedAt),
  };
}

function metricsAsJson(sample: PerformanceSample) {
  const { time, manager, memory, memoryTotal, memoryShare, delay } = sample;
  const { changesPerSecond, journalBytes, snapshotBytes } = sample;
  return {
    timestamp: isoOf(time),
    ...(manager && { performance_stats: statsAsJson(manager) }),
    memory_usage: {
      ...(memoryTotal !== undefined && { rss: memoryTotal }),
      ...(memoryShare !== undefined && { percent: memoryShare * PERCENT }),
      ...byProcess(memory, ({ rss, heapUsed, heapLimit, external }) => ({
        ...(rss !== undefined && { rss }),
        ...(heapUsed !== undefined && { heap_used: heapUsed }),
        ...(heapLimit !== undefined && { heap_limit: heapLimit }),
        ...(external !== undefined && { external }),
      })),
    },
    ...(manager?.cache && { cache_stats: cacheAsJson(manager.cache) }),
    event_loop_delay_ms: byProcess(delay, ({ p50, p99, max }) => ({ p50, p99, max })),
    ...(changesPerSecond !== undefined && { changes_per_second: changesPerSecond }),
    ...(journalBytes !== undefined && { journal_bytes: journalBytes }),
    ...(snapshotBytes !== undefined && { snapshot_bytes: snapshotBytes }),
  };
}

function byProcess<T, R>(figures: Partial<Readonly<Record<MeasuredProcess, T>>>, of: (figures: T) => R) {
  return Object.fromEntries(Object.entries(figures).map(([process, each]) => [process, of(each)]));
}

function statsAsJson({ total }: ManagerStats) {
  const { hits, misses, hitRate, compression, latencies } = total;
  return {
    cache_hits: hits,
    cache_misses: misses,
    ...(hitRate !== undefined && { cache_hit_rate: hitRate }),
    total_cache_requests: hits + misses,
    ...(compression && { compression_ratio: compression.ratio }),
    load_time_ms: latencies.filter(({ operation }) => operation === 'load').map(latencyAsJson),
    save_time_ms: latencies.filter(({ operation }) => operation === 'save').map(latencyAsJson),
  };
}

function latencyAsJson({ backend, kind, count, p50, p95, p99, max }: LatencyFigures) {
  return { backend, kind, count, p50, p95, p99, max };
}

function cacheAsJson({ entries, bytes, maxEntries, maxBytes, ttl, evictions }: NonNullable<ManagerStats['cache']>) {
  return {
    entries,
    bytes,
    max_entries: maxEntries,
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
    ...(ttl !== undefined && { ttl_ms: ttl }),
    evictions,
  };
}

function trendsAsJson(trends: readonly Trend[]) {
  const samples = Math.max(0, ...trends.map((trend) => trend.samples));
  if (trends.every(({ direction }) => direction === 'insufficient-data')) return { insufficient_data: true };
  const direction = (metric: MetricName) => {
    const found = trends.find(({ of }) => of.metric === metric);
    return found === undefined || found.direction === 'insufficient-data' ? undefined : found.direction;
  };
  return {
    cache_hit_rate_trend: direction('cache.hitRate'),
    memory_usage_trend: direction('memory.share'),
    event_loop_delay_trend: direction('delay.p99'),
    data_points: samples,
  };
}

function recommendationAsJson(recommendation: Recommendation, translate: Translate) {
  const { type, priority, code, details, evidence, action } = recommendation;
  const message = `${translate(`performance.advice.${code}`, details)}. ${translate(`performance.adviceHelp.${code}`, details)}`;
  return {
    type,
    priority,
    message,
    code,
    details,
    evidence: evidence.map(({ code: name, value, unit, from }) => ({ name, value, unit, from })),
    action,
  };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
