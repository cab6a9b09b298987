/** The offset index of backups of 10 MB to 2.2 GB, against what else reads JSON. */
import { createReadStream, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parserStream } from 'stream-json';
import { PlainFile } from '../../electron/core/files/random-access.ts';
import { nodeFileSystem } from '../../electron/core/files/read-stable.ts';
import { IndexCache, type IndexedText } from '../../electron/core/index/index-cache.ts';
import type { OffsetIndex } from '../../electron/core/index/model.ts';
import { buildIndex, entriesOf, indexChildren } from '../../electron/core/index/offset-index.ts';
import { openSource } from '../../electron/core/sources/open-source.ts';
import { parseJson } from '../../shared/json/parse.ts';
import { findProgram, runQuietly } from '../setup/run.mjs';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, alternateFigures, expectEqual, type Row, ratioAtMost, rowOf } from './measure.ts';
import { LONG, LONG_MESSAGES, SMALL, StatePool } from './open-files.ts';
import { peakMemory } from './peak-memory.ts';

const SMALLEST = 10;
/** What JSON.parse still can hold, and everybody else in bearable time. */
const COMMON = 100;
const LARGE = 1000;
/** More than 2 GiB. */
const LARGEST = 2200;
const AN_EIGHTH = ratioAtMost(1 / 8);
const A_THIRD = ratioAtMost(1 / 3);
const WITH_CHECKSUM = ratioAtMost(1 / 6.3);
const ABOVE_IDLE_MB = { of: 'ours', atMost: 50 } as const;
const FIRST_ROWS_MS = { of: 'ours', atMost: 300 } as const;
const REOPENED_MS = { of: 'ours', atMost: 200 } as const;
const STATE_BY_OFFSET = ratioAtMost(1.3);
const PAGE_BY_OFFSETS = ratioAtMost(0.02);
const LIST_ITEMS = 250_000;
const LISTS = 100;
const PAGE = 50;
const PAGE_STEP = 977;
/** jq takes 3 GB of memory and python3 9 for a file of 1 GB. */
const LARGE_PEERS = 'STATESCOPE_BENCH_LARGE_PEERS';
const FEW = { pairs: 2, warmUps: 1 };
const MANY = { pairs: 15, warmUps: 2 };
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

export async function indexRows({ folder, say }: GroupContext): Promise<GroupResult> {
  const pool = new StatePool('compact');
  const common = join(folder, `${COMMON}.json`);
  const rows: Row[] = [];
  for (const megabytes of [SMALLEST, COMMON]) {
    say(`a backup of ${megabytes} MB`);
    const file = join(folder, `${megabytes}.json`);
    const states = pool.write(file, megabytes);
    rows.push(rowOf(`index of ${megabytes} MB`, await againstParse(file, states), AN_EIGHTH));
  }
  rows.push(await withChecksum(common));
  for (const style of ['indented', 'escaped', 'letters'] as const) {
    say(`${COMMON} MB, ${style}`);
    const file = join(folder, `${style}.json`);
    const states = new StatePool(style).write(file, COMMON);
    rows.push(rowOf(`index of ${COMMON} MB, ${NAMES[style]}`, await againstParse(file, states), A_THIRD));
    rmSync(file);
  }
  say(`${COMMON} MB, one list`);
  rows.push(await oneList(join(folder, 'list.json')));
  rows.push(...(await byOffset(common, folder, pool)));
  const peers = await otherPeers(common, COMMON, say);
  rows.push(...peers.rows);
  for (const megabytes of [LARGE, LARGEST]) rows.push(...(await large(folder, megabytes, pool, common, say)));
  return { rows, notes: peers.notes };
}

const NAMES = { indented: 'indented', escaped: '\\u-escaped', letters: 'strings of 1 byte' };

async function index(file: string, states: number | null, sha256 = false): Promise<OffsetIndex> {
  const access = await PlainFile.open(file);
  try {
    const built = await buildIndex(access, { sha256 });
    expectEqual('fault', built.fault, null);
    if (states !== null) expectEqual('states', built.states?.count, states);
    return built;
  } finally {
    await access.close();
  }
}

const parsed = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown;

