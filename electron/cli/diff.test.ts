/** What differs between two sources, as a script sees it: a process and its exit code. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastJsonPatch, { type Operation } from 'fast-json-patch';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { journalFile } from '../core/live/open-recording.ts';
import { capturedStates, SnapshotStore } from '../core/snapshots/snapshot-store.ts';
import { openSource } from '../core/sources/open-source.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { JournalWriter } from '../core/tracking/journal-writer.ts';
import { StateRecorder } from '../core/tracking/state-recorder.ts';
import { type DiffCommandOptions, diff } from './diff.ts';
import { Printed } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');
const FIXTURES = join(import.meta.dirname, '..', 'core', 'sources', 'fixtures');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-diff-'));
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

interface Run {
  readonly code: number;
  readonly text: string;
  readonly err: string;
}

/** Without the start of a process, which is most of the time. */
async function run(before: string, after: string | null, options: Partial<DiffCommandOptions> = {}): Promise<Run> {
  const output = new Printed();
  await diff(output, before, after, { key: null, format: 'text', at: null, ...options });
  return { code: output.exitCode, text: output.text, err: output.err };
}

function file(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const patched = (value: unknown, patch: string): unknown =>
  fastJsonPatch.applyPatch(value, JSON.parse(patch) as Operation[], true).newDocument;

describe('two files of one state each need no key', () => {
  const before = {
    n: 1,
    list: [
      { id: 'a', v: 1 },
      { id: 'b', v: 2 },
    ],
  };
  const after = {
    n: 2,
    list: [
      { id: 'b', v: 2 },
      { id: 'a', v: 1 },
    ],
  };

  test('1, and what differs, for a person', async () => {
    const [a, b] = [file('a.json', before), file('b.json', after)];
    const { code, text, err } = await run(a, b);
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(text).toMatch(
      /^--- .*a\.json {2}file:a\n\+\+\+ .*b\.json {2}file:b\n- n: 1\n\+ n: 2\n> list\[0\] {2}← list\[1\]\n$/,
    );
  });

  test('1, and a patch that makes the one out of the other', async () => {
    const { code, text } = await run(file('a.json', before), file('b.json', after), { format: 'json-patch' });
    expect(code).toBe(1);
    expect(patched(before, text)).toEqual(after);
  });

  test('0 for two spellings of a state, and nothing is said; as JSON that they are equal', async () => {
    const [a, b] = [file('a.json', '{"a":1,"b":2}'), file('b.json', '{ "b": 2, "a": 1 }')];
    expect(await run(a, b)).toEqual({ code: 0, text: '', err: '' });
    const { code, text } = await run(a, b, { format: 'json' });
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ status: 'same', equal: true, operations: [] });
  });
});

describe('sources of several states', () => {
  test('are compared by key: what differs, what only one has; those of the same bytes are not told', async () => {
    file('one/a.json', { n: 1 });
    file('one/b.json', { n: 1 });
    file('one/c.json', { n: 1 });
    file('two/a.json', { n: 1 });
    file('two/b.json', { n: 2 });
    file('two/d.json', { n: 4 });
    const sources = [join(folder, 'one'), join(folder, 'two')] as const;
    const { code, text } = await run(...sources);
    expect(code).toBe(1);
    expect(text).toContain('- n: 1\n+ n: 2\n');
    expect(text).toMatch(/Only in .*one: file:c\n/);
    expect(text).toMatch(/Only in .*two: file:d\n/);
    expect(text).not.toContain('file:a');
    const patch = (await run(...sources, { format: 'json-patch' })).text;
    expect(patched({ 'file:a': { n: 1 }, 'file:b': { n: 1 }, 'file:c': { n: 1 } }, patch)).toEqual({
      'file:a': { n: 1 },
      'file:b': { n: 2 },
      'file:d': { n: 4 },
    });
    const states = JSON.parse((await run(...sources, { format: 'json' })).text) as { key: string; status: string }[];
    expect(states.map(({ key, status }) => `${status} ${key}`)).toEqual([
      'changed file:b',
      'removed file:c',
      'added file:d',
    ]);
    expect(await run(...sources, { key: 'file:a' })).toEqual({ code: 0, text: '', err: '' });
  }, 30_000);
});

