import type { StateError } from './errors.ts';

export interface ManifestEntry {
  readonly id: string;
  readonly type: string | undefined;
  readonly version: string | undefined;
  readonly sizeBytes: number;
  /** Canonical checksum of the whole envelope. */
  readonly checksum: string;
}

/** All states of one manager at one moment. Nothing that happens to the states afterwards reaches it. */
export class GlobalSnapshot {
  /** Unique in its manager, whatever the name. */
  readonly id: string;
  readonly name: string;
  /** UTC with Z. */
  readonly createdAt: string;
  readonly manifest: readonly ManifestEntry[];
  readonly #content: ReadonlyMap<string, Uint8Array>;

  constructor(
    about: { readonly id: string; readonly name: string; readonly createdAt: string },
    content: readonly (readonly [ManifestEntry, Uint8Array])[],
  ) {
    this.id = about.id;
    this.name = about.name;
    this.createdAt = about.createdAt;
    this.manifest = Object.freeze(content.map(([entry]) => Object.freeze(entry)));
    this.#content = new Map(content.map(([entry, bytes]) => [entry.id, bytes.slice()]));
    Object.freeze(this);
  }

  /** The envelope of one state, a copy. */
  bytesOf(id: string): Uint8Array | undefined {
    return this.#content.get(id)?.slice();
  }
}

/** What became of one state: loaded, or left out with the reason. */
export interface ItemResult {
  readonly id: string;
  readonly loaded: boolean;
  readonly error: StateError | undefined;
}
