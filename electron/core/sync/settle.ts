/** A person's word on a conflict, or the automatic choice: a version that has seen all that stand. */
import type { PoolClient } from 'pg';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  addChanges,
  appending,
  type Meta,
  readStanding,
  readValueAt,
  type StandingRow,
} from './meeting-point-writer.ts';
import { compareVersions, isConflict, seenBy } from './merge.ts';
import { type SettlementChoice, type SyncChange, sameVersion, type VersionId } from './model.ts';
import { assertSyncable } from './sync-limits.ts';
import { hashOf } from './version-text.ts';

/** What stands in `settledBy` when nobody was asked. */
export const AUTOMATIC = 'automatic';

export interface SettleRequest {
  readonly key: string;
  /** The versions that were looked at. When others stand meanwhile, nothing is settled. */
  readonly versions: readonly VersionId[];
  readonly choice: SettlementChoice;
  /** Who decided. */
  readonly by: string;
}

/**
 * All nodes take it over as they take over any change. The other versions stay in the table of changes.
 * @throws SourceError `conflict` when others stand meanwhile, `not-found` for a version that is none of those, and what the server says.
 */
export async function settleConflict(pool: PostgresPool, request: SettleRequest, signal?: AbortSignal): Promise<void> {
  const { key, versions, choice, by } = request;
  const { location } = pool.target;
  await appending(pool, signal, async (client, meta) => {
    const standing = (await readStanding(client, [key])).get(key) ?? [];
    const isAsSeen =
      standing.length === versions.length &&
      standing.every((one) => versions.some((version) => sameVersion(one, version)));
    if (!isAsSeen) throw changed(key, location);
    const value = await chosenValue(choice, standing, key, location, (row) => readValueAt(client, row));
    await writeOver(client, meta, location, standing, { key, value, by });
  });
}

/** Inside of `appending`: a version that has seen all of `standing`. @param by null for a plain write, where nothing was settled */
export async function writeOver(
  client: PoolClient,
  { epoch, newest }: Meta,
  location: string,
  standing: readonly StandingRow[],
  { key, value, by }: { readonly key: string; readonly value: Uint8Array | null; readonly by: string | null },
): Promise<VersionId> {
  assertSyncable(key, value);
  // Only one writes at a time and it has seen all, so the numbers of the table make a writer.
  const id = { writer: `settled~${epoch}`, counter: newest + 1 };
  const change: SyncChange = {
    ...id,
    node: '',
    key,
    vector: new Map(seenBy(standing)).set(id.writer, id.counter),
    parents: standing.map(({ writer, counter }) => ({ writer, counter })),
    depth: 1 + Math.max(0, ...standing.map(({ depth }) => depth)),
    deleted: value === null,
    hash: hashOf(value),
    bytes: value?.length ?? 0,
    time: new Date().toISOString(),
    settledBy: by,
    value,
  };
  await addChanges(client, location, newest, [change]);
  return id;
}

/** What all nodes show is taken, without asking. Nothing happens where there is no conflict any more. */
export async function settleAutomatically(pool: PostgresPool, key: string, signal?: AbortSignal): Promise<void> {
  const standing = await pool.read(signal, async (client) => (await readStanding(client, [key])).get(key) ?? []);
  const [first] = standing.toSorted(compareVersions);
  if (first === undefined || !isConflict(standing)) return;
  try {
    const choice: SettlementChoice = { kind: 'version', version: first };
    await settleConflict(pool, { key, versions: standing, choice, by: AUTOMATIC }, signal);
  } catch (error) {
    // Another node was first, or there is another version: whoever sees that settles it.
    if (!(error instanceof SourceError && error.code === 'conflict')) throw error;
  }
}

async function chosenValue(
  choice: SettlementChoice,
  standing: readonly StandingRow[],
  key: string,
  location: string,
  valueOf: (row: StandingRow) => Promise<Uint8Array | null>,
): Promise<Uint8Array | null> {
  switch (choice.kind) {
    case 'delete':
      return null;
    case 'value':
      return choice.value;
    case 'version': {
      const row = standing.find((one) => sameVersion(one, choice.version));
      if (row !== undefined) return valueOf(row);
      const message = `The version that was chosen for ${key} in ${location} is none of those that stand. Look at the conflict again.`;
      throw new SourceError('not-found', message, { location, key });
    }
    default:
      return choice satisfies never;
  }
}

function changed(key: string, location: string): SourceError {
  const message = `${key} has been written or settled meanwhile in ${location}; nothing was changed. Look at the conflict again.`;
  return new SourceError('conflict', message, { location, key });
}
