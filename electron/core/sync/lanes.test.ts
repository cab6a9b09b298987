import { expect, test } from 'vitest';
import type { VersionVector } from '../../../shared/clock/version-vector.ts';
import { lanesOfChanges, lanesOfVersions, type RecordedChange } from './lanes.ts';
import type { LoggedVersion, VersionId } from './model.ts';

const vector = (counters: Readonly<Record<string, number>>): VersionVector => new Map(Object.entries(counters));

function version(
  seq: number,
  [writer, counter]: readonly [string, number],
  seen: Readonly<Record<string, number>>,
  more: Partial<LoggedVersion> = {},
): LoggedVersion {
  return {
    seq,
    writer,
    counter,
    node: writer,
    key: 'session:1',
    vector: vector({ ...seen, [writer]: counter }),
    parents: Object.entries(seen).map(([name, at]): VersionId => ({ writer: name, counter: at })),
    depth: seq,
    deleted: false,
    hash: `hash-${seq}`,
    bytes: seq,
    time: '2026-11-23T08:00:00.000Z',
    settledBy: null,
    receivedAt: '2026-11-23T08:00:00.000Z',
    concurrentWith: [],
    ...more,
  };
}

const marksOf = (versions: readonly LoggedVersion[]) =>
  lanesOfVersions(versions, versions, null)
    .events.toReversed()
    .map(({ mark }) => mark);

test('lanes are by name, what no node made comes last, and a change names what it was written over', () => {
  const all = [version(1, ['b', 1], {}), version(2, ['a', 1], { b: 1 }), version(3, ['s', 1], { a: 1 }, { node: '' })];
  const { lanes, events } = lanesOfVersions(all, all, null);
  expect(lanes.map(({ name }) => name)).toEqual(['a', 'b', '']);
  expect(events.map(({ seq, lane, parents, what }) => [seq, lane, parents, what])).toEqual([
    [3, 2, [2], 'changed'],
    [2, 0, [1], 'changed'],
    [1, 1, [], 'created'],
  ]);
});

test('of two that did not know of each other both are marked; of the settled ones what was set aside is lost', () => {
  const both = [version(1, ['a', 1], {}), version(2, ['b', 1], {})];
  expect(marksOf(both)).toEqual(['concurrent', 'concurrent']);
  const settlement = version(3, ['s', 3], { a: 1, b: 1 }, { hash: 'hash-2' });
  expect(marksOf([...both, settlement])).toEqual(['lost', null, 'settles']);
  const another = version(3, ['s', 3], { a: 1, b: 1 });
  expect(marksOf([...both, another])).toEqual(['lost', 'lost', 'settles']);
});

test('two that wrote the same lose nothing, and states do not disturb each other', () => {
  expect(marksOf([version(1, ['a', 1], {}), version(2, ['b', 1], {}, { hash: 'hash-1' })])).toEqual([null, null]);
  expect(marksOf([version(1, ['a', 1], {}), version(2, ['b', 1], {}, { key: 'session:2' })])).toEqual([null, null]);
});

const recorded = (seq: number, origin: string, seen: VersionVector | null): RecordedChange => ({
  seq,
  key: 'agent:1',
  origin,
  time: '2026-11-23T08:00:00.000Z',
  what: 'changed',
  vector: seen,
});

test('without clocks only the order of recording is told', () => {
  const { order, events } = lanesOfChanges([recorded(2, 'file', null), recorded(1, 'edit', null)], null);
  expect(order).toBe('time');
  expect(events.map(({ mark, parents }) => [mark, parents])).toEqual([
    [null, []],
    [null, []],
  ]);
});

test('with clocks a recorded change that the next one did not know of is lost', () => {
  const page = lanesOfChanges(
    [recorded(3, 'b', vector({ a: 2, b: 1 })), recorded(2, 'b', vector({ b: 1 })), recorded(1, 'a', vector({ a: 1 }))],
    null,
  );
  expect(page.order).toBe('causal');
  expect(page.events.map(({ mark }) => mark)).toEqual([null, 'concurrent', 'lost']);
});