test('a state in a database and one in a file: two formats, one comparison', async () => {
  const session = join(FIXTURES, 'jsonsession-1.0.21', 'qa.json');
  const { code, text } = await run(join(FIXTURES, 'session.db'), session, { key: 'session:bob' });
  expect(code).toBe(1);
  expect(text).toMatch(/^--- .*session\.db {2}session:bob\n\+\+\+ .*qa\.json {2}session:qa\n/);
});

describe('2, and what to do', () => {
  test('for a key that is not there, a source that is not there, one source only, and a patch of what is cut off', async () => {
    const a = file('one/a.json', {});
    file('one/b.json', {});
    const one = join(folder, 'one');
    expect(await run(one, one, { key: 'file:c' })).toMatchObject({
      code: 2,
      text: '',
      err: expect.stringContaining('statescope ls'),
    });
    expect(await run(a, join(folder, 'nothing.json'))).toMatchObject({ code: 2, text: '' });
    expect(await run(a, null)).toMatchObject({ code: 2, text: '', err: expect.stringContaining('two sources') });
    const cut = file('cut.json', '{"a": [1, 2');
    expect(await run(a, cut, { format: 'json-patch' })).toMatchObject({ code: 2, text: '' });
    expect((await run(a, cut)).code).toBe(1);
  }, 30_000);
});

describe('moments of a source', () => {
  test('SOURCE@N is after change N of its history, SOURCE@NAME a snapshot; without a second source, against now', async () => {
    const path = file('a.json', { n: 1 });
    const journal = journalFile(join(folder, 'config', 'Statescope', 'journals'), path);
    recorded(journal, path, ['{"n": 1}', '{"n": 2}', '{"n": 3}']);
    const source = await openSource(path);
    const snapshots = SnapshotStore.open(join(folder, 'config', 'Statescope', 'snapshots'), source.location);
    await snapshots.take(capturedStates(source, null), { reason: 'manual', name: 'begin' });
    snapshots.close();
    await source.close();
    file('a.json', { n: 4 });
    expect((await run(`${path}@2`, null)).text).toContain('- n: 2\n+ n: 4\n');
    expect((await run(path, null, { at: 1 })).text).toContain('- n: 1\n+ n: 4\n');
    expect((await run(`${path}@2`, `${path}@begin`)).text).toContain('- n: 2\n+ n: 1\n');
    expect(await run(`${path}@9`, null)).toMatchObject({ code: 2, text: '' });
    expect(await run(`${path}@nobody`, null)).toMatchObject({ code: 2, text: '' });
  }, 30_000);
});

test('a process ends with 0, 1 or 2, as diff does', () => {
  const [a, b] = [file('a.json', { n: 1 }), file('b.json', { n: 2 })];
  const code = (...args: string[]) => spawnSync(process.execPath, [CLI, 'diff', ...args]).status;
  expect([code(a, a), code(a, b), code(a, b, '--format', 'xml'), code(a, `${a}@7`)]).toEqual([0, 1, 2, 2]);
}, 30_000);

/** The history of one file, as it is when each of the texts was saved. */
function recorded(journal: string, source: string, texts: readonly string[]): void {
  mkdirSync(join(journal, '..'), { recursive: true });
  const opened = openJournal(journal, { source });
  const writer = new JournalWriter(opened);
  const states = new StateRecorder({ journal: opened, writer, now: Date.now });
  for (const text of texts) {
    states.recordState('file:a', new TextEncoder().encode(text), { origin: 'watch' });
    writer.flush();
  }
  writer.close();
  opened.close();
}
