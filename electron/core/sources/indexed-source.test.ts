import { open, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Workspace } from '../workspace/workspace.ts';
import { openSource } from './open-source.ts';
import type { OpenOptions, Source } from './source.ts';
import { temporaryFolder } from './test-support.ts';

/** Every JSON file, however small, takes the way of big ones. */
const INDEXED = { indexAbove: 0 } satisfies OpenOptions;

/** All that a source tells. */
async function listed(source: Source) {
  try {
    const states = [];
    for (const entry of source.entries) {
      const { bytes, metadata } = await source.read(entry.key);
      states.push({ ...entry, metadata, text: Buffer.from(bytes).toString('latin1') });
    }
    const problems = source.problems.toSorted((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
    return { format: source.format, problems, states };
  } finally {
    await source.close();
  }
}

const name = fc.oneof(
  fc.constantFrom('agent:a', 'session:b', 'plain', 'agent:', ':x', 'states', 'metadata', 'ключ', '__proto__'),
  fc.string({ maxLength: 12 }),
);
const members = (value: fc.Arbitrary<string>) =>
  fc
    .array(fc.tuple(name, value), { maxLength: 12 })
    .map((pairs) => `{${pairs.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(',')}}`);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json)),
  fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json, null, 2)),
  fc.constantFrom('NaN', '553.0', '{"status":"BUSY","__type__":"a.B","state_data":{}}', '"\\ud83d"'),
);
const metadata = fc.constantFrom('{"backup_name":"n","total_states":3}', '{}', '{"version":"1.0"}', '3');
const document = fc.oneof(
  fc.tuple(members(value), metadata).map(([states, about]) => `{"metadata":${about},"states":${states}}`),
  fc.tuple(members(value), metadata).map(([states, about]) => `{"states":${states},"metadata":${about}}`),
  fc.tuple(members(value), members(value)).map(([a, b]) => `{"states":${a},"metadata":{},"states":${b}}`),
  members(value).map((states) => `{"states":${states}}`),
  members(value).map((states) => `{\n  "metadata" : {"backup_name": "x"},\n  "more": 1, "states" : ${states}\n}\n`),
  members(value),
  fc.array(value, { maxLength: 5 }).map((items) => `[${items.join(', ')}]`),
);

