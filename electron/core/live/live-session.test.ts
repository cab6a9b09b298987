/** The history of an open source, as the worker has it: recording, own edits, and what becomes of it when something is wrong. */
import { readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { HistoryPage, HistoryRow, HistoryStatus } from '../../../shared/ipc/history.ts';
import { nodeAt } from '../../../shared/json/test-support.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { openJournal } from '../tracking/journal.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { followSource } from './follow-source.ts';
import { LiveSession } from './live-session.ts';
import { journalFile } from './open-recording.ts';
import { until } from './test-support.ts';

interface Session {
  readonly workspace: EditableWorkspace;
  readonly live: LiveSession;
  readonly told: HistoryStatus[];
  readonly broken: string[];
  readonly file: string;
  close(): Promise<void>;
}

async function session(
  location: string,
  folder = temporaryFolder(),
  bytes?: number,
  beforeRecording = (): void => undefined,
): Promise<Session> {
  const told: HistoryStatus[] = [];
  const broken: string[] = [];
  const open = () => openSource(location);
  const workspace: EditableWorkspace = await EditableWorkspace.open(
    {
      id: 'w',
      context: { safetyFolder: temporaryFolder() },
      open,
      onChanged: () => undefined,
      onWritten: (key, how) => live.wrote([key], how),
    },
    {},
  );
  const live: LiveSession = new LiveSession({
    location: workspace.source.location,
    isEncrypted: false,
    bytes: bytes ?? workspace.source.bytes,
    follow: (feed) => followSource(workspace, open, feed),
    folder,
    onStatus: (status) => void told.push(status),
    onBroken: (watch, key) => void broken.push(`${watch.name} ${key}`),
  });
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= live.close().then(() => workspace.close()));
  onTestFinished(close);
  beforeRecording();
  await live.start();
  return { workspace, live, told, broken, file: journalFile(folder, workspace.source.location), close };
}

function rows({ live }: Session, query = ''): readonly HistoryRow[] {
  const page: HistoryPage | { fault: unknown } = live.page({ query, cursor: null, direction: 'older', limit: 100 });
  if ('fault' in page) throw new Error(JSON.stringify(page.fault));
  return page.rows;
}

const told = ({ type, origin, key, path, old, new: next }: HistoryRow) =>
  `${type} ${origin} ${key} ${path}: ${old} -> ${next}`;

async function set(workspace: EditableWorkspace, key: string, path: (string | number)[], text: string) {
  const { revision } = await workspace.openState({ key });
  const { document } = await workspace.reading.state(key);
  return workspace.apply({ key, revision, edit: { op: 'set', node: nodeAt(document, ...path), text } });
}

test('own edits and what takes them back are told from what others write, however soon the recorder looks', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"n": 0}');
  const open = await session(folder);
  open.workspace.arm({ armed: true });
  const wanted: string[] = ['created watch file:a : null -> {"n": 0}'];
  for (let n = 1; n <= 10; n++) {
    const made = await set(open.workspace, 'file:a', ['n'], String(n));
    wanted.unshift(`edit statescope file:a n: ${n - 1} -> ${n}`);
    expect(rows(open).map(told)).toEqual(wanted);
    if (n === 10 && made.status === 'written' && made.undo !== null) await open.workspace.undo({ undo: made.undo });
    await sleep(7 * n);
  }
  wanted.unshift('undo statescope file:a n: 10 -> 9');
  expect(rows(open).map(told)).toEqual(wanted);
  write(folder, 'a.json', '{"n": 77}');
  await until(() => rows(open).length === wanted.length + 1, 'the change of another is recorded');
  expect(rows(open).map(told)[0]).toBe('external watch file:a n: 9 -> 77');
});

test('what others write after a source was opened, and before it is recorded, is shown', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"n": "old"}');
  const open = await session(folder, temporaryFolder(), undefined, () => write(folder, 'a.json', '{"n": "newer"}'));
  const { document } = await open.workspace.reading.state('file:a');
  expect(document.rawText(0)).toBe('{"n": "newer"}');
  expect(open.workspace.summary().generation).toBeGreaterThan(0);
});

test('time travel: the states there were at a moment, byte for byte, and nobody can write them', async () => {
  const folder = temporaryFolder();
  const text = '{ "n": 1.0,\n"nan": NaN }';
  write(folder, 'a.json', text);
  const open = await session(folder);
  write(folder, 'a.json', '{"n": 2}');
  write(folder, 'b.json', '{"late": true}');
  await until(
    () => rows(open, 'type:created').length === 2 && rows(open, 'type:external').length > 0,
    'both are recorded',
  );
  const { source } = open.live.past(1, open.workspace.source);
  expect(source.entries.map(({ key }) => key)).toEqual(['file:a']);
  expect(Buffer.from((await source.read('file:a')).bytes).toString()).toBe(text);
  expect(source.writer({ safetyFolder: folder })).toBe('past');
  await expect(source.read('file:b')).rejects.toMatchObject({ code: 'not-found' });
  expect(() => open.live.past(1000, open.workspace.source)).toThrow(/no change 1000/);
});

