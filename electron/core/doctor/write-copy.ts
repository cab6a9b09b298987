/** Carries repairs out in a copy: in its files and in the cells of its databases, where nobody else writes. */
import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import { findByReadablePath } from '../files/file-path.ts';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { readStable } from '../files/read-stable.ts';
import { replaceFile } from '../files/replace-file.ts';
import { revisionOf } from '../persistence/backend.ts';
import { openSource } from '../sources/open-source.ts';
import { describeRedisKey, isCredentialKey } from '../sources/redis-keys.ts';
import { SourceError } from '../sources/source-error.ts';
import { quoted } from '../sources/sqlite-reading.ts';
import { jsonInPlace, withoutTail } from '../writing/json-in-place.ts';
import { notWritable, textRevision } from '../writing/state-writer.ts';
import { copyRefused } from './copy-refused.ts';
import { kindOf } from './copy-source.ts';
import { differing, spliceAll } from './edit-all.ts';
import type { CopyRepairRun, RepairedState } from './model.ts';
import { isOfRows } from './rows.ts';
import { spliceInString } from './splice-in-string.ts';

const pack = promisify(gzip);

export interface Copied {
  readonly path: string;
  /** The original, by which errors name what they are about: the copy has no name of its own yet. */
  readonly of: string;
}

/** @returns how many files were changed, and by how many bytes they have grown. @throws SourceError `conflict` when the copy is not what the plan was made of */
export async function writeRepairs(
  copy: Copied,
  states: readonly RepairedState[],
  { signal, onProgress }: CopyRepairRun = {},
): Promise<{ readonly files: number; readonly grown: number }> {
  const root = await realpath(copy.path);
  const files = new Map<string, RepairedState[]>();
  for (const state of states) {
    const path = await fileOf(copy, root, state.location);
    const ofFile = files.get(path);
    if (ofFile === undefined) files.set(path, [state]);
    else ofFile.push(state);
  }
  let grown = 0;
  let done = 0;
  for (const [path, ofFile] of files) {
    signal?.throwIfAborted();
    const original = join(copy.of, relative(root, path));
    onProgress?.({ phase: 'writing', done: done++, total: files.size, key: original });
    const before = (await stat(path)).size;
    const kind = await kindOf(path);
    if (kind === 'encrypted') throw copyRefused(original, 'encrypted');
    if (kind === 'sqlite') await writeDatabase(path, original, ofFile);
    else await writeFile(path, original, ofFile);
    grown += (await stat(path)).size - before;
  }
  return { files: files.size, grown };
}

/** `a/b.json`, or `a/b.db/table/rowid`: the longest beginning that is a file. */
async function fileOf({ path: copy, of }: Copied, root: string, location: string): Promise<string> {
  const parts = location === '.' ? [] : location.split('/');
  for (let length = parts.length; length >= 0; length--) {
    const named = join(copy, ...parts.slice(0, length));
    const path = (await isFile(named)) ? named : (await findByReadablePath(named))?.toString();
    if (path === undefined || !(await isFile(path))) continue;
    const real = await realpath(path);
    if (real === root || real.startsWith(root + sep)) return real;
    throw copyRefused(join(of, location), 'link');
  }
  throw changed(location);
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isFile(),
    () => false,
  );
}

async function writeFile(path: string, original: string, states: readonly RepairedState[]): Promise<void> {
  const { bytes } = await readStable(path);
  const isPacked = isGzip(bytes);
  const unpacked = isPacked ? (await gunzip(bytes)).bytes : bytes;
  const [first] = states;
  const json = jsonInPlace(unpacked);
  const content =
    first !== undefined && json !== null && Buffer.from(json.text).equals(first.before)
      ? joinPieces([json.before, first.after, first.mends === 'tail' ? withoutTail(json.after) : json.after])
      : inDump(original, unpacked, states);
  await replaceFile(path, isPacked ? await pack(content) : content);
}

/** A dump of Redis: each state is a JSON text within a JSON string, or a list of such. */
function inDump(original: string, bytes: Uint8Array, states: readonly RepairedState[]): Uint8Array {
  const document = parseJson(bytes).document;
  // A pickle, or a backup, whose checksums would not fit any more.
  if (document === null || document.member(0, 'states') !== undefined) throw notWritable(original, 'format');
  const splices = states.map((state) => {
    const value = valueOf(document, state.key);
    if (value === undefined) throw changed(state.location);
    const text =
      document.kind(value) === 'array' ? dumpedList(document, value, state) : dumpedText(document, value, state);
    return { start: document.start(value), end: document.end(value), text };
  });
  return spliceAll(
    bytes,
    splices.toSorted((a, b) => a.start - b.start),
  );
}

