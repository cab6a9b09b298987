import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { FoundEntries, OffsetIndex } from './model.ts';
import { buildIndex, entriesOf, indexChildren, keysOf } from './offset-index.ts';
import { accessTo, indexOf, listed } from './test-support.ts';

const BACKUP = '{"metadata": {"version": "1.0"}, "states": {"agent:a": {"x": [1, 2]}, "session:b": {}, "c": "plain"}}';

it('tells the states of a backup with their names, places, kinds and numbers of children', async () => {
  const access = accessTo(BACKUP);
  const index = await buildIndex(access);
  const states = (await listed(access, index.states)) ?? [];
  expect(states.map(({ key, kind, count }) => [key, kind, count])).toEqual([
    ['agent:a', 'object', 1],
    ['session:b', 'object', 0],
    ['c', 'string', 0],
  ]);
  expect(states.map(({ start, end }) => BACKUP.slice(start, end))).toEqual(['{"x": [1, 2]}', '{}', '"plain"']);
  expect((await listed(access, index.top))?.map(({ key, count }) => [key, count])).toEqual([
    ['metadata', 1],
    ['states', 3],
  ]);
  expect(index).toMatchObject({ complete: true, fault: null, scanned: BACKUP.length, size: BACKUP.length });
});

it.each([
  ['states first', '{"states":{"a":1},"metadata":{}}'],
  ['a byte order mark', '\ufeff{"metadata":{},"states":{"a":1}}'],
  ['indented', '{\n  "metadata": {},\r\n\t"states" : {\n    "a" : 1\n  }\n}\n'],
])('finds the states of a backup: %s', async (_, text) => {
  const access = accessTo(text);
  const { states, fault } = await buildIndex(access);
  expect(await keysOf(access, states ?? (await indexOf('{}')).top, 0, 9)).toEqual(['a']);
  expect(fault).toBeNull();
});

it.each([
  ['', 'empty', 0],
  [' \n', 'empty', 0],
  ['nonsense', 'not-json', 1],
  ['{"a":1} {"b":2}', 'trailing-garbage', 8],
  ['{"a" 1}', 'syntax', 5],
  ['{"a":1,}', 'syntax', 7],
  ['{"a":1 "b":2}', 'syntax', 7],
  ['{"a":tru}', 'syntax', 8],
  ['{"a":-}', 'syntax', 6],
  ['[1,,2]', 'syntax', 3],
  ['{"states":{"a":[1}}', 'syntax', 17],
  ['{"states":{"a":1', 'truncated', 16],
])('says what is wrong with %j', async (text, code, offset) => {
  const { fault, complete } = await indexOf(text);
  expect(fault).toMatchObject({ code, offset });
  expect(complete).toBe(true);
});

it('names the state that was being read where a backup is cut off, and keeps those before it', async () => {
  const cut = BACKUP.indexOf('2]}');
  const access = accessTo(BACKUP.slice(0, cut));
  const { fault, states } = await buildIndex(access);
  expect(fault?.message).toBe('the text ends inside “agent:a” of the states');
  expect(fault?.unfinished).toMatchObject({ level: 'states', ordinal: 0, key: 'agent:a', entry: { end: cut } });
  expect(states?.count).toBe(0);
});

it('lists names that stand twice, however they are spelt, and both of their entries', async () => {
  const access = accessTo('{"states":{"a":1,"b":2,"\\u0061":3},"x":0,"states":{"é":1,"b":2,"\\u00e9":3,"b":4}}');
  const { states, top, duplicates } = await buildIndex(access);
  expect(duplicates).toEqual([
    { level: 'top', key: 'states', ordinals: [0, 2] },
    { level: 'states', key: 'é', ordinals: [0, 2] },
    { level: 'states', key: 'b', ordinals: [1, 3] },
  ]);
  expect([states?.count, top.count]).toEqual([4, 3]);
});

it('indexes what is no backup by the children of its root', async () => {
  expect((await indexOf('[1, {"a":[1,2]}, []]')).top).toMatchObject({ kind: 'array', count: 3 });
  expect((await indexOf('{"module": {"x": 1}}')).top).toMatchObject({ kind: 'object', count: 1 });
  expect(await indexOf('"just text"')).toMatchObject({ root: { kind: 'string', start: 0, end: 11 }, fault: null });
  expect((await indexOf('{"states": [1, 2]}')).states).toBeNull();
});

