import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import { fixture, opened, temporaryFolder, write } from '../sources/test-support.ts';
import { ABSENT, ANY, type StateBackend } from './backend.ts';
import { recordOf } from './behaviour-suite.ts';
import { copyStates, moveStates } from './copy.ts';
import { recordOfState } from './copy-record.ts';
import { openSqliteBackend } from './sqlite-backend.ts';

async function store(path = join(temporaryFolder(), 'store.db')): Promise<StateBackend> {
  const backend = await openSqliteBackend({ path, create: true });
  onTestFinished(() => backend.close());
  return backend;
}

async function filled(states: Readonly<Record<string, string>>): Promise<StateBackend> {
  const backend = await store();
  for (const [key, json] of Object.entries(states)) await backend.save(key, recordOf(json), ABSENT);
  return backend;
}

const text = async (backend: StateBackend, key: string) => {
  const loaded = await backend.load(key);
  return loaded.status === 'found' ? Buffer.from(loaded.record.stateData).toString() : loaded.status;
};
const outcomes = (report: Awaited<ReturnType<typeof copyStates>>) =>
  Object.fromEntries(report.states.map(({ key, outcome }) => [key, outcome]));

describe('copying', () => {
  test('takes every state as it is: bytes, type, version, time and metadata', async () => {
    const from = await store();
    const record = recordOf('{"b": 1.0, "a": NaN}', {
      type: 'x.Y',
      version: '3',
      timestamp: '2026-01-02T03:04:05Z',
      metadata: Buffer.from('{"tags": ["a"]}'),
    });
    await from.save('agent:1', record, ABSENT);
    const to = await store();
    const report = await copyStates(from, to);
    expect(report).toMatchObject({ bytes: 20, dryRun: false, cancelled: false, counts: { copied: 1, failed: 0 } });
    expect(report.states[0]?.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(await to.load('agent:1')).toMatchObject({
      record: ((await from.load('agent:1')) as { record: object }).record,
    });
  });

  test('says what is the same already, and overwrites nothing unasked', async () => {
    const from = await filled({ 'agent:same': '{"a": 1, "b": 2}', 'agent:other': '1', 'agent:new': '2' });
    const to = await filled({ 'agent:same': '{"b":2,"a":1}', 'agent:other': '"kept"' });
    expect(outcomes(await copyStates(from, to))).toEqual({
      'agent:new': 'copied',
      'agent:other': 'conflict',
      'agent:same': 'same',
    });
    expect(await text(to, 'agent:other')).toBe('"kept"');
    expect(await text(to, 'agent:same')).toBe('{"b":2,"a":1}');
  });

  test('overwrites what is older, or whatever is there, into the trash', async () => {
    const at = (timestamp: string) => recordOf('"old"', { timestamp });
    const from = await store();
    await from.save('agent:1', recordOf('"new"', { timestamp: '2026-06-01T00:00:00Z' }), ABSENT);
    await from.save('agent:2', recordOf('"new"', { timestamp: '2026-06-01T00:00:00Z' }), ABSENT);
    const to = await store();
    await to.save('agent:1', at('2026-01-01T00:00:00Z'), ABSENT);
    await to.save('agent:2', at('2026-12-01T00:00:00Z'), ABSENT);
    expect(outcomes(await copyStates(from, to, { overwrite: 'older' }))).toEqual({
      'agent:1': 'copied',
      'agent:2': 'conflict',
    });
    expect(await text(to, 'agent:2')).toBe('"old"');
    expect(outcomes(await copyStates(from, to, { overwrite: 'always' }))).toEqual({
      'agent:1': 'same',
      'agent:2': 'copied',
    });
    expect((await to.trash()).map(({ key }) => key)).toEqual(['agent:2', 'agent:1']);
  });

  test('a dry run says the same and changes nothing', async () => {
    const states = fc.dictionary(
      fc.constantFrom('agent:1', 'agent:2', 'session:1', 'x:1'),
      fc.constantFrom('1', '2', '"x"'),
    );
    await fc.assert(
      fc.asyncProperty(
        states,
        states,
        fc.constantFrom('never' as const, 'always' as const),
        async (a, b, overwrite) => {
          const [from, to] = [await filled(a), await filled(b)];
          const before = await to.page({ limit: 99 });
          const dry = await copyStates(from, to, { overwrite, dryRun: true });
          expect(await to.page({ limit: 99 })).toEqual(before);
          const real = await copyStates(from, to, { overwrite });
          expect({ ...real, dryRun: true }).toEqual(dry);
          for (const { key, outcome } of real.states) {
            if (outcome !== 'conflict') expect(await text(to, key)).toBe(await text(from, key));
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test('--only chooses by a glob over keys', async () => {
    const from = await filled({ 'agent:a/b': '1', 'agent:c': '2', 'session:a': '3' });
    expect(outcomes(await copyStates(from, await store(), { only: 'agent:a*' }))).toEqual({ 'agent:a/b': 'copied' });
  });

  test('what the source holds broken is told, and the rest is copied', async () => {
    const folder = temporaryFolder();
    write(folder, 'good.json', '{"x": 1}');
    write(folder, 'cut.json', '{"x": [1, 2');
    const to = await store();
    const report = await copyStates(await opened(folder), to);
    expect(Object.values(outcomes(report)).toSorted()).toEqual(['copied', 'corrupt']);
    expect(report.states.find(({ outcome }) => outcome === 'corrupt')?.message).toContain('byte');
    expect(await to.list()).toHaveLength(1);
  });

  test('tells how far it is, and stops within a moment; what is done is whole', async () => {
    const states = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`agent:${i}`, `{"n": ${i}}`]));
    const from = await filled(states);
    const to = await store();
    const stop = new AbortController();
    const told: number[] = [];
    const report = await copyStates(from, to, {
      signal: stop.signal,
      onProgress: ({ done, total }) => {
        expect(total).toBe(300);
        told.push(done);
        if (done === 20) setTimeout(() => stop.abort(), 0);
      },
    });
    expect(report.cancelled).toBe(true);
    expect(report.states.length).toBeLessThan(300);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    for (const { key } of report.states) expect(await text(to, key)).toBe(states[key]);
    expect(outcomes(await copyStates(from, to))).toMatchObject({ 'agent:0': 'same', 'agent:99': expect.any(String) });
    expect(await to.list()).toHaveLength(300);
  });
});

describe('from a source of any format', () => {
  test.each(['jsonsession-1.0.21', 'session.db', 'as-2.x.db', 'agentstate-2.x.json'])('%s', async (name) => {
    const source = await opened(fixture(name));
    const to = await store();
    const report = await copyStates(source, to);
    expect(report.counts).toMatchObject({ copied: source.entries.length });
    for (const { key } of source.entries) {
      expect(await text(to, key)).toBe(Buffer.from((await source.read(key)).bytes).toString());
    }
  });

  test('a store copied as a source keeps type, version, time and metadata', async () => {
    const path = join(temporaryFolder(), 'a.db');
    const from = await openSqliteBackend({ path, create: true });
    const given = {
      type: 'x.Y',
      version: '3',
      timestamp: '2026-01-02T03:04:05Z',
      metadata: Buffer.from('{"tags": ["a"]}'),
    };
    await from.save('agent:1', recordOf('{"a": 1}', given), ABSENT);
    await from.close();
    const source = await openSource(path);
    onTestFinished(() => source.close());
    const to = await store();
    await copyStates(source, to);
    const loaded = await to.load('agent:1');
    expect(loaded).toMatchObject({ status: 'found', record: { type: 'x.Y', version: '3' } });
    if (loaded.status !== 'found') throw new Error(loaded.status);
    expect(Date.parse(loaded.record.timestamp ?? '')).toBe(Date.parse('2026-01-02T03:04:05Z'));
    expect(Buffer.from(loaded.record.metadata ?? []).toString()).toBe('{"tags": ["a"]}');
  });

  test('an envelope is opened, anything else is the data', () => {
    const opened = (json: string) => {
      const { record } = recordOfState(Buffer.from(json), {
        type: 'known',
        version: '9',
        updatedAt: '2026-01-01T00:00:00Z',
      });
      return {
        ...record,
        stateData: Buffer.from(record.stateData).toString(),
        metadata: record.metadata && Buffer.from(record.metadata).toString(),
      };
    };
    expect(
      opened(
        '{"__type__": "a.B", "__version__": "2", "__timestamp__": "2025-05-05T05:05:05", "state_data": {"x": 1.0}, "__metadata__": {"t": 1}}',
      ),
    ).toEqual({
      type: 'a.B',
      version: '2',
      timestamp: '2025-05-05T05:05:05',
      stateData: '{"x": 1.0}',
      metadata: '{"t": 1}',
    });
    expect(opened('{"state_data": 1}')).toEqual({
      type: 'known',
      version: '9',
      timestamp: '2026-01-01T00:00:00Z',
      stateData: '{"state_data": 1}',
      metadata: null,
    });
    expect(() => opened('{"a": ')).toThrow(/byte/);
    expect(() => opened('')).toThrow();
  });
});

describe('moving', () => {
  test('deletes from the source what is whole in the target, into the trash', async () => {
    const from = await filled({ 'agent:new': '1', 'agent:same': '2', 'agent:other': '3' });
    const to = await filled({ 'agent:same': '2', 'agent:other': '"other"' });
    expect(outcomes(await moveStates(from, to))).toEqual({
      'agent:new': 'moved',
      'agent:same': 'moved',
      'agent:other': 'conflict',
    });
    expect(await from.list()).toEqual(['agent:other']);
    expect((await from.trash()).map(({ key }) => key).toSorted()).toEqual(['agent:new', 'agent:same']);
    expect(await text(to, 'agent:new')).toBe('1');
  });

  test('a dry run deletes nothing', async () => {
    const from = await filled({ 'agent:1': '1' });
    expect(outcomes(await moveStates(from, await store(), { dryRun: true }))).toEqual({ 'agent:1': 'copied' });
    expect(await from.list()).toEqual(['agent:1']);
  });

  test('what somebody writes to the source meanwhile stays there', async () => {
    const path = join(temporaryFolder(), 'from.db');
    const from = await store(path);
    const other = await store(path);
    const to = await store();
    await from.save('agent:1', recordOf('1'), ABSENT);
    // The other program writes between the copy and the deletion.
    const slow: StateBackend = new Proxy(to, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const result: unknown = await Reflect.apply(member, target, args);
          if (name === 'save') await other.save('agent:1', recordOf('"later"'), ANY);
          return result;
        };
      },
    });
    expect(outcomes(await moveStates(from, slow))).toEqual({ 'agent:1': 'conflict' });
    expect(await text(from, 'agent:1')).toBe('"later"');
    expect(await text(to, 'agent:1')).toBe('1');
  });

  test('is refused for what the target gives back changed', async () => {
    const from = await filled({ 'agent:1': '1' });
    const to = await store();
    const path = to.location;
    const breaking: StateBackend = new Proxy(to, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          const result: unknown = await Reflect.apply(member, target, args);
          if (name === 'save') await to.save('agent:1', recordOf('"changed"'), ANY);
          return result;
        };
      },
    });
    const report = await moveStates(from, breaking);
    expect(outcomes(report)).toEqual({ 'agent:1': 'failed' });
    expect(report.states[0]?.message).toContain(path);
    expect(await from.list()).toEqual(['agent:1']);
  });
});

test('a checksum is the same whatever the backend makes of the bytes', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a.json'), '{"b": 1.0, "a": [1e3]}');
  const source = await opened(join(folder, 'a.json'));
  const first = await copyStates(source, await store());
  const from = await filled({ 'agent:1': '{"a":[1000],"b":1}' });
  const second = await copyStates(from, await store());
  expect(first.states[0]?.checksum).toBe(second.states[0]?.checksum);
});
