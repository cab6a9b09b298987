/** One version of one state as a source, to be looked at and compared like any moment. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { entryOf, metadataOf } from '../live/live-entry.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { RECORD_DEPTH } from '../sources/state-facts.ts';
import { type SyncVersion, type VersionId, versionName } from './model.ts';

export class VersionSource implements Source {
  readonly format: SourceFormat = 'synced-postgresql';
  readonly location: string;
  readonly bytes: number;
  /** None where the version is a deletion. */
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[] = [];
  readonly isOfOneMoment = true;
  readonly #value: Uint8Array | null;

  constructor(location: string, version: SyncVersion, value: Uint8Array | null) {
    this.location = location;
    this.bytes = version.bytes;
    this.#value = value;
    this.entries = value === null ? [] : [syncedEntry(version, value)];
  }

  async read(key: string): Promise<StateBytes> {
    const [entry] = this.entries;
    if (entry?.key !== key || this.#value === null) throw notFound(key);
    return { bytes: this.#value, metadata: metadataOf(entry, null), problems: [] };
  }

  writer(): 'past' {
    return 'past';
  }

  async changed(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async close(): Promise<void> {}
}

export function syncedEntry(version: SyncVersion, value: Uint8Array): StateEntry {
  const { document } = parseJson(value, { recordDepth: RECORD_DEPTH });
  const { key, time } = version;
  return entryOf(document, { key, bytes: value.length, updatedAt: time, location: versionLocation(version) });
}

export function versionLocation(version: VersionId): string {
  return `changes/${versionName(version)}`;
}
