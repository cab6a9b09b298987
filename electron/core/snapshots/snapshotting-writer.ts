/** A writer that captures each state before it writes it: for those who write one state and have no open workspace. */
import type { CallOptions, Conflict, Expected, Missing, TrashEntry, TrashId } from '../persistence/backend.ts';
import type { Source } from '../sources/source.ts';
import type { StateWriter, Written } from '../writing/state-writer.ts';
import type { AutomaticReason, SafetySnapshots } from './safety-snapshots.ts';

/** What changes one state that is there. */
export type OneStateWriter = Pick<StateWriter, 'replace' | 'remove' | 'trash' | 'restore'>;

export class SnapshottingWriter implements OneStateWriter {
  readonly #writer: OneStateWriter;
  readonly #source: Source;
  readonly #safety: SafetySnapshots;

  constructor(writer: OneStateWriter, source: Source, safety: SafetySnapshots) {
    this.#writer = writer;
    this.#source = source;
    this.#safety = safety;
  }

  replace(key: string, text: Uint8Array, expected: Expected, options?: CallOptions): Promise<Written | Conflict> {
    return this.#after('before-edit', key, () => this.#writer.replace(key, text, expected, options));
  }

  remove(key: string, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    return this.#after('before-delete', key, () => this.#writer.remove(key, expected, options));
  }

  trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    return this.#writer.trash(options);
  }

  async restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    const entry = (await this.#writer.trash(options)).find((each) => each.id === id);
    const restore = () => this.#writer.restore(id, expected, options);
    return entry === undefined ? restore() : this.#after('before-undo', entry.key, restore);
  }

  #after<T extends { readonly status: string }>(
    reason: AutomaticReason,
    key: string,
    write: () => Promise<T>,
  ): Promise<T> {
    return this.#safety.around(this.#source, reason, key, write);
  }
}
