import { createInstance } from 'i18next';
import { expect, test } from 'vitest';
import { resources } from '../../../shared/i18n/texts.ts';
import type { SeriesKey } from '../../../shared/ipc/performance.ts';
import type { PerformanceFilter } from '../../stores/performance-store.ts';
import { chartsOf, choicesOf } from './chart-list.ts';

const i18n = createInstance();
await i18n.init({ resources, lng: 'en', interpolation: { escapeValue: false } });
const { t } = i18n;

const ALL: PerformanceFilter = { backend: null, kind: null, key: null };
const loads = (backend: string, kind: string): SeriesKey => ({
  metric: 'latency.p95',
  operation: 'load',
  backend,
  kind,
});
const chart = (id: string, available: readonly SeriesKey[], filter = ALL) =>
  chartsOf(t, available, filter).find((each) => each.id === id);

test('of one store and kind the percentiles are drawn, of several the 95th of each', () => {
  const available = [loads('a', 'agent'), loads('a', 'session'), loads('b', 'agent')];
  expect(chart('load', available)?.lines).toEqual([
    { of: available[0], name: 'agent · a' },
    { of: available[1], name: 'session · a' },
    { of: available[2], name: 'agent · b' },
  ]);
  expect(chart('load', available, { ...ALL, backend: 'a' })?.lines.map(({ name }) => name)).toEqual([
    'agent',
    'session',
  ]);
  const one = chart('load', available, { ...ALL, backend: 'a', kind: 'agent' });
  expect(one?.lines.map(({ of }) => of)).toEqual(
    ['latency.p50', 'latency.p95', 'latency.p99'].map((metric) => ({ ...available[0], metric })),
  );
  expect(one?.note).toBe('agent · a');
});

test('no chart has more lines than can be told apart, and it says how many are left out', () => {
  const available = Array.from({ length: 9 }, (_none, at) => loads('a', `kind${at}`));
  const many = chart('load', available);
  expect(many?.lines).toHaveLength(6);
  expect(many?.note).toContain('3 more');
});

test('a chart with nothing in it says whether something was chosen that is not there, or nothing was measured', () => {
  const available = [loads('a', 'agent')];
  expect(chart('load', available, { ...ALL, kind: 'session' })?.empty).toBe(t('performance.empty.filtered'));
  expect(chart('load', [])?.empty).toBe(t('performance.empty.loads'));
  expect(chart('save', available)).toBeUndefined();
});

test('a chosen state has its own changes, and its size beside them', () => {
  const filter = { ...ALL, key: 'agent:planner' };
  expect(chart('changes', [], filter)?.lines[0]?.of).toEqual({ metric: 'changes.rate', key: 'agent:planner' });
  expect(chart('state-size', [], filter)?.lines[0]?.of).toEqual({ metric: 'state.bytes', key: 'agent:planner' });
  expect(chart('state-size', [])).toBeUndefined();
});

test('what can be chosen is named once, in order', () => {
  const available: SeriesKey[] = [
    loads('b', 'session'),
    loads('a', 'agent'),
    loads('a', 'session'),
    { metric: 'state.bytes', key: 'agent:planner' },
    { metric: 'changes.rate', key: 'agent:planner' },
  ];
  expect(choicesOf(available)).toEqual({
    backends: ['a', 'b'],
    kinds: ['agent', 'session'],
    keys: ['agent:planner'],
  });
});
