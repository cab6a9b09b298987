import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { type Journal, openJournal } from '../../electron/core/tracking/journal.ts';
import type { HistoryPage } from '../../electron/core/tracking/journal-reader.ts';
import { JournalWriter } from '../../electron/core/tracking/journal-writer.ts';
import { parseQuery, type Query } from '../../electron/core/tracking/query.ts';
import { StateRecorder } from '../../electron/core/tracking/state-recorder.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, alternateFigures, expectEqual, median, type Row, ratioAtMost, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const CHANGES = 50_000;
const BATCH = 1000;
const AGENTS = 50;
const SAVES = 1000;
const FIRST_MESSAGES = 650;
const OPENINGS = 97;
/** Stand for what differs from save to save. */
const COUNT = -777_777;
const MESSAGES = '@messages@';
const MAX_BYTES_PER_SAVE = 2000;
const FROM_RATE = 1 / 0.6;

interface Change {
  readonly key: string;
  readonly path: string;
  readonly value: string;
}

export async function runGroup(context: GroupContext): Promise<GroupResult> {
  const notes: string[] = [];
  const small = Array.from({ length: CHANGES }, (_, at) => change(at, String(at)));
  context.say('small changes');
  const rows: Row[] = await recording(context, 'small changes', small, notes);
  context.say('changes with a message each');
  const writer = new StateWriter('journal');
  const messages = Array.from({ length: CHANGES / 5 }, (_, at) => change(at, writer.text(messageOf(writer, at))));
  rows.push(...(await recording(context, 'changes with a message each', messages, notes)));
  context.say('re-saving a session');
  notes.push(resaving(context.folder));
  context.say('pages of history');
  rows.push(...(await paging(context.folder)));
  return { rows, notes };
}

function change(at: number, value: string): Change {
  return { key: `agent:a${at % AGENTS}`, path: at % 3 === 0 ? 'status' : 'metrics.total_messages', value };
}

function messageOf(writer: StateWriter, at: number): object {
  const state = writer.state(String(at), 1) as { state_data: { messages: object[] } };
  return state.state_data.messages[0] ?? {};
}

let files = 0;

/** Opening and closing are left out on both sides: a journal is open for hours. */
async function recording(
  { folder }: GroupContext,
  name: string,
  changes: readonly Change[],
  notes: string[],
): Promise<Row[]> {
  const path = (kind: string) => join(folder, `${kind}-${files++}.db`);
  const ours = async () => {
    const journal = openJournal(path('ours'), { source: 'bench' });
    const time = timed(() => record(journal, changes));
    expectEqual('changes', journal.totals().changes, changes.length);
    journal.close();
    return time;
  };
  const same = await alternateFigures(ours, async () => rawSameRows(path('same'), changes), { pairs: 7 });
  const plain = await alternateFigures(ours, async () => rawPlainRows(path('plain'), changes), { pairs: 7 });
  notes.push(`${name}: about ${Math.round((changes.length / median(same.ours)) * 1000)} a second`);
  return [
    rowOf(`${changes.length} ${name}, told one by one, against inserting the same rows`, same, ratioAtMost(FROM_RATE)),
    rowOf('the same against a plain table without indexes', plain),
  ];
}

function timed(task: () => void): number {
  globalThis.gc?.();
  const began = performance.now();
  task();
  return performance.now() - began;
}

/** Each change differs from the one before, so that none is left out. */
function record(journal: Journal, changes: readonly Change[]): void {
  const writer = new JournalWriter(journal, { batch: BATCH });
  const recorder = new StateRecorder({ journal, writer, now: Date.now });
  for (const { key, path, value } of changes) {
    recorder.recordChanges(key, [{ path: path.split('.'), value }], { origin: 'probe:1', type: 'attribute_change' });
  }
  writer.close();
}

function rawPlainRows(path: string, changes: readonly Change[]): number {
  const database = databaseAt(path);
  database.exec(
    'CREATE TABLE changes (seq INTEGER PRIMARY KEY, time INTEGER, key TEXT, path TEXT, type TEXT, origin TEXT, old TEXT, new TEXT)',
  );
  const insert = database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const last = new Map<string, string>();
  return inBatches(database, changes, ({ key, path, value }, seq) => {
    insert.run(seq, Date.now() * 1000, key, path, 'attribute_change', 'probe:1', last.get(key + path) ?? null, value);
    last.set(key + path, value);
  });
}