function valueOf(document: JsonDocument, key: string): number | undefined {
  for (const node of document.children(0)) {
    const name = document.key(node) ?? '';
    const { kind, id } = describeRedisKey(name);
    if (isCredentialKey(name) || (`${kind}:${id}` !== key && !key.endsWith(`:${name}`))) continue;
    return document.member(node, 'value');
  }
  return undefined;
}

function dumpedText(document: JsonDocument, node: number, { before, stages, location }: RepairedState): Uint8Array {
  if (document.kind(node) !== 'string') {
    if (!Buffer.from(document.rawBytes(node)).equals(before)) throw changed(location);
    return stages.reduce<Uint8Array>((text, splices) => spliceAll(text, splices), before);
  }
  const decoded = encodeUtf8(document.string(node));
  const inner = jsonInPlace(decoded);
  if (inner === null || !Buffer.from(inner.text).equals(before)) throw changed(location);
  const { start, end } = document.stringRange(node);
  const content = stages.reduce<Uint8Array>(
    (text, splices) => spliceInString(text, inner.before.length, splices),
    document.bytes.subarray(start, end),
  );
  return joinPieces(['"', content, '"']);
}

/** Each item by itself: repairs stay inside of one. */
function dumpedList(document: JsonDocument, list: number, state: RepairedState): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = document.start(list);
  for (const { index, before, after } of changedItems(state)) {
    const item = document.child(list, index);
    if (item === undefined) throw changed(state.location);
    const part = { ...state, before, after, stages: [[differing(before, after)]] };
    pieces.push(document.bytes.subarray(at, document.start(item)), dumpedText(document, item, part));
    at = document.end(item);
  }
  return joinPieces([...pieces, document.bytes.subarray(at, document.end(list))]);
}

interface ChangedItem {
  readonly index: number;
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  /** How many before it say the same. */
  readonly nth: number;
}

/** Of a state that is put together from messages: those that a repair has changed. */
function changedItems({ before, after, location }: RepairedState): readonly ChangedItem[] {
  const [was, is] = [itemsOf(before), itemsOf(after)];
  if (was.length !== is.length) throw changed(location);
  return was.flatMap((text, index) => {
    const now = is[index] ?? text;
    if (Buffer.from(text).equals(now)) return [];
    const nth = was.slice(0, index).filter((other) => Buffer.from(text).equals(other)).length;
    return [{ index, before: text, after: now, nth }];
  });
}

/** The messages without their marks. */
function itemsOf(bytes: Uint8Array): readonly Uint8Array[] {
  const { document } = parseJson(bytes);
  if (document === null) return [];
  const list = document.kind(0) === 'array' ? 0 : (document.member(document.member(0, 'memory') ?? 0, 'content') ?? 0);
  const isPaired = list !== 0;
  return [...document.children(list)].map((item) =>
    document.rawBytes(isPaired ? (document.child(item, 0) ?? item) : item),
  );
}

/** Columns of the tables that hold states; `payload` in all others. */
const COLUMNS: Readonly<Record<string, string>> = {
  as_session: 'session_data',
  message: 'msg',
};
/** By which the messages of a conversation are put in order, then by their rows. */
const ORDERS = { message: 'index', messages: 'created_at' } as const;

async function writeDatabase(path: string, original: string, states: readonly RepairedState[]): Promise<void> {
  const isOurs = ({ location }: RepairedState) => location.split('/').at(-2) === STORE_TABLE;
  await writeCells(
    path,
    states.filter((state) => !isOurs(state)),
  );
  await writeStore(path, original, states.filter(isOurs));
}

const STORE_TABLE = 'agent_states';
const TRASH_TABLE = 'statescope_trash';

/** The design's tables keep checksums and times beside the text: the store itself sees to these. */
async function writeStore(path: string, original: string, states: readonly RepairedState[]): Promise<void> {
  if (states.length === 0) return;
  const { default: Sqlite } = await import('better-sqlite3');
  const trashed = await trashIn(path);
  const source = await openSource(path);
  try {
    const writer = source.writer({ safetyFolder: `${path}.safety` });
    if (typeof writer === 'string') throw notWritable(original, writer);
    for (const { location, before, after, mends } of states) {
      const place = location.split('/').slice(-2).join('/');
      const key = source.entries.find((entry) => entry.location === place)?.key;
      const written =
        key === undefined ? null : await writer.replace(key, after, revisionOf(textRevision(before)), { mends });
      if (written?.status !== 'written') throw changed(location);
    }
  } finally {
    await source.close();
  }
  // What was replaced is in the original: no copy of it is needed here.
  const database = new Sqlite(path);
  try {
    if (trashed === null) database.exec(`DROP TABLE IF EXISTS ${TRASH_TABLE}`);
    else database.prepare(`DELETE FROM ${TRASH_TABLE} WHERE trash_id > ?`).run(trashed);
  } finally {
    database.close();
  }
}