describe('a file that is indexed', () => {
  test('lists the same states with the same bytes as one that is read whole', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'any.json');
    await fc.assert(
      fc.asyncProperty(document, fc.boolean(), async (text, mark) => {
        await writeFile(path, mark ? `\ufeff${text}` : text);
        // A file that was written this moment is looked at again and again.
        await utimes(path, 1e9, 1e9);
        const whole = await listed(await openSource(path));
        expect(await listed(await openSource(path, INDEXED))).toEqual(
          whole.format === 'agentscope-redis-dump' ? expect.anything() : whole,
        );
      }),
      { numRuns: 150 },
    );
  });

  test('grows to the same list when it is handed over with its first states', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'grow.json');
    const states = Array.from({ length: 3000 }, (_, n) => `"agent:${n}":{"n":${n}}`).join(',');
    await writeFile(path, `{"states":{${states}},"metadata":{"total_states":3000}}`);
    const source = await openSource(path, { ...INDEXED, growing: true });
    await source.growth?.whole();
    expect(source.growth?.indexing).toBeNull();
    expect(source.entries.map(({ key }) => key)).toEqual(Array.from({ length: 3000 }, (_, n) => `agent:${n}`));
    expect(source.problems).toEqual([]);
    await source.close();
  });

  test('keeps what was found when it is stopped, and goes on from there', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'stop.json');
    const text = 'x'.repeat(100_000);
    const states = Array.from({ length: 300 }, (_, n) => `"agent:${n}":{"text":"${text}"}`).join(',');
    await writeFile(path, `{"metadata":{},"states":{${states}}}`);
    const source = await openSource(path, { ...INDEXED, growing: true });
    source.growth?.stop();
    await expect(source.growth?.whole()).rejects.toMatchObject({ code: 'cancelled' });
    expect(source.growth?.indexing).toMatchObject({ status: 'stopped' });
    const found = source.entries.length;
    expect(found).toBeLessThan(300);
    for (const { key } of source.entries) expect((await source.read(key)).bytes.length).toBe(100_011);
    source.growth?.goOn();
    await source.growth?.whole();
    expect(source.entries.map(({ key }) => key)).toEqual(Array.from({ length: 300 }, (_, n) => `agent:${n}`));
    await source.close();
  });

  test('is stopped at once however often it was told to go on', async () => {
    const path = join(temporaryFolder(), 'twice.json');
    const states = Array.from({ length: 300 }, (_, n) => `"agent:${n}":{"text":"${'x'.repeat(100_000)}"}`).join(',');
    await writeFile(path, `{"metadata":{},"states":{${states}}}`);
    const source = await openSource(path, { ...INDEXED, growing: true });
    source.growth?.stop();
    for (let times = 0; times < 3; times++) source.growth?.goOn();
    source.growth?.stop();
    await expect(source.growth?.whole()).rejects.toMatchObject({ code: 'cancelled' });
    expect(source.growth?.indexing).toMatchObject({ status: 'stopped' });
    expect(source.entries.length).toBeLessThan(300);
    await source.close();
  });

  test('cut at any byte shows all states before the cut, and names it', async () => {
    const folder = temporaryFolder();
    const whole = join(folder, 'whole.json');
    const path = join(folder, 'cut.json');
    const states = Array.from({ length: 60 }, (_, n) => `"agent:${n}":{"n":${n},"text":"${'x'.repeat(n * 13)}"}`);
    const text = Buffer.from(`{"metadata":{"total_states":60},"states":{${states.join(',')}}}`);
    await writeFile(whole, text);
    const source = await openSource(whole);
    const ends: { key: string; end: number; text: string }[] = [];
    for (const { key } of source.entries) {
      const own = Buffer.from((await source.read(key)).bytes);
      ends.push({ key, end: text.indexOf(own) + own.length, text: own.toString() });
    }
    await source.close();
    for (let cut = 1000; cut < text.length; cut += 1000) {
      await writeFile(path, text.subarray(0, cut));
      const damaged = await openSource(path, INDEXED);
      const before = ends.filter(({ end }) => end <= cut);
      const keys = damaged.entries.map(({ key }) => key);
      expect(keys.slice(0, before.length)).toEqual(before.map(({ key }) => key));
      for (const { key, text: own } of before)
        expect(Buffer.from((await damaged.read(key)).bytes).toString()).toBe(own);
      const [problem] = damaged.problems.filter(({ code }) => code === 'truncated');
      expect(problem).toMatchObject({ offset: cut, severity: 'error' });
      if (keys.length > before.length) expect(problem?.key).toBe(keys.at(-1));
      expect(keys.length - before.length).toBeLessThanOrEqual(1);
      await damaged.close();
    }
  });

  test('tells of a missing quote what and where the parser of small files tells', async () => {
    const path = join(temporaryFolder(), 'quote.json');
    const states = Array.from(
      { length: 20 },
      (_, n) => `"agent:${n}":{"n":${n},"list":["a, {b}","c ${n}"],"text":"x"}`,
    );
    const text = `{"metadata":{"backup_name":"a"},"states":{${states.join(',')}}}`;
    const quotes = [...text.matchAll(/"/g)].map(({ index }) => index).filter((at) => at > text.indexOf('"agent:5"'));
    // Seven is no divisor of the quotes of a state, so that each of its quotes has its turn.
    for (let at = 0; at < quotes.length; at += 7) {
      const place = quotes[at] ?? 0;
      await writeFile(path, `${text.slice(0, place)}_${text.slice(place + 1)}`);
      const told = [];
      for (const options of [INDEXED, {}]) {
        const source = await openSource(path, options);
        const [{ code, offset, key } = { code: null, offset: null, key: null }] = source.problems;
        told.push({ code, offset, key, states: source.entries.map((entry) => entry.key) });
        await source.close();
      }
      expect(told[0]).toEqual(told[1]);
      expect(told[0]?.code).toBe('syntax');
    }
  });

  test('may be packed, and is shown up to where that was cut off', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'packed.json.gz');
    const states = Array.from({ length: 200 }, (_, n) => `"agent:${n}":{"n":${n},"text":"${'ab'.repeat(n)}"}`).join(
      ',',
    );
    const packed = gzipSync(`{"metadata":{},"states":{${states}}}`);
    await writeFile(path, packed);
    await utimes(path, 1e9, 1e9);
    const whole = await listed(await openSource(path));
    expect(await listed(await openSource(path, INDEXED))).toEqual(whole);
    await writeFile(path, packed.subarray(0, packed.length - 200));
    const cut = await openSource(path, INDEXED);
    expect(cut.problems.map(({ code }) => code).toSorted()).toEqual(['gzip-truncated', 'truncated']);
    const before = cut.entries.slice(0, -1);
    expect(before.length).toBeGreaterThan(10);
    expect(before.map(({ key }) => key)).toEqual(whole.states.slice(0, before.length).map(({ key }) => key));
    for (const [at, { key }] of before.entries())
      expect(Buffer.from((await cut.read(key)).bytes).toString()).toBe(whole.states[at]?.text);
    await cut.close();
  });

  test('opens from what was kept of its index as long as it is the very same file, and goes on from what was kept of a part', async () => {
    const folder = temporaryFolder();
    const dataFolder = join(folder, 'data');
    const path = join(folder, 'kept.json');
    const text = (name: string) =>
      `{"metadata":{},"states":{"agent:${name}":{"n":1},"agent:z":{"text":"${'x'.repeat(3e6)}"}}}`;
    const keysIn = async (time: number) => {
      await utimes(path, time, time);
      const source = await openSource(path, { ...INDEXED, dataFolder });
      const keys = source.entries.map(({ key }) => key);
      expect(source.growth?.indexing).toBeNull();
      await source.close();
      return keys;
    };
    await writeFile(path, text('a'));
    await utimes(path, 1e9, 1e9);
    const stopped = await openSource(path, { ...INDEXED, dataFolder, growing: true });
    stopped.growth?.stop();
    await stopped.close();
    expect(await keysIn(1e9)).toEqual(['agent:a', 'agent:z']);
    // The same size and the same time: nothing tells that it is another, and nothing of it is looked at but what is shown.
    await writeFile(path, text('b'));
    expect(await keysIn(1e9)).toEqual(['agent:a', 'agent:z']);
    expect(await keysIn(1e9 + 1)).toEqual(['agent:b', 'agent:z']);
  });

  test('tells that it has changed, and that a state can no longer be found in it', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'changed.json');
    await writeFile(path, '{"metadata":{},"states":{"agent:a":1,"agent:b":2}}');
    const source = await openSource(path, INDEXED);
    expect(await source.changed()).toEqual(new Set());
    await writeFile(path, '{"metadata":{},"states":{"agent:c":1}}');
    expect(await source.changed()).toEqual(new Set(['agent:a', 'agent:b']));
    await expect(source.read('agent:a')).rejects.toMatchObject({ code: 'unreadable', details: { key: 'agent:a' } });
    await source.close();
    await rm(path);
  });

  test('is one state when it is a session, and opens above what a text can hold', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'session.json');
    const file = await open(path, 'w');
    await file.write('{"friday":{"_sys_prompt":"","memory":{"content":[]},"hole":"');
    // A hole: no space is taken.
    await file.write('"}}', 2 ** 31 + 5);
    await file.close();
    const source = await openSource(path, { growing: true });
    expect(source).toMatchObject({ format: 'agentscope-json-session', entries: [{ key: 'session:session' }] });
    expect(source.growth?.indexing).toMatchObject({ status: 'running' });
    await expect(source.read('session:session')).rejects.toMatchObject({ code: 'state-too-large' });
    expect(new Workspace(source).summary('w').indexing).toMatchObject({ status: 'running' });
    await source.close();
  });
});