test('what is shown follows what is recorded, and stays while a person may write', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const open = await session(folder);
  const shown = async () => Buffer.from((await open.workspace.source.read('file:a')).bytes).toString();
  const { generation } = open.workspace.summary();
  write(folder, 'a.json', '{"n": 2}');
  await until(() => open.workspace.summary().generation > generation, 'it is read anew');
  expect(await shown()).toBe('{"n": 2}');
  open.workspace.arm({ armed: true });
  const armed = open.workspace.summary().generation;
  write(folder, 'a.json', '{"n": 3}');
  await until(() => rows(open, 'new:3').length === 1, 'it is recorded');
  await sleep(1000);
  expect(open.workspace.summary().generation).toBe(armed);
});

test('a damaged journal is set aside and another begun; the source is open all the same', async () => {
  const folder = temporaryFolder();
  const journals = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const first = await session(folder, journals);
  await first.close();
  truncateSync(first.file, statSync(first.file).size - 5000);
  const second = await session(folder, journals);
  expect(rows(second)).toHaveLength(1);
  expect(second.live.status()).toMatchObject({
    recording: true,
    changes: 1,
    problem: { code: 'journal-corrupt', setAside: expect.stringContaining('damaged') },
  });
  expect(readdirSync(journals).filter((name) => name.includes('.damaged-'))).toHaveLength(1);
});

test('a journal that another process records into is read, and why nothing is recorded is told', async () => {
  const folder = temporaryFolder();
  const journals = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const first = await session(folder, journals);
  expect(rows(first)).toHaveLength(1);
  const second = await session(folder, journals);
  expect(second.live.status()).toMatchObject({
    recording: false,
    problem: { code: 'locked', setAside: null },
  });
  expect(rows(second)).toHaveLength(1);
  write(folder, 'a.json', '{"n": 2}');
  await until(() => rows(first).length === 2, 'the first records');
  expect(rows(second).map(told)).toEqual(rows(first).map(told));
});

test('a newer journal is left alone, and the source is open all the same', async () => {
  const folder = temporaryFolder();
  const journals = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const journal = openJournal(journalFile(journals, folder), { source: folder });
  journal.withDatabase((database) => database.pragma('user_version = 99'));
  journal.close();
  const { live, workspace } = await session(folder, journals);
  expect(live.status()).toMatchObject({ recording: false, file: null, problem: { code: 'journal-newer' } });
  expect(workspace.source.entries).toHaveLength(1);
});

test('a journal that is moved while it is recorded into is told; back in its place it has everything, else another is begun', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const open = await session(folder);
  const status = () => open.live.status();
  renameSync(open.file, `${open.file}.away`);
  write(folder, 'a.json', '{"n": 2}');
  await until(() => status().problem?.code === 'journal-moved', 'it is told');
  expect(open.workspace.source.entries).toHaveLength(1);
  renameSync(`${open.file}.away`, open.file);
  await until(() => status().problem === null && rows(open, 'new:2').length === 1, 'nothing is lost');

  renameSync(open.file, `${open.file}.away`);
  write(folder, 'a.json', '{"n": 3}');
  await until(() => status().problem?.code === 'journal-moved', 'it is told again');
  await open.live.record({ on: false });
  expect(await open.live.record({ on: true })).toMatchObject({ recording: true, problem: null });
  await until(() => rows(open).length === 1, 'another is begun');
  const away = openJournal(`${open.file}.away`, { source: folder, mode: 'read' });
  expect(away.totals().changes).toBe(2);
  away.close();
});

test('a large source waits until a person asks for recording', async () => {
  const folder = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const open = await session(folder, temporaryFolder(), 65 * 1024 * 1024);
  expect(open.live.status()).toMatchObject({ recording: false, waiting: 'large-source', file: null });
  expect(await open.live.record({ on: true })).toMatchObject({ recording: true, waiting: null });
  expect(await open.live.record({ on: false })).toMatchObject({ recording: false, changes: 1 });
});

test('a watch that breaks is told once, and what it saw last is there in the next session', async () => {
  const folder = temporaryFolder();
  const journals = temporaryFolder();
  write(folder, 'a.json', '{"n": 1}');
  const first = await session(folder, journals);
  first.live.saveWatch({ id: null, name: 'small', keys: 'file:*', expression: '$.n < 3' });
  write(folder, 'a.json', '{"n": 3}');
  await until(() => first.broken.length > 0, 'it is told');
  write(folder, 'b.json', '{"n": 4}');
  await until(() => rows(first).length === 3, 'the other is recorded');
  expect(first.broken).toEqual(['small file:a']);
  await first.close();
  const journal = openJournal(first.file, { source: folder, mode: 'read' });
  onTestFinished(() => journal.close());
  type Row = { key: string; holds: number };
  const values = journal.withDatabase((database) =>
    database.prepare<[], Row>('SELECT k.key, holds FROM watch_values w JOIN keys k ON k.id = w.key ORDER BY seq').all(),
  );
  expect(values).toEqual([
    { key: 'file:a', holds: 1 },
    { key: 'file:a', holds: 0 },
    { key: 'file:b', holds: 0 },
  ]);
});
