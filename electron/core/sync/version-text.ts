/** Versions as rows and texts: in PostgreSQL's columns and in a node's own database. */
import { createHash } from 'node:crypto';
import { parseVector, vectorText } from '../../../shared/clock/version-vector.ts';
import type { ConcurrentWith, LoggedChange, LoggedVersion, SyncVersion, VersionId } from './model.ts';

/** The columns of `statescope_sync.changes` but the value, as the driver hands them over. */
export interface VersionRow {
  readonly seq: string;
  readonly writer: string;
  readonly counter: string;
  readonly node: string;
  readonly key: string;
  readonly vector: string;
  readonly parents: string;
  readonly depth: number;
  readonly bytes: number | null;
  readonly hash: string;
  readonly time: string;
  readonly settled_by: string | null;
  readonly concurrent_with: string | null;
  readonly received: string;
}

export interface ChangeRow extends VersionRow {
  readonly value: Uint8Array | null;
}

/** For a SELECT from `statescope_sync.changes` as `c`. */
export const VERSION_COLUMNS = `c.seq, c.writer, c.counter, c.node, c.key, c.vector, c.parents, c.depth, octet_length(c.value) AS bytes,
  c.hash, c.time, c.settled_by, c.concurrent_with, to_char(c.received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS received`;

export function versionOfRow(row: VersionRow): LoggedVersion {
  return {
    seq: Number(row.seq),
    writer: row.writer,
    counter: Number(row.counter),
    node: row.node,
    key: row.key,
    vector: parseVector(row.vector) ?? new Map(),
    parents: parseIds(row.parents),
    depth: row.depth,
    deleted: row.bytes === null,
    hash: row.hash,
    bytes: row.bytes ?? 0,
    time: row.time,
    settledBy: row.settled_by,
    receivedAt: row.received,
    concurrentWith: row.concurrent_with === null ? [] : parseConcurrent(row.concurrent_with),
  };
}

export function changeOfRow(row: ChangeRow): LoggedChange {
  return { ...versionOfRow(row), value: row.value };
}

export function hashOf(value: Uint8Array | null): string {
  return value === null ? '' : createHash('sha256').update(value).digest('hex');
}

/** `[["writer",3]]` */
export function idsText(ids: readonly VersionId[]): string {
  return JSON.stringify(ids.map(({ writer, counter }) => [writer, counter]));
}

/** `[["writer",3,5]]`; null for none. */
export function concurrentText(spans: readonly ConcurrentWith[]): string | null {
  return spans.length === 0 ? null : JSON.stringify(spans.map(({ writer, first, last }) => [writer, first, last]));
}

/** All but the value, as one JSON text. */
export function versionText({ vector, parents, ...version }: SyncVersion): string {
  const { writer, counter, node, key, depth, deleted, hash, bytes, time, settledBy } = version;
  const plain = { writer, counter, node, key, depth, deleted, hash, bytes, time, settledBy };
  return JSON.stringify({ ...plain, vector: vectorText(vector), parents: idsText(parents) });
}

/** Of a text that `versionText` wrote. */
export function parseVersion(text: string): SyncVersion {
  const data = JSON.parse(text) as Omit<SyncVersion, 'vector' | 'parents'> & { vector: string; parents: string };
  return { ...data, vector: parseVector(data.vector) ?? new Map(), parents: parseIds(data.parents) };
}

function parseIds(text: string): readonly VersionId[] {
  return (JSON.parse(text) as readonly [string, number][]).map(([writer, counter]) => ({ writer, counter }));
}

function parseConcurrent(text: string): readonly ConcurrentWith[] {
  return (JSON.parse(text) as readonly [string, number, number][]).map(([writer, first, last]) => ({
    writer,
    first,
    last,
  }));
}
