/** How changes get into the table: one transaction at a time, all of a batch or nothing. */
import type { PoolClient } from 'pg';
import { parseVector, vectorText } from '../../../shared/clock/version-vector.ts';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import { CHANNEL, newEpoch } from './meeting-point-schema.ts';
import { concurrentWith, hasSeen, isConflict, mergeVersions, type Standing } from './merge.ts';
import { type SyncChange, versionName } from './model.ts';
import { concurrentText, idsText } from './version-text.ts';

/** A version that stands, with its place in the table. */
export interface StandingRow extends Standing {
  readonly seq: number;
}

/**
 * Adds what is not there yet, in the order given. What an earlier, interrupted call has added is left as it is, so that a call may
 * be repeated.
 * @returns false, and nothing is added: the table is no longer the one that the caller knows as `epoch`.
 * @throws SourceError `sync-copied`, and what the server says.
 */
export function appendChanges(
  pool: PostgresPool,
  epoch: string,
  changes: readonly SyncChange[],
  signal?: AbortSignal,
): Promise<boolean> {
  return appending(pool, signal, async (client, meta) => {
    if (meta.epoch !== epoch) return false;
    await addChanges(client, pool.target.location, meta.newest, changes);
    return true;
  });
}

/** Begins another course of numbers, after the database was put back to an earlier state. Two who notice it make one. */
export async function beginEpoch(pool: PostgresPool, known: string, signal: AbortSignal): Promise<void> {
  const sql = 'UPDATE statescope_sync.meta SET epoch = $2 WHERE epoch = $1';
  await pool.transaction('BEGIN', 'write', signal, (client) => client.query(sql, [known, newEpoch()]));
}

export interface Meta {
  readonly epoch: string;
  readonly newest: number;
}

/** Only one at a time gets here, in all programs; each sees what all before it have committed. */
export function appending<T>(
  pool: PostgresPool,
  signal: AbortSignal | undefined,
  work: (client: PoolClient, meta: Meta) => Promise<T>,
): Promise<T> {
  return pool.transaction('BEGIN', 'write', signal, async (client) => {
    // A node forgets what it has sent: it has to be on the server's disk, whatever the server does by default.
    await client.query('SET LOCAL synchronous_commit = on');
    const sql = 'SELECT epoch, newest FROM statescope_sync.meta FOR UPDATE';
    const { rows } = await client.query<{ epoch: string; newest: string }>(sql);
    return work(client, { epoch: rows[0]?.epoch ?? '', newest: Number(rows[0]?.newest ?? 0) });
  });
}

export async function addChanges(
  client: PoolClient,
  location: string,
  newest: number,
  changes: readonly SyncChange[],
): Promise<void> {
  const known = await knownHashes(client, changes);
  const standing = await readStanding(client, [...new Set(changes.map(({ key }) => key))]);
  const touched = new Set<string>();
  const added: { readonly seq: number; readonly change: SyncChange; readonly concurrent: string | null }[] = [];
  for (const change of changes) {
    const hash = known.get(versionName(change));
    if (hash !== undefined && hash !== `${change.key} ${change.hash}`) throw copied(location, change.node);
    const before = standing.get(change.key) ?? [];
    // It was added before, or what came of it was: there is nothing to add.
    if (hash !== undefined || before.some(({ vector }) => hasSeen(vector, change))) continue;
    const seq = newest + added.length + 1;
    added.push({ seq, change, concurrent: concurrentText(concurrentWith(change.vector, before)) });
    const { writer, counter, vector, depth } = change;
    const own: StandingRow = { seq, writer, counter, vector, depth, hash: change.hash };
    standing.set(change.key, mergeVersions(before, [own]));
    touched.add(change.key);
  }
  if (added.length === 0) return;
  await insert(
    client,
    'changes (seq, writer, counter, node, key, vector, parents, depth, value, hash, time, settled_by, concurrent_with)',
    added.map(({ seq, change, concurrent }) => [
      seq,
      change.writer,
      change.counter,
      change.node,
      change.key,
      vectorText(change.vector),
      idsText(change.parents),
      change.depth,
      change.value,
      change.hash,
      change.time,
      change.settledBy,
      concurrent,
    ]),
  );
  await replaceStanding(client, new Map([...touched].map((key) => [key, standing.get(key) ?? []])));
  await client.query('UPDATE statescope_sync.meta SET newest = $1', [newest + added.length]);
  await client.query("SELECT pg_notify($1, '')", [CHANNEL]);
}

