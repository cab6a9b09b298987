/** A writer whose writes are measured, whatever it writes to. */
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashEntry, TrashId } from '../persistence/backend.ts';
import type { Source } from '../sources/source.ts';
import type { StateWriter, WriteOptions, Written } from '../writing/state-writer.ts';
import type { StatePerformanceManager } from './performance-manager.ts';
import { storeName } from './store-name.ts';

export class MeasuredWriter implements StateWriter {
  readonly #writer: StateWriter;
  readonly #source: Source;
  readonly #manager: StatePerformanceManager;
  /** Absent where the writer has none. */
  readonly together?: <T>(work: () => Promise<T>) => Promise<T>;

  /** @param source whose states are written */
  constructor(writer: StateWriter, source: Source, manager: StatePerformanceManager) {
    this.#writer = writer;
    this.#source = source;
    this.#manager = manager;
    if (writer.together !== undefined) this.together = writer.together.bind(writer);
  }

  refusal(key: string, what?: 'replace' | 'remove'): NotWritableReason | null {
    return this.#writer.refusal(key, what);
  }

  createRefusal(key: string, place: string | null): NotWritableReason | null {
    return this.#writer.createRefusal(key, place);
  }

  replace(key: string, text: Uint8Array, expected: Expected, options?: WriteOptions): Promise<Written | Conflict> {
    return this.#measured(key, text, () => this.#writer.replace(key, text, expected, options));
  }

  create(key: string, text: Uint8Array, place: string | null, options?: WriteOptions): Promise<Written | Conflict> {
    return this.#measured(key, text, () => this.#writer.create(key, text, place, options));
  }

  remove(key: string, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    return this.#writer.remove(key, expected, options);
  }

  trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    return this.#writer.trash(options);
  }

  restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    return this.#writer.restore(id, expected, options);
  }

  #measured(key: string, text: Uint8Array, write: () => Promise<Written | Conflict>): Promise<Written | Conflict> {
    const backend = storeName(this.#source, key);
    return this.#manager.timed('save', { backend, key }, write, ({ status }) =>
      status === 'written' ? text.length : null,
    );
  }
}
