import { expect, test } from 'vitest';
import type { PerformanceReport } from '../../../shared/ipc/performance.ts';
import { createTranslator } from '../texts.ts';
import { recommendationsFor } from './recommendations.ts';
import { reportAsJson } from './report-json.ts';
import { trendOf } from './trends.ts';

const english = createTranslator(() => 'en');
const TIME = Date.UTC(2026, 10, 23, 12);
const MIB = 1024 * 1024;

const nothing: PerformanceReport = {
  trends: [trendOf({ metric: 'memory.share' }, [])],
  recommendations: [],
  generatedAt: TIME,
};

test('a report has the parts of the design document, and says nothing of what was not measured', () => {
  expect(reportAsJson(nothing, english)).toEqual({
    current_metrics: {},
    trends: { insufficient_data: true },
    recommendations: [],
    report_generated_at: '2026-11-23T12:00:00.000Z',
  });
  const figures = { hits: 3, misses: 1, hitRate: 0.75, latencies: [] };
  const report = {
    ...nothing,
    current: {
      time: TIME,
      memory: { process: { rss: 50 * MIB } },
      memoryTotal: 50 * MIB,
      memoryShare: 0.25,
      delay: {},
      manager: { total: figures, recent: figures },
    },
    trends: [
      trendOf({ metric: 'cache.hitRate' }, [0.5, 0.9]),
      trendOf({ metric: 'memory.share' }, [0.25, 0.25]),
      trendOf({ metric: 'delay.p99', process: 'main' }, []),
    ],
  };
  const told = JSON.parse(JSON.stringify(reportAsJson(report, english))) as unknown;
  expect(told).toMatchObject({
    current_metrics: {
      timestamp: '2026-11-23T12:00:00.000Z',
      performance_stats: { cache_hits: 3, cache_misses: 1, cache_hit_rate: 0.75, total_cache_requests: 4 },
      memory_usage: { rss: 50 * MIB, percent: 25, process: { rss: 50 * MIB } },
      event_loop_delay_ms: {},
    },
    trends: { cache_hit_rate_trend: 'increasing', memory_usage_trend: 'stable', data_points: 2 },
  });
  expect(told).not.toHaveProperty('trends.event_loop_delay_trend');
  expect(told).not.toHaveProperty('current_metrics.cache_stats');
  expect(told).not.toHaveProperty('current_metrics.journal_bytes');
});

test('advice has a message, its figures and what to do; a large journal is pruned by the rule that was tried', () => {
  const plan = { cut: 1, commits: 10, changes: 500, bytes: 40 * MIB };
  const large = { journalBytes: 100 * MIB, statesBytes: MIB, rule: { maxAgeDays: 7 }, plan };
  const recommendations = recommendationsFor({ trends: [], memory: [], journal: { growing: [], hot: null, large } });
  const [told] = reportAsJson({ ...nothing, recommendations }, english).recommendations;
  expect(told).toMatchObject({
    type: 'journal_size',
    priority: 'medium',
    message: expect.stringContaining('The recorded history has become large. Forget the oldest changes.'),
    action: { kind: 'prune-journal', rule: { maxAgeDays: 7 } },
  });
  expect(told?.evidence).toContainEqual({ name: 'freed-bytes', value: 40 * MIB, unit: 'bytes', from: 'journal' });
});
