/**
 * States changed at the meeting point itself: a new version over the one that is shown, which all nodes take over. What was there
 * stays in the table of changes, so that it can be brought back. A state in conflict is settled first.
 */
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { Conflict, Expected, Missing, TrashEntry } from '../persistence/backend.ts';
import type { PostgresPool } from '../sources/postgres-pool.ts';
import {
  conflictWith,
  isExpected,
  notVerified,
  notWritable,
  type StateWriter,
  textRevision,
  type Written,
} from '../writing/state-writer.ts';
import { appending, readStanding, readValueAt } from './meeting-point-writer.ts';
import { compareVersions, isConflict } from './merge.ts';
import { type VersionId, versionName } from './model.ts';
import { writeOver } from './settle.ts';
import { readShown, readVersion } from './version-reader.ts';
import { hashOf } from './version-text.ts';

interface Options {
  readonly signal?: AbortSignal | undefined;
}

export class SyncWriter implements StateWriter {
  readonly #connect: () => Promise<PostgresPool>;
  readonly #inConflict: ReadonlySet<string>;
  /** Of the calls that are under way. */
  #shared: Promise<PostgresPool> | null = null;
  #calls = 0;

  /** @param inConflict keys that were in conflict when the source was read */
  constructor(connect: () => Promise<PostgresPool>, inConflict: ReadonlySet<string>) {
    this.#connect = connect;
    this.#inConflict = inConflict;
  }

  refusal(key: string): NotWritableReason | null {
    return this.#inConflict.has(key) ? 'in-conflict' : null;
  }

  createRefusal(key: string): NotWritableReason | null {
    return this.refusal(key);
  }

  async replace(key: string, text: Uint8Array, expected: Expected, options?: Options): Promise<Written | Conflict> {
    return this.#write(key, text, expected, options);
  }

  async create(key: string, text: Uint8Array, _place: string | null, options?: Options): Promise<Written | Conflict> {
    return this.#write(key, text, { kind: 'absent' }, options);
  }

  async remove(key: string, expected: Expected, options?: Options): Promise<Written | Conflict | Missing> {
    return this.#connected(async (pool) => {
      const shown = await readShown(pool, key, options?.signal);
      if (shown === null || shown.deleted) return { status: 'missing' };
      return this.#write(key, null, expected, options);
    });
  }

  /** Every version stays in the table of changes, and the Sync view lists them; there is no trash beside it. */
  async trash(): Promise<readonly TrashEntry[]> {
    return [];
  }

  async restore(id: string, expected: Expected, options?: Options): Promise<Written | Conflict | Missing> {
    return this.#connected(async (pool) => {
      const { key, value } = await readVersion(pool, versionOf(id), options?.signal);
      return this.#write(key, value, expected, options);
    });
  }

  async together<T>(work: () => Promise<T>): Promise<T> {
    return this.#connected(work);
  }

  #write(
    key: string,
    value: Uint8Array | null,
    expected: Expected,
    options: Options = {},
  ): Promise<Written | Conflict> {
    return this.#connected(async (pool) => {
      const { location } = pool.target;
      const outcome = await appending(pool, options.signal, async (client, meta) => {
        const standing = ((await readStanding(client, [key])).get(key) ?? []).toSorted(compareVersions);
        if (isConflict(standing)) throw notWritable(location, 'in-conflict');
        const [shown] = standing;
        const stored = shown === undefined ? null : await readValueAt(client, shown);
        if (!isExpected(expected, stored)) return conflictWith(stored);
        const version = await writeOver(client, meta, location, standing, { key, value, by: null });
        return { version, trash: stored === null || shown === undefined ? null : versionName(shown) };
      });
      if ('status' in outcome) return outcome;
      // This very version: a node may have written over it already, having seen it.
      const stored = (await readVersion(pool, outcome.version)).value;
      if (hashOf(stored) !== hashOf(value)) throw notVerified(`${key} in ${location}`);
      const revision = value === null ? null : textRevision(value);
      return { status: 'written', revision, trash: outcome.trash };
    });
  }

  /** One pool for all calls that are under way, those of `together` among them; the last one closes it. */
  async #connected<T>(work: (pool: PostgresPool) => Promise<T>): Promise<T> {
    this.#shared ??= this.#connect();
    const connecting = this.#shared;
    this.#calls++;
    try {
      return await work(await connecting);
    } finally {
      this.#calls--;
      if (this.#calls === 0) {
        this.#shared = null;
        await (await connecting).close();
      }
    }
  }
}

function versionOf(name: string): VersionId {
  const colon = name.lastIndexOf(':');
  return { writer: name.slice(0, colon), counter: Number(name.slice(colon + 1)) };
}
