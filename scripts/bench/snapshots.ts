import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite, { type Database } from 'better-sqlite3';
import { SnapshotStore } from '../../electron/core/snapshots/snapshot-store.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternateFigures, expectEqual, median, quantile, type Row, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const MESSAGES = 1000;
const KEY = 'session:s';
const OPENINGS = 97;
const MOST_MB = 2;
const MOST_OPENING_MS = 20;
const MOST_TAKING_MS = 5;
const MANY = 100_000;
const PAGE = 100;
const COPIES = 50;
const MOST_PAGE_MS = 100;
/** Stand for what differs from one snapshot to the next. */
const COUNT = -777_777;
const BODY = '@messages@';

/** Snapshots of a conversation that grows by a message each, against keeping each packed with gzip, as one would without a store. */
export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  say('1,000 snapshots of a growing conversation');
  const textOf = conversation();
  const store = SnapshotStore.open(join(folder, 'snapshots'), 'growing');
  const gzip = gzipStore(join(folder, 'gzip.db'));
  const taken: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  const ids: string[] = [];
  for (let messages = 1; messages <= MESSAGES; messages += 1) {
    const bytes = textOf(messages);
    const entry = { key: KEY, type: null, status: null, updatedAt: null };
    taken.ours.push(
      await timed(async () => {
        ids.push((await store.take([{ entry, bytes }], { reason: 'manual' })).id);
      }),
    );
    taken.peer.push(await timed(async () => gzip.put(messages, bytes)));
  }
  const opened = await openings(store, ids, gzip, textOf);
  const megabytes = { ours: [store.bytes / 1e6], peer: [gzip.bytes() / 1e6] };
  store.close();
  gzip.close();
  const many = await listing(folder, say);
  const rows: Row[] = [
    rowOf('1,000 snapshots on disk, against each packed with gzip', megabytes, { of: 'ours', atMost: MOST_MB }, 'MB'),
    rowOf('taking one, against packing it with gzip', taken),
    rowOf('opening one, against unpacking it', opened),
    ...many.rows,
  ];
  return {
    rows,
    notes: [limit('taking', taken.ours, MOST_TAKING_MS), limit('opening', opened.ours, MOST_OPENING_MS), ...many.notes],
  };
}

async function openings(
  store: SnapshotStore,
  ids: readonly string[],
  gzip: GzipStore,
  textOf: (messages: number) => Buffer,
) {
  let at = 0;
  const places = () => Math.floor((ids.length * ((at % OPENINGS) + 0.5)) / OPENINGS);
  const check = (found: Uint8Array, wanted: number) =>
    expectEqual('bytes', Buffer.compare(found, textOf(wanted + 1)), 0);
  return alternateFigures(
    async () => {
      const place = places();
      let found: Uint8Array = new Uint8Array();
      const time = await timed(async () => {
        found = store.read(ids[place] ?? '', KEY);
      });
      check(found, place);
      return time;
    },
    async () => {
      const place = places();
      at += 1;
      let found: Uint8Array = new Uint8Array();
      const time = await timed(async () => {
        found = gzip.get(place + 1);
      });
      check(found, place);
      return time;
    },
    { pairs: OPENINGS },
  );
}

