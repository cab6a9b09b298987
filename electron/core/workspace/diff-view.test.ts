import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import type { MomentContext } from '../snapshots/moments.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { openJournal } from '../tracking/journal.ts';
import { CancelFlags } from './cancel-flags.ts';
import { DiffViews } from './diff-view.ts';

const NOW = { at: 'now' } as const;
const GO = { isCancelled: () => false };
const QUERY = { expansion: { depth: 99, unchanged: false, toggled: [] }, kinds: [] };

const message = (id: string, text: string) => ({
  id,
  name: 'friday',
  role: 'assistant',
  content: text,
  timestamp: '2026-01-01 00:00:00.000',
});
const session = (score: number, ...texts: string[]) =>
  JSON.stringify({
    friday: { score, memory: { content: texts.map((text, at) => message(`${score}-${at}`, text)) } },
  });

/** A folder with two sessions of which one has changed twice, and how often other sources were closed. */
async function views() {
  const folder = temporaryFolder();
  write(folder, 'a.json', session(3, 'one', 'two', 'three'));
  write(folder, 'b.json', session(4, 'one', 'two', 'other', 'more'));
  const now = await opened(folder);
  const journal = openJournal(join(temporaryFolder(), 'x.journal'), { source: now.location });
  onTestFinished(() => journal.close());
  const commit = (text: string) => ({
    key: 'session:a',
    time: 1000,
    type: 'external' as const,
    origin: 'x',
    content: { form: 'keyframe' as const, text: Buffer.from(text) },
    changes: [],
  });
  journal.append([commit(session(1, 'one')), commit(session(2, 'one', 'two'))]);
  let closed = 0;
  const open = async (location: string): Promise<Source> => {
    const source = await openSource(location);
    const close = source.close.bind(source);
    source.close = () => {
      closed += 1;
      return close();
    };
    return source;
  };
  const context: MomentContext = { now, journal, snapshots: null, open };
  return { views: new DiffViews(() => context), closed: () => closed };
}

test('two moments of one state: what each was, when, and what differs', async () => {
  const { views: diffs } = await views();
  const info = await diffs.open(
    { before: { moment: { at: 'seq', seq: 1 }, key: 'session:a' }, after: { moment: NOW, key: 'session:a' } },
    GO,
  );
  expect(info).toMatchObject({ equal: false, coarse: false, before: { time: 1000 }, after: { time: null } });
  const { rows } = diffs.rows({ diff: info.diff, ...QUERY, offset: 0, limit: 100 });
  const score = rows.find(({ name }) => name === 'score');
  expect(score).toMatchObject({ kind: 'changed', before: { preview: '1' }, after: { preview: '3' } });
  expect(diffs.value({ diff: info.diff, row: score?.id ?? 0 })).toMatchObject({
    path: 'friday.score',
    before: '1',
    after: '3',
  });
});

test('two sessions: their messages are compared by what they say, and one learns where they part', async () => {
  const { views: diffs } = await views();
  const info = await diffs.open(
    { before: { moment: NOW, key: 'session:a' }, after: { moment: NOW, key: 'session:b' } },
    GO,
  );
  const [conversation] = info.conversations;
  expect(conversation?.divergence).toMatchObject({ at: 2, before: 1, after: 2, shared: 0 });
  const { rows } = diffs.conversation({ diff: info.diff, conversation: 0, offset: 0, limit: 10 });
  expect(rows.slice(0, 2).map(({ kind }) => kind)).toEqual(['same', 'same']);
  expect(rows[conversation?.divergence.row ?? 0]?.kind).not.toBe('same');
  expect(rows.flatMap(({ parts }) => parts.map(({ member }) => member))).not.toContain('id');
});

test('all states of two moments: those that differ, those that came, and those that went', async () => {
  const { views: diffs } = await views();
  const told: number[] = [];
  const { states, counts } = await diffs.states({ before: { at: 'seq', seq: 2 }, after: NOW }, GO, ({ done }) =>
    told.push(done),
  );
  expect(counts).toEqual({ same: 0, added: 1, removed: 0, changed: 1 });
  expect(diffs.stateRows({ states, kinds: ['added'], offset: 0, limit: 10 }).rows).toMatchObject([
    { key: 'session:b', bytesBefore: null },
  ]);
  expect(told).toEqual([1, 2]);
});

test('another source is closed as soon as it has been read, also when the state is not there', async () => {
  const { views: diffs, closed } = await views();
  const other = temporaryFolder();
  write(other, 'a.json', session(3, 'one', 'two', 'three'));
  const moment = { at: 'source', location: other } as const;
  const here = { moment: NOW, key: 'session:a' };
  expect(await diffs.open({ before: here, after: { moment, key: 'session:a' } }, GO)).toMatchObject({ equal: true });
  expect(closed()).toBe(1);
  await expect(diffs.open({ before: here, after: { moment, key: 'session:z' } }, GO)).rejects.toMatchObject({
    code: 'not-found',
    details: { key: 'session:z' },
  });
  expect(closed()).toBe(2);
  expect(await diffs.keys({ moment, filter: 'A' })).toMatchObject({ keys: ['session:a'], total: 1 });
  expect(closed()).toBe(3);
});

test('a comparison that was given up is not opened, and one that has made room for later ones says so', async () => {
  const { views: diffs } = await views();
  const both = { before: { moment: NOW, key: 'session:a' }, after: { moment: NOW, key: 'session:b' } };
  await expect(diffs.open(both, { isCancelled: () => true })).rejects.toMatchObject({ code: 'cancelled' });
  const first = await diffs.open(both, GO);
  for (let i = 0; i < 4; i++) await diffs.open(both, GO);
  expect(() => diffs.rows({ diff: first.diff, ...QUERY, offset: 0, limit: 1 })).toThrow(/not open any more/);
});

test('is written as a patch, as JSON, and to be read', async () => {
  const { views: diffs } = await views();
  const { diff } = await diffs.open(
    { before: { moment: NOW, key: 'session:a' }, after: { moment: NOW, key: 'session:b' } },
    GO,
  );
  const written = async (format: 'json-patch' | 'json' | 'text') => {
    const file = join(temporaryFolder(), 'out');
    await diffs.write(diff, format, file);
    return readFileSync(file, 'utf8');
  };
  expect(JSON.parse(await written('json-patch'))).toContainEqual({ op: 'replace', path: '/friday/score', value: 4 });
  const { document, issues } = parseJson(Buffer.from(await written('json')));
  expect(issues).toEqual([]);
  expect(document?.member(0, 'before')).toBeDefined();
  expect(await written('text')).toMatch(/^--- .*session:a\n\+\+\+ .*session:b\n/);
});

test('a question is cancelled for a thread that is busy, and no other is', () => {
  const asking = new CancelFlags();
  const busy = new CancelFlags(asking.buffer);
  asking.cancel(7);
  asking.cancel(8);
  expect([6, 7, 8, 7 + 64].map((question) => busy.isCancelled(question))).toEqual([false, true, true, false]);
});