/** The last id in the trash; null where there is no trash. */
async function trashIn(path: string): Promise<number | null> {
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path, { readonly: true });
  try {
    const table = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(TRASH_TABLE);
    if (table === undefined) return null;
    return (
      database.prepare<[], { last: number }>(`SELECT coalesce(max(trash_id), 0) AS last FROM ${TRASH_TABLE}`).get()
        ?.last ?? 0
    );
  } finally {
    database.close();
  }
}

async function writeCells(path: string, states: readonly RepairedState[]): Promise<void> {
  if (states.length === 0) return;
  const { default: Sqlite } = await import('better-sqlite3');
  const database = new Sqlite(path, { fileMustExist: true });
  try {
    database.pragma('trusted_schema = OFF');
    database
      .transaction(() => {
        for (const state of states) {
          if (isOfRows(state.type)) writeRows(database, state);
          else writeCell(database, state);
        }
      })
      .immediate();
  } finally {
    database.close();
  }
}

function writeCell(database: Database, state: RepairedState): void {
  const [row, table] = state.location.split('/').toReversed();
  const column = COLUMNS[table ?? ''] ?? 'payload';
  const cell = readCell(database, table ?? '', column, BigInt(row ?? 0));
  const json = cell === null ? null : jsonInPlace(cell.value);
  if (cell === null || json === null || !Buffer.from(json.text).equals(state.before)) throw changed(state.location);
  const after = state.mends === 'tail' ? withoutTail(json.after) : json.after;
  putCell(
    database,
    { table: table ?? '', column, row: BigInt(row ?? 0), isText: cell.isText },
    joinPieces([json.before, state.after, after]),
  );
}

/** By their text; of rows that say the same the one that stands where the message stands among them. */
function writeRows(database: Database, state: RepairedState): void {
  const table = state.type === 'Msg[]' ? 'messages' : 'message';
  const column = COLUMNS[table] ?? 'payload';
  const session = state.key.slice(state.key.indexOf(':') + 1);
  const sql = `SELECT _rowid_ AS id FROM ${quoted(table)} WHERE session_id = ? AND instr(CAST(${quoted(column)} AS BLOB), ?) > 0
    ORDER BY ${quoted(ORDERS[table])}, _rowid_`;
  const find = database.prepare<[string, Uint8Array], { id: bigint }>(sql).safeIntegers(true);
  const found = changedItems(state).map(({ before, after, nth }) => {
    const same = find.all(session, before).flatMap(({ id: row }) => {
      const cell = readCell(database, table, column, row);
      const json = cell === null ? null : jsonInPlace(cell.value);
      // A message may hold another one's text.
      return cell !== null && json !== null && Buffer.from(json.text).equals(before) ? [{ row, cell, json }] : [];
    })[nth];
    if (same === undefined) throw changed(state.location);
    return { ...same, after };
  });
  for (const { row, cell, json, after } of found) {
    putCell(database, { table, column, row, isText: cell.isText }, joinPieces([json.before, after, json.after]));
  }
}

function readCell(database: Database, table: string, column: string, row: bigint) {
  const sql = `SELECT typeof(${quoted(column)}) AS kind, CAST(${quoted(column)} AS BLOB) AS value FROM ${quoted(table)} WHERE _rowid_ = ?`;
  const found = database.prepare<[bigint], { kind: string; value: Buffer | null }>(sql).get(row);
  return found?.value == null ? null : { value: found.value, isText: found.kind !== 'blob' };
}

interface Cell {
  readonly table: string;
  readonly column: string;
  readonly row: bigint;
  readonly isText: boolean;
}

function putCell(database: Database, { table, column, row, isText }: Cell, content: Uint8Array): void {
  const value = isText ? 'CAST(? AS TEXT)' : '?';
  database.prepare(`UPDATE ${quoted(table)} SET ${quoted(column)} = ${value} WHERE _rowid_ = ?`).run(content, row);
}

function changed(location: string): SourceError {
  const message = `${location} has changed since the repair was planned. Nothing was written: check it again.`;
  return new SourceError('conflict', message, { key: location });
}