it('pages through the children of any container of a file, beyond 4 GiB as well', async () => {
  const begin = 5 * 2 ** 30 + 7;
  const text = `[${Array.from({ length: 2000 }, (_, at) => `{"n": ${at}}`).join(', ')}]`;
  const access = atOffset(encodeUtf8(text), begin);
  const list = await indexChildren(access, begin, begin + text.length, { mostRecorded: 100 });
  expect(list).toMatchObject({ count: 2000, kind: 'array' });
  expect(list.stride).toBeGreaterThan(1);
  const page = await entriesOf(access, list, 1234, 3);
  expect(page.map(({ start, end }) => text.slice(start - begin, end - begin))).toEqual([
    '{"n": 1234}',
    '{"n": 1235}',
    '{"n": 1236}',
  ]);
  expect(await entriesOf(access, list, 1999, 10)).toHaveLength(1);
});

it('keeps a name of many kilobytes in the file, and reads it there', async () => {
  const name = 'n'.repeat(10_000);
  const access = accessTo(`{"states":{"${name}":1,"b":2}}`);
  const { states } = await buildIndex(access, { chunkBytes: 100 });
  expect(states?.keyBytes(0)).toBeNull();
  if (states !== null) expect(await keysOf(access, states, 0, 2)).toEqual([name, 'b']);
});

it('hands states out while it runs, and tells how far it is', async () => {
  const text = `{"states":{${Array.from({ length: 3000 }, (_, at) => `"s${at}":"${'x'.repeat(1000)}"`).join(',')}}}`;
  const found: FoundEntries[] = [];
  const done: number[] = [];
  const index = await indexOf(text, {
    chunkBytes: 64 << 10,
    onStates: (batch) => {
      if (batch.list.level === 'states') found.push(batch);
    },
    onProgress: (bytes) => done.push(bytes),
  });
  expect(found[0]?.to).toBeLessThan(100);
  expect(found.map(({ from }) => from)).toEqual([0, ...found.slice(0, -1).map(({ to }) => to)]);
  expect(found.at(-1)?.to).toBe(3000);
  expect(done.at(-1)).toBe(text.length);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(index.states?.count).toBe(3000);
});

it('lets others have their turn, and stops when it is told to', async () => {
  const stopping = new AbortController();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
    if (turns === 3) stopping.abort(new Error('enough'));
  }, 1);
  let partial: OffsetIndex | undefined;
  const building = buildIndex(endless(), {
    signal: stopping.signal,
    onStopped: (index) => {
      partial = index;
    },
  });
  await expect(building).rejects.toThrow('enough');
  clearInterval(timer);
  expect(partial?.complete).toBe(false);
  expect(partial?.top.count).toBeGreaterThan(0);
});

it.each([
  ['a whole text', ']}'],
  ['a damaged one', '}}'],
])('can be gone on with when it is stopped while it looks for names that stand twice: %s', async (_, end) => {
  const name = 'n'.repeat(10_000);
  const access = accessTo(`{"states":{"${name}":1,"${name}":2,"x":[3${end}`);
  let last = 0;
  const counted = {
    ...closing,
    size: access.size,
    read: (from: number, to: number) => ((last += 1), access.read(from, to)),
  };
  const wanted = await buildIndex(counted);
  let reads = 0;
  const stopping = new AbortController();
  const read = (from: number, to: number) => {
    if (++reads === last) stopping.abort(new Error('enough'));
    return access.read(from, to, stopping.signal);
  };
  let partial: OffsetIndex | undefined;
  const onStopped = (index: OffsetIndex) => (partial = index);
  await expect(buildIndex({ ...closing, size: access.size, read }, { onStopped })).rejects.toThrow('enough');
  expect(partial?.complete).toBe(false);
  const { complete, duplicates, fault } = await buildIndex(access, { resume: partial });
  expect({ complete, duplicates, fault }).toEqual({
    complete: true,
    duplicates: wanted.duplicates,
    fault: wanted.fault,
  });
});

it('makes the checksum of the whole text in the same pass, and none of a text that it did not read whole', async () => {
  const bytes = encodeUtf8(`\ufeff${BACKUP}`);
  const wanted = createHash('sha256').update(bytes).digest('hex');
  expect((await indexOf(bytes, { sha256: true, chunkBytes: 2 })).sha256).toBe(wanted);
  expect((await indexOf(bytes)).sha256).toBeNull();
  expect((await indexOf(`${BACKUP}x`, { sha256: true })).sha256).toBeNull();
});

const closing = { close: async () => undefined };

/** `bytes` at an offset of a file that is otherwise zeros. */
function atOffset(bytes: Uint8Array, offset: number): RandomAccess {
  return {
    size: offset + bytes.length,
    read: async (start, end) => bytes.slice(Math.max(0, start - offset), Math.max(0, end - offset)),
    close: async () => undefined,
  };
}

/** An array without an end, always at hand. */
function endless(): RandomAccess {
  const items = encodeUtf8(' "item",'.repeat(65_536));
  return {
    size: null,
    read: async (start, end) => {
      const bytes = items.slice(0, end - start);
      if (start === 0) bytes.set(encodeUtf8('['));
      return bytes;
    },
    close: async () => undefined,
  };
}
