import { mkdir, mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import { rangeParts } from '../sources/range-parts.ts';
import { csvRow, safeText } from './csv.ts';
import { type ExportOptions, exportStates } from './export-states.ts';
import { stateFileName } from './file-name.ts';
import { OneLine } from './one-line.ts';
import { writeState } from './write-state.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statescope-export-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Exports what a backup with these states holds; the texts stand in it as they are given. */
async function exported(states: Readonly<Record<string, string>>, options: Omit<ExportOptions, 'file'>) {
  const backup = join(folder, 'in.json');
  const members = Object.entries(states).map(([key, text]) => `${JSON.stringify(key)}: ${text}`);
  await writeFile(backup, `{"metadata":{"backup_name":"a","version":"1.0"},"states":{${members.join(',')}}}`);
  const source = await openSource(backup);
  const file = join(folder, 'out');
  try {
    const report = await exportStates(source, source.entries, { ...options, file });
    return { report, text: await readFile(file, 'utf8') };
  } finally {
    await source.close();
  }
}

/** RFC 4180, read back by the book. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const jsonValue = fc.jsonValue({ maxDepth: 3 });
const states = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}:[\w /.-]{1,12}$/), fc.dictionary(fc.string(), jsonValue), {
  minKeys: 1,
  maxKeys: 5,
});
const indented = (all: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(all).map(([key, value]) => [key, JSON.stringify(value, null, 3)]));

describe('states as JSON', () => {
  it('are one object of all states, or a line for each, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(states, async (all) => {
        const object = await exported(indented(all), { format: 'json', overwrite: true });
        expect(JSON.parse(object.text)).toEqual(JSON.parse(JSON.stringify(all)));
        const lines = await exported(indented(all), { format: 'jsonl', overwrite: true });
        const read = lines.text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as { key: string; value: unknown });
        expect(Object.fromEntries(read.map(({ key, value }) => [key, value]))).toEqual(JSON.parse(JSON.stringify(all)));
        expect(lines.report).toMatchObject({ states: Object.keys(all).length, rows: null, leftOut: [] });
        expect(lines.report.bytes).toBe(Buffer.byteLength(lines.text));
      }),
      { numRuns: 15 },
    );
  });

  it('keep their bytes: numbers that JavaScript cannot hold, escapes, members of one name', async () => {
    const text = '{"n": 12345678901234567890, "d": 553.0, "x": NaN, "a": 1, "a": 2, "e": "\\u0041"}';
    expect((await exported({ 'agent:a': text }, { format: 'json' })).text).toBe(`{\n  "agent:a": ${text}\n}\n`);
  });

  it('leaves white space out between tokens only, wherever a piece ends', () => {
    fc.assert(
      fc.property(jsonValue, fc.integer({ min: 1, max: 9 }), (value, size) => {
        const line = new OneLine();
        const bytes = Buffer.from(JSON.stringify(value, null, '\t '.slice(0, 2)));
        const parts: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; at += size) parts.push(line.push(bytes.subarray(at, at + size)));
        expect(Buffer.concat(parts).toString()).toBe(JSON.stringify(value));
      }),
    );
  });

  it('leaves a damaged state out and says so', async () => {
    const place = join(folder, 'store', 'sessions');
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'good.json'), '{"memory":[]}');
    await writeFile(join(place, 'bad.json'), '{"memory":[');
    const source = await openSource(join(folder, 'store'));
    const file = join(folder, 'out.json');
    const report = await exportStates(source, source.entries, { file, format: 'json' });
    await source.close();
    expect(report.leftOut).toHaveLength(1);
    expect(Object.keys(JSON.parse(await readFile(file, 'utf8')) as object)).toHaveLength(1);
  });
});

describe('states as a table', () => {
  const messages = '[{"role":"user","content":"a, \\"b\\"\\r\\nc"},{"role":"tool","n":-5,"call":{"id":[1, 2]}}, 7]';

  it('has a row for each item and the columns of them all', async () => {
    const { text, report } = await exported({ 'session:a': `{"m":${messages}}` }, { format: 'csv', path: '$.m' });
    expect(text.split('\r\n')[0]).toBe('role,content,n,call,value');
    expect(readCsv(text).slice(1)).toEqual([
      ['user', 'a, "b"\r\nc', '', '', ''],
      ['tool', '', '-5', '{"id":[1,2]}', ''],
      ['', '', '', '', '7'],
    ]);
    expect(report).toMatchObject({ states: 1, rows: 3 });
  });

  it('says which state a row is from where there are several, and takes a JSON Pointer', async () => {
    const all = { 'session:a': '{"m":[{"x":1}]}', 'session:b': '{"m":[{"y":2}]}', 'session:c': '{}' };
    const { text } = await exported(all, { format: 'csv', path: '/m' });
    expect(readCsv(text)).toEqual([
      ['state', 'x', 'y'],
      ['session:a', '1', ''],
      ['session:b', '', '2'],
    ]);
    const filtered = await exported(all, { format: 'csv', path: '$.m[?@.y]', overwrite: true });
    expect(readCsv(filtered.text).slice(1)).toEqual([['session:b', '2']]);
  });

  it('is read back cell for cell, and no cell begins as a formula does', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string(), { minLength: 1 }), { minLength: 1 }), (rows) => {
        const written = rows.map((row) => row.map(safeText));
        const width = written[0]?.length ?? 1;
        const even = written.map((row) => Array.from({ length: width }, (_, i) => row[i] ?? ''));
        expect(readCsv(even.map(csvRow).join(''))).toEqual(even);
        for (const cell of even.flat()) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
      }),
    );
    expect(['=1+1', '+1', '-x', '@SUM(A1)', 'plain'].map(safeText)).toEqual([
      "'=1+1",
      "'+1",
      "'-x",
      "'@SUM(A1)",
      'plain',
    ]);
  });

  it('refuses a path that is none, and leaves nothing behind', async () => {
    const failing = exported({ 'session:a': '{}' }, { format: 'csv', path: '$.[' });
    await expect(failing).rejects.toMatchObject({ code: 'bad-path' });
    expect(await readdir(folder)).toEqual(['in.json']);
  });

  it('refuses dictionaries that would become a column for each word', async () => {
    const wide = `{"m":{${Array.from({ length: 17_000 }, (_, i) => `"w${i}":1`).join(',')}}}`;
    const failing = exported({ 'session:a': wide }, { format: 'csv', path: '$.m' });
    await expect(failing).rejects.toMatchObject({ code: 'too-many-columns' });
  });
});

describe('one state as a file', () => {
  it('has the very bytes that the source holds, damaged ones, too, and of the size that was allowed', async () => {
    const place = join(folder, 'store', 'sessions');
    await mkdir(place, { recursive: true });
    const text = '{"memory": [12345678901234567890, "\\u0041", ';
    await writeFile(join(place, 'bad.json'), text);
    const source = await openSource(join(folder, 'store'));
    const [{ key } = { key: '' }] = source.entries;
    const file = join(folder, 'out.json');
    await writeState(source, key, file);
    expect(await readFile(file, 'utf8')).toBe(text);
    await expect(writeState(source, key, file, { most: 5 })).rejects.toMatchObject({ code: 'state-too-large' });
    await source.close();
  });

  it('is read in parts where the source does that', async () => {
    const backup = join(folder, 'in.json');
    const text = `{"memory": ${JSON.stringify(Array.from({ length: 200_000 }, (_, i) => `message ${i}`))}}`;
    await writeFile(backup, `{"metadata":{"backup_name":"a"},"states":{"session:a":${text}}}`);
    const source = await openSource(backup, { indexAbove: 0 });
    const file = join(folder, 'out.json');
    await writeState(source, 'session:a', file);
    expect((await readFile(file, 'utf8')) === text).toBe(true);
    const stop = new AbortController();
    stop.abort();
    await expect(writeState(source, 'session:a', file, { signal: stop.signal })).rejects.toThrow();
    expect((await readFile(file, 'utf8')) === text).toBe(true);
    await source.close();
  });

  it('is not written when the file is cut, or written to, while it is read', async () => {
    const backup = join(folder, 'in.json');
    const text = `{"metadata":{"backup_name":"a"},"states":{"session:a":["${'x'.repeat(10 << 20)}"]}}`;
    const ways = { cut: () => truncate(backup, 6 << 20), changed: () => utimes(backup, 1, 1) };
    for (const change of Object.values(ways)) {
      await writeFile(backup, text);
      const source = await openSource(backup, { indexAbove: 0 });
      const parts = rangeParts(source, 'session:a', undefined);
      await parts.next();
      await change();
      const rest = async () => {
        for await (const part of parts) expect(part.length).toBeGreaterThan(0);
      };
      await expect(rest()).rejects.toMatchObject({ code: 'unreadable', details: { key: 'session:a' } });
      await expect(writeState(source, 'session:a', join(folder, 'out.json'))).rejects.toThrow();
      await source.close();
    }
    expect(await readdir(folder)).toEqual(['in.json']);
  });
});

describe('the file that is written', () => {
  it('is not put in the place of another unless that was said', async () => {
    await writeFile(join(folder, 'out'), 'mine');
    const failing = exported({ 'agent:a': '{}' }, { format: 'json' });
    await expect(failing).rejects.toMatchObject({ code: 'file-exists' });
    expect(await readFile(join(folder, 'out'), 'utf8')).toBe('mine');
    expect((await exported({ 'agent:a': '{}' }, { format: 'json', overwrite: true })).report.states).toBe(1);
  });

  it('is not there when the export was stopped', async () => {
    const stop = new AbortController();
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`agent:${i}`, '{"a":1}']));
    const failing = exported(many, {
      format: 'jsonl',
      signal: stop.signal,
      onProgress: ({ key }) => key === 'agent:5' && stop.abort(),
    });
    await expect(failing).rejects.toThrow();
    expect(await readdir(folder)).toEqual(['in.json']);
  });

  it('has a name that every system takes', () => {
    const anyCharacter = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(
        fc.string({ unit: fc.oneof(anyCharacter, fc.constantFrom('/', '.', '-', '\\', ':')), maxLength: 120 }),
        (key) => {
          const name = stateFileName(key);
          expect(name).toMatch(/^[\p{L}\p{N}_][\p{L}\p{N}._-]*\.json$/u);
          expect(Buffer.byteLength(name)).toBeLessThan(256);
        },
      ),
      { numRuns: 50 },
    );
    expect(stateFileName('session:a/b c')).toBe('session-a-b-c.json');
    expect(stateFileName('CON')).toBe('CON_.json');
    expect(stateFileName('aux.old')).toBe('aux_.old.json');
    expect(stateFileName('../../etc/passwd')).not.toContain('..');
  });
});
