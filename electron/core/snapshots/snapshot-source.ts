/** A snapshot as a source, which nobody can write: every view shows it as it shows what is there now. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import { metadataOf } from '../live/live-entry.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import type { SnapshotStore } from './snapshot-store.ts';

export class SnapshotSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[] = [];
  readonly isOfOneMoment = true;
  readonly #store: SnapshotStore;
  readonly #id: string;
  readonly #entries: ReadonlyMap<string, StateEntry>;

  /**
   * @param now the source as it is: a snapshot does not keep where in it a state lies.
   * @throws SourceError `snapshot-missing`.
   */
  constructor(store: SnapshotStore, id: string, now: Source) {
    this.#store = store;
    this.#id = id;
    this.format = now.format;
    this.location = now.location;
    const known = new Map(now.entries.map((entry) => [entry.key, entry]));
    this.entries = store.manifest(id).map(({ sha256: _sha256, ...state }): StateEntry => {
      const entry = known.get(state.key);
      return { ...state, location: entry?.location ?? state.key, aliases: entry?.aliases ?? [] };
    });
    this.#entries = new Map(this.entries.map((entry) => [entry.key, entry]));
    this.bytes = this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(key: string): Promise<StateBytes> {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw notFound(key);
    return { bytes: this.#store.read(this.#id, key), metadata: metadataOf(entry, this.location), problems: [] };
  }

  writer(): 'past' {
    return 'past';
  }

  async changed(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  /** The store belongs to whoever opened it. */
  async close(): Promise<void> {}
}