/** The rows that the journal has, with its indexes, from somebody who already knows all of them. */
function rawSameRows(path: string, changes: readonly Change[]): number {
  const database = databaseAt(path);
  database.exec(`CREATE TABLE changes (seq INTEGER PRIMARY KEY, commit_seq INTEGER, time INTEGER, key INTEGER, path INTEGER, type INTEGER,
      origin INTEGER, kind INTEGER, old TEXT, new TEXT, old_content INTEGER, new_content INTEGER);
    CREATE INDEX of_key ON changes (key, seq); CREATE INDEX of_path ON changes (path, seq, key);
    CREATE TABLE contents (id INTEGER PRIMARY KEY, hash BLOB UNIQUE, deflated INTEGER, bytes INTEGER, data BLOB)`);
  const insert = database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const content = database.prepare('INSERT INTO contents VALUES (?, ?, ?, ?, ?)');
  const ids = new Map<string, number>();
  const last = new Map<string, { short: string; id: number | null }>();
  const idOf = (text: string) => ids.get(text) ?? (ids.set(text, ids.size), ids.size - 1);
  return inBatches(database, changes, ({ key, path, value }, seq) => {
    const isLong = value.length > 120;
    const id = isLong ? seq : null;
    if (isLong) {
      const data = Buffer.from(value);
      const hash = Buffer.alloc(32);
      hash.writeUInt32LE(Math.imul(seq, 0x9e3779b1) >>> 0);
      content.run(seq, hash, 0, data.length, data);
    }
    const short = value.slice(0, 120);
    const old = last.get(key + path);
    insert.run(
      seq,
      seq,
      Date.now() * 1000,
      idOf(key),
      idOf(path),
      0,
      0,
      2,
      old?.short ?? null,
      short,
      old?.id ?? null,
      id,
    );
    last.set(key + path, { short, id });
  });
}

function databaseAt(path: string): InstanceType<typeof Sqlite> {
  const database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return database;
}

function inBatches(
  database: InstanceType<typeof Sqlite>,
  changes: readonly Change[],
  insert: (change: Change, seq: number) => void,
): number {
  const run = database.transaction((from: number) => {
    for (const [at, change] of changes.slice(from, from + BATCH).entries()) insert(change, from + at + 1);
  });
  const time = timed(() => {
    for (let from = 0; from < changes.length; from += BATCH) run(from);
  });
  const count = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM changes').get();
  expectEqual('rows', count?.n, changes.length);
  database.close();
  return time;
}

/** A conversation that is saved whole, with a message more each time, from 0.8 to 2 MB. */
function resaving(folder: string): string {
  const path = join(folder, 'resaved.db');
  const textOf = conversation();
  const save = (first: number, last: number): number => {
    const journal = openJournal(path, { source: 'bench' });
    const writer = new JournalWriter(journal);
    const recorder = new StateRecorder({ journal, writer, now: Date.now });
    let took = 0;
    for (let messages = first; messages <= last; messages += 1) {
      const text = textOf(messages);
      const began = performance.now();
      recorder.recordState('session:s', text, { origin: 'watch' });
      took += performance.now() - began;
    }
    writer.close();
    journal.close();
    return took;
  };
  save(FIRST_MESSAGES, FIRST_MESSAGES);
  const before = statSync(path).size;
  const took = save(FIRST_MESSAGES + 1, FIRST_MESSAGES + SAVES);
  const each = Math.round((statSync(path).size - before) / SAVES);
  const verdict = each <= MAX_BYTES_PER_SAVE ? 'ok' : 'over';
  const [from, to] = [0, SAVES].map((more) => (textOf(FIRST_MESSAGES + more).length / 1e6).toFixed(1));
  const openings = openingTimes(path, textOf(FIRST_MESSAGES + SAVES));
  return `a session of ${from} MB saved ${SAVES} times until it has ${to} MB: ${each} bytes of journal each (target ${MAX_BYTES_PER_SAVE}, ${verdict}), ${(took / SAVES).toFixed(1)} ms each; opening it at any of ${openings.length} moments: median ${median(openings).toFixed(1)} ms, slowest ${Math.max(...openings).toFixed(1)} ms (target 20)`;
}