function againstParse(file: string, states: number) {
  return alternate(
    () => index(file, states),
    () => parsed(file),
  );
}

/** No states at all, but 25 million of the shortest strings side by side. */
async function oneList(file: string): Promise<Row> {
  const letters = Array.from({ length: LIST_ITEMS }, (_, at) => `"${String.fromCharCode(97 + (at % 26))}"`).join();
  writeFileSync(file, `[${Array.from({ length: LISTS }, () => letters).join()}]`);
  const times = await alternate(
    async () => expectEqual('items', (await index(file, null)).top.count, LIST_ITEMS * LISTS),
    () => parsed(file),
  );
  rmSync(file);
  return rowOf(`index of ${COMMON} MB, one list of 25 million strings`, times, A_THIRD);
}

async function withChecksum(file: string): Promise<Row> {
  const times = await alternate(
    async () => expectEqual('checksum', (await index(file, null, true)).sha256?.length, 64),
    () => parsed(file),
  );
  return rowOf(`index of ${COMMON} MB and its SHA-256`, times, WITH_CHECKSUM);
}

/** One state, and one page of a long list, read and parsed by themselves. */
async function byOffset(file: string, folder: string, pool: StatePool): Promise<Row[]> {
  const built = await index(file, null);
  const access = await PlainFile.open(file);
  try {
    const alone = join(folder, 'small.json');
    writeFileSync(alone, pool.small);
    const small = await stateNamed(access, built, SMALL);
    expectEqual('length of the small state', small.end - small.start, statSync(alone).size);
    const one = await alternate(
      async () => parseJson(await access.read(small.start, small.end)),
      () => parsed(alone),
      { ...MANY, runs: 40 },
    );

    const long = await stateNamed(access, built, LONG);
    const whole = Buffer.from(await access.read(long.start, long.end));
    const messages = await messagesOf(access, long);
    const list = await indexChildren(access, messages.start, messages.end);
    expectEqual('messages', list.count, LONG_MESSAGES);
    let from = 0;
    const page = async () => {
      from = (from + PAGE_STEP) % (LONG_MESSAGES - PAGE);
      const entries = await entriesOf(access, list, from, PAGE);
      const first = entries[0]?.start ?? 0;
      const bytes = await access.read(first, entries.at(-1)?.end ?? first);
      const { document } = parseJson(Buffer.concat([Buffer.from('['), bytes, Buffer.from(']')]));
      expectEqual('messages of the page', document?.childCount(0), PAGE);
    };
    const wholly = () => JSON.parse(whole.toString('utf8')) as unknown;
    const paging = await alternate(page, wholly, { ...MANY, runs: 20 });
    const finding = await alternate(() => indexChildren(access, messages.start, messages.end), wholly, MANY);
    return [
      rowOf('a state of 300 kB by its offset, against one in a file of its own', one, STATE_BY_OFFSET),
      rowOf('a page of 50 messages of a state of 10 MB by their offsets, against parsing it', paging, PAGE_BY_OFFSETS),
      rowOf('finding where its 8,300 messages stand, against parsing it', finding),
    ];
  } finally {
    await access.close();
  }
}

async function stateNamed(access: PlainFile, { states }: OffsetIndex, name: string) {
  if (states === null) throw new Error('no states');
  for (let at = 0; at < states.count; at += 1) {
    const entry = states.at(at);
    const key = Buffer.from(await access.read(entry.keyStart, entry.keyEnd)).toString();
    if (key === JSON.stringify(name)) return entry;
  }
  throw new Error(`no state ${name}`);
}

/** Where `state_data.messages` stands. */
async function messagesOf(access: PlainFile, state: { readonly start: number; readonly end: number }) {
  const member = async ({ start, end }: { start: number; end: number }, name: string) => {
    const list = await indexChildren(access, start, end);
    for (let at = 0; at < list.count; at += 1) {
      if (Buffer.from(list.keyBytes(at) ?? []).toString() === JSON.stringify(name)) return list.at(at);
    }
    throw new Error(`no member ${name}`);
  };
  return member(await member(state, 'state_data'), 'messages');
}