/** Lists and cleans up 100,000 of them, as they are taken before each write. */
async function listing(folder: string, say: (text: string) => void): Promise<GroupResult> {
  say('100,000 snapshots');
  const [large, small] = [MANY, MANY / 100].map((count) => manySnapshots(join(folder, `many-${count}`), count));
  const [many, few] = [await large, await small];
  if (!many || !few) throw new Error('no snapshots');
  const pageOf = (store: SnapshotStore, words: string) => async () =>
    timed(async () => {
      const { rows } = store.list({
        filter: { words },
        limit: PAGE,
        offset: Math.floor((store === many ? MANY : MANY / 100) / 2),
      });
      expectEqual('rows', rows.length, PAGE);
    });
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const words of ['', 'edit']) {
    const samples = await alternateFigures(pageOf(many, words), pageOf(few, words), { pairs: 15 });
    const what = words === '' ? 'a page in the middle' : 'a page of those that a word finds';
    rows.push(rowOf(`${what} of ${MANY} snapshots, against ${MANY / 100}`, samples));
    notes.push(limit(what, samples.ours, MOST_PAGE_MS));
  }
  const rule = { keep: MANY / 2, olderThanDays: null, manual: true };
  let plan = await many.prunePlan(rule);
  const planning = await timed(async () => {
    plan = await many.prunePlan(rule);
  });
  const pruning = await timed(async () => {
    expectEqual('pruned', (await many.prune(plan)).snapshots, MANY / 2);
  });
  const pages = MANY / 2 / PAGE;
  notes.push(
    `cleaning up ${MANY / 2} of ${MANY}: ${(planning / pages).toFixed(2)} ms for each ${PAGE} to say what it frees, ${(pruning / pages).toFixed(2)} ms to do it (target ${MOST_PAGE_MS})`,
  );
  many.close();
  few.close();
  return { rows, notes };
}

/** A part of them is taken; each stands for some more, earlier ones, as if nothing had changed in between. */
async function manySnapshots(folder: string, count: number): Promise<SnapshotStore> {
  const store = SnapshotStore.open(folder, 'many');
  const taken = count / COPIES;
  for (let at = 0; at < taken; at += 1) {
    const entry = { key: `agent:a${at % 50}`, type: null, status: 'idle', updatedAt: null };
    const note = 'x'.repeat(200);
    const bytes = Buffer.from(`{"agent_id": "a${at % 50}", "step": ${at}, "status": "idle", "note": "${note}"}`);
    await store.take([{ entry, bytes }], { reason: 'manual', name: `before edit ${at}`, tags: ['bench'] });
  }
  const database = new Sqlite(store.file);
  database.exec(`WITH RECURSIVE copies (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copies WHERE k < ${COPIES - 1})
    INSERT INTO snapshots (id, taken, manifest, reason, pinned, seq, name, description, tags, search)
    SELECT id || k, taken - k * 1000000000, manifest, reason, pinned, seq, name, description, tags, search FROM snapshots, copies`);
  database.close();
  return store;
}

/** Its text with so many messages of about 1 kB. */
function conversation(): (messages: number) => Buffer {
  const writer = new StateWriter('snapshots');
  const state = writer.state('s', MESSAGES) as { state_data: { messages: object[] } };
  const messages = state.state_data.messages.map((message) => writer.text(message));
  const frame = writer.text({ ...state, state_data: { ...state.state_data, message_count: COUNT, messages: BODY } });
  const [head = '', tail = ''] = frame.split(JSON.stringify(BODY));
  return (count) =>
    Buffer.from(`${head.replace(String(COUNT), String(count))}[${messages.slice(0, count).join(',')}]${tail}`);
}

interface GzipStore {
  put(id: number, bytes: Buffer): void;
  get(id: number): Uint8Array;
  bytes(): number;
  close(): void;
}

function gzipStore(path: string): GzipStore {
  const database: Database = new Sqlite(path);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.exec('CREATE TABLE snapshots (id INTEGER PRIMARY KEY, data BLOB)');
  const put = database.prepare('INSERT INTO snapshots VALUES (?, ?)');
  const get = database.prepare<[number], Buffer>('SELECT data FROM snapshots WHERE id = ?').pluck(true);
  const number = (pragma: string) => Number(database.pragma(pragma, { simple: true }));
  return {
    put: (id, bytes) => void put.run(id, gzipSync(bytes)),
    get: (id) => gunzipSync(get.get(id) ?? Buffer.alloc(0)),
    bytes: () => number('page_count') * number('page_size'),
    close: () => database.close(),
  };
}

async function timed(task: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await task();
  return performance.now() - began;
}

function limit(what: string, times: readonly number[], most: number): string {
  const verdict = median(times) <= most ? 'ok' : 'over';
  return `${what}: median ${median(times).toFixed(1)} ms, 95 of 100 within ${quantile(times, 0.95).toFixed(1)} ms (target ${most}, ${verdict})`;
}