/** Its text with so many messages. */
function conversation(): (messages: number) => Buffer {
  const writer = new StateWriter('resaving');
  const state = writer.state('s', FIRST_MESSAGES + SAVES) as { state_data: { messages: object[] } };
  const messages = state.state_data.messages.map((message) => writer.text(message));
  const [head = '', tail = ''] = writer
    .text({ ...state, state_data: { ...state.state_data, message_count: COUNT, messages: MESSAGES } })
    .split(JSON.stringify(MESSAGES));
  return (count) =>
    Buffer.from(`${head.replace(String(COUNT), String(count))}[${messages.slice(0, count).join(',')}]${tail}`);
}

/** Milliseconds, of moments all over the journal. */
function openingTimes(path: string, last: Buffer): number[] {
  const journal = openJournal(path, { source: 'bench', mode: 'read' });
  const found = journal.stateAt('session:s', { seq: journal.lastSeq });
  expectEqual('the last state', found === null ? -1 : Buffer.compare(found, last), 0);
  const times = Array.from({ length: OPENINGS }, (_, at) => {
    const seq = Math.max(1, Math.floor((journal.lastSeq * (at + 1)) / OPENINGS));
    const began = performance.now();
    journal.stateAt('session:s', { seq });
    return performance.now() - began;
  });
  journal.close();
  return times;
}

const PAGED = 1_000_000;
const PAGE = 200;

async function paging(folder: string): Promise<Row[]> {
  const make = (name: string, count: number) => {
    const journal = openJournal(join(folder, name), { source: 'bench' });
    record(
      journal,
      Array.from({ length: count }, (_, at) => change(at, String(at))),
    );
    return journal;
  };
  const large = make('large.db', PAGED);
  const little = make('little.db', PAGED / 1000);
  const rows: Row[] = [];
  for (const text of ['', 'key:agent:a7', 'path:status new>5', 'type:attribute_change -origin:watch']) {
    const query = queryOf(text);
    const page = (journal: Journal) => () => {
      const cursor = Math.floor(journal.lastSeq / 2);
      const { rows } = journal.page(query, { cursor, direction: 'older', limit: PAGE });
      expectEqual('a page is full, or the journal small', rows.length === PAGE || journal === little, true);
    };
    const times = await alternate(page(large), page(little), { runs: 20, pairs: 7 });
    rows.push(
      rowOf(`a page of ${PAGE} of ${PAGED} changes against ${PAGED / 1000}: ${text === '' ? 'all' : text}`, times),
    );
  }
  rows.push(...(await searching(large)));
  large.close();
  little.close();
  return rows;
}

/** What is nowhere, so that all changes are looked at. */
async function searching(journal: Journal): Promise<Row[]> {
  const searches = [
    ['new:error', 'new = \'"error"\''],
    ['nowhere', "old LIKE '%nowhere%' OR new LIKE '%nowhere%'"],
    ['new>5000000', 'CAST(new AS REAL) > 5000000'],
  ] as const;
  const rows: Row[] = [];
  for (const [text, sql] of searches) {
    const query = queryOf(text);
    const ours = () => {
      let cursor: number | null = null;
      do {
        const page: HistoryPage = journal.page(query, { cursor, direction: 'older', limit: PAGE });
        expectEqual('changes', page.rows.length, 0);
        cursor = page.next;
      } while (cursor !== null);
    };
    const scan = journal.withDatabase((database) => database.prepare(`SELECT count(*) FROM changes WHERE ${sql}`));
    const times = await alternate(ours, () => scan.get(), { pairs: 5 });
    rows.push(rowOf(`looking through ${PAGED} changes for ${text}, against one SELECT`, times));
  }
  return rows;
}

function queryOf(text: string): Query {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}
