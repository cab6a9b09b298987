import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import { resources } from '../../../shared/i18n/texts.ts';
import type { LatencyFigures, PerformanceReport, Recommendation } from '../../../shared/ipc/performance.ts';
import { headlineOf } from './headline.ts';

const i18n = createInstance();
await i18n.init({ resources, lng: 'en', interpolation: { escapeValue: false } });
const headline = (report: Partial<PerformanceReport>) =>
  headlineOf(i18n.t, (unit, value) => `${value} ${unit}`, {
    trends: [],
    recommendations: [],
    generatedAt: 0,
    ...report,
  });
const loads = (kind: string, p95: number): LatencyFigures => {
  return { operation: 'load', backend: 'a', kind, count: 9, p50: 1, p95, p99: p95, max: p95 };
};
const measured = (...latencies: LatencyFigures[]) => {
  const figures = { hits: 0, misses: 0, latencies };
  return { current: { time: 0, memory: {}, delay: {}, manager: { total: figures, recent: figures } } };
};
const grows: Recommendation = {
  id: 'state-grows:agent:planner',
  code: 'state-grows',
  type: 'state_growth',
  priority: 'medium',
  details: { key: 'agent:planner', attribute: 'memory.content' },
  evidence: [{ code: 'bytes-per-hour', value: 3, unit: 'bytes', from: 'journal' }],
  action: { kind: 'open-state', key: 'agent:planner', path: ['memory', 'content'] },
};

test('the heading is the slowest kind of load, as long as nothing is advised', () => {
  expect(headline(measured(loads('agent', 2), loads('session', 8)))).toBe('Everything is quick: p95 load 8 ms');
  expect(headline(measured(loads('agent', 300)))).toBe('Loading agent states takes 300 ms (p95)');
  expect(headline({})).toBe('Nothing has been measured yet');
});

test('the heading is the first advice, with how much it grows where that is known', () => {
  expect(headline({ ...measured(loads('agent', 2)), recommendations: [grows] })).toBe(
    'agent:planner grows 3 bytes an hour',
  );
  expect(headline({ recommendations: [{ ...grows, evidence: [] }] })).toBe(
    'agent:planner grows without bound, most of it in memory.content',
  );
});

test('processes, operations and formats have names that a person reads', () => {
  const details = { operation: 'load', backend: 'statescope-directory', kind: 'agent' };
  const slow: Recommendation = { ...grows, code: 'slow-backend', details, evidence: [] };
  expect(headline({ recommendations: [slow] })).toBe('State folder is slow: loading of agent states');
});