/** Of those that are in the table already, by their names: the key and the value's hash. */
async function knownHashes(client: PoolClient, changes: readonly SyncChange[]): Promise<ReadonlyMap<string, string>> {
  const sql = `
    SELECT writer, counter, key, hash FROM statescope_sync.changes
    WHERE (writer, counter) IN (SELECT * FROM unnest($1::text[], $2::bigint[]))`;
  const { rows } = await client.query<{ writer: string; counter: string; key: string; hash: string }>(sql, [
    changes.map(({ writer }) => writer),
    changes.map(({ counter }) => counter),
  ]);
  return new Map(rows.map(({ writer, counter, key, hash }) => [`${writer}:${counter}`, `${key} ${hash}`]));
}

/** By key; keys of which nothing stands are absent. */
export async function readStanding(
  client: PoolClient,
  keys: readonly string[],
): Promise<Map<string, readonly StandingRow[]>> {
  const sql = 'SELECT key, seq, writer, counter, vector, depth, hash FROM statescope_sync.standing WHERE key = ANY($1)';
  const { rows } = await client.query<{
    key: string;
    seq: string;
    writer: string;
    counter: string;
    vector: string;
    depth: number;
    hash: string;
  }>(sql, [keys]);
  const standing = new Map<string, readonly StandingRow[]>();
  for (const { key, seq, counter, vector, ...row } of rows) {
    const version = {
      ...row,
      seq: Number(seq),
      counter: Number(counter),
      vector: parseVector(vector) ?? new Map<string, number>(),
    };
    standing.set(key, mergeVersions(standing.get(key) ?? [], [version]));
  }
  return standing;
}

/** Null for a deletion. */
export async function readValueAt(client: PoolClient, { seq }: StandingRow): Promise<Uint8Array | null> {
  const sql = 'SELECT value FROM statescope_sync.changes WHERE seq = $1';
  return (await client.query<{ value: Uint8Array | null }>(sql, [seq])).rows[0]?.value ?? null;
}

async function replaceStanding(
  client: PoolClient,
  standing: ReadonlyMap<string, readonly StandingRow[]>,
): Promise<void> {
  const keys = [...standing.keys()];
  await client.query('DELETE FROM statescope_sync.standing WHERE key = ANY($1)', [keys]);
  await insert(
    client,
    'standing (key, seq, writer, counter, vector, depth, hash)',
    [...standing].flatMap(([key, versions]) =>
      versions.map(({ seq, writer, counter, vector, depth, hash }) => [
        key,
        seq,
        writer,
        counter,
        vectorText(vector),
        depth,
        hash,
      ]),
    ),
  );
  const open = keys.filter((key) => isConflict(standing.get(key) ?? []));
  const closed = keys.filter((key) => !open.includes(key));
  await client.query('DELETE FROM statescope_sync.open_conflicts WHERE key = ANY($1)', [closed]);
  await client.query(
    'INSERT INTO statescope_sync.open_conflicts (key) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING',
    [open],
  );
}

/** PostgreSQL takes 65,535 parameters in a statement. */
const PARAMETERS = 60_000;

async function insert(client: PoolClient, columns: string, rows: readonly (readonly unknown[])[]): Promise<void> {
  const width = rows[0]?.length ?? 1;
  const atOnce = Math.floor(PARAMETERS / width);
  for (let from = 0; from < rows.length; from += atOnce) {
    const some = rows.slice(from, from + atOnce);
    const places = some.map((row, at) => `(${row.map((_, column) => `$${at * width + column + 1}`).join(', ')})`);
    await client.query(`INSERT INTO statescope_sync.${columns} VALUES ${places.join(', ')}`, some.flat());
  }
}

function copied(location: string, node: string): SourceError {
  const message = `${location} has other changes of node ${node} under the numbers of those to be sent: its file was copied, or put back from a backup, and both were used. Nothing was sent. Start it under another --id and with another --data.`;
  return new SourceError('sync-copied', message, { location, key: node });
}