/** Once each: they take seconds, and nobody's place in the order hangs on a tenth. */
async function otherPeers(file: string, megabytes: number, say: GroupContext['say']): Promise<GroupResult> {
  const peers: { readonly name: string; readonly run: () => Promise<unknown> }[] = [
    { name: 'stream-json', run: () => tokens(file) },
  ];
  const notes: string[] = [];
  for (const [name, ...args] of [
    ['jq', '.states | length', file],
    ['python3', '-c', `import json, sys; json.load(open(sys.argv[1]))`, file],
  ] as const) {
    const program = findProgram(name);
    if (program === null) notes.push(`${name} was left out: it is not installed`);
    else peers.push({ name, run: () => runQuietly(program, args) });
  }
  const rows: Row[] = [];
  for (const { name, run } of peers) {
    say(`${megabytes} MB against ${name}`);
    const times = await alternate(() => index(file, null), run, { pairs: 2, warmUps: 0 });
    rows.push(rowOf(`index of ${megabytes} MB, against ${name}`, times));
  }
  return { rows, notes };
}

async function tokens(file: string): Promise<void> {
  let count = 0;
  const stream = createReadStream(file).pipe(parserStream({ streamValues: false }));
  stream.on('data', () => (count += 1));
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  if (count === 0) throw new Error('stream-json gave no tokens');
}

/** JSON.parse holds nothing of this size: it is given the file of 100 MB, and its time is multiplied. */
async function large(
  folder: string,
  megabytes: number,
  pool: StatePool,
  common: string,
  say: GroupContext['say'],
): Promise<Row[]> {
  const name = megabytes >= LARGE ? `${megabytes / 1000} GB` : `${megabytes} MB`;
  say(`writing a backup of ${name}`);
  const file = join(folder, `${megabytes}.json`);
  const states = pool.write(file, megabytes);
  const times = statSync(file).size / statSync(common).size;
  say(`a backup of ${name}`);
  const speed = await alternateFigures(
    () => timed(() => index(file, states)),
    async () => times * (await timed(() => parsed(common))),
    FEW,
  );
  const rows = [rowOf(`index of ${name}, against JSON.parse of as much in files of ${COMMON} MB`, speed, AN_EIGHTH)];
  const memory = await alternateFigures(
    () => peakMemory('index', file),
    () => peakMemory('json', common),
    { pairs: 2, warmUps: 0 },
  );
  rows.push(rowOf(`its peak memory, against JSON.parse of ${COMMON} MB`, memory, ABOVE_IDLE_MB, 'MB'));
  const first = await alternateFigures(
    () => firstStates(file),
    () => timed(() => index(file, states)),
    FEW,
  );
  rows.push(rowOf(`first states of ${name}, against all of its index`, first, FIRST_ROWS_MS));
  rows.push(rowOf(`opening ${name} again, against indexing it`, await again(file, folder, states), REOPENED_MS));
  if (megabytes === LARGE && process.env[LARGE_PEERS] === '1') rows.push(...(await otherPeers(file, LARGE, say)).rows);
  rmSync(file);
  return rows;
}

async function timed(task: () => unknown): Promise<number> {
  globalThis.gc?.();
  const began = performance.now();
  await task();
  return performance.now() - began;
}

/** From choosing the file to the first states that can be shown. */
async function firstStates(file: string): Promise<number> {
  let source: Awaited<ReturnType<typeof openSource>> | null = null;
  const took = await timed(async () => {
    source = await openSource(file, { growing: true });
    if (source.entries.length === 0) throw new Error('opened without a state');
  });
  await (source as Awaited<ReturnType<typeof openSource>> | null)?.close();
  return took;
}

async function again(path: string, folder: string, states: number) {
  const cache = new IndexCache(folder);
  // What was written within the last two seconds is not kept.
  utimesSync(path, LONG_AGO, LONG_AGO);
  const opened = await nodeFileSystem.open(path);
  const text: IndexedText = { path, identity: await opened.stat(), layer: 'plain' };
  await opened.close();
  expectEqual('kept', await cache.keep(text, { index: await index(path, states), seekTable: null }), true);
  return alternate(
    async () => expectEqual('states', (await cache.find(text))?.index.states?.count, states),
    () => index(path, states),
    FEW,
  );
}
