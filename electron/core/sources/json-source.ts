/** A source made of JSON files: one file, or those of a folder. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { Changed } from '../persistence/backend.ts';
import { FileWriter } from '../writing/file-writer.ts';
import type { StateWriter, WriteContext } from '../writing/state-writer.ts';
import { keptField } from './backup.ts';
import { type Catalog, withClearAliases } from './catalog.ts';
import { type FileSlice, isUnchanged, readSlice } from './json-file.ts';
import type { Source, StateBytes, StateEntry } from './source.ts';

export class JsonSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #catalog: Catalog<FileSlice>;
  readonly #storeBase: string | null;

  /** @param storeBase where a folder of the design's layout has its `agents/`, …; null for any other source. */
  constructor(
    format: SourceFormat,
    location: string,
    bytes: number,
    catalog: Catalog<FileSlice>,
    storeBase: string | null = null,
  ) {
    this.#storeBase = storeBase;
    this.format = format;
    this.location = location;
    this.bytes = bytes;
    this.entries = withClearAliases(catalog.entries);
    this.problems = catalog.problems;
    this.#catalog = catalog;
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const { content, metadata } = this.#catalog.item(key);
    return { ...(await readSlice(content, key, options.signal)), metadata };
  }

  keptPlace(key: string): string | null {
    return keptField(this.#catalog.item(key).metadata, 'location');
  }

  writer(context: WriteContext): StateWriter | NotWritableReason {
    const items = new Map(this.entries.map(({ key }) => [key, this.#catalog.item(key).content]));
    if (items.size > 0 && [...items.values()].every((slice) => !slice.whole)) return 'part-of-file';
    const isFolder = [...items.values()].some(({ file }) => file.location !== '.');
    const file = (key: string) => {
      const slice = items.get(key);
      return (
        slice && {
          path: slice.file.path,
          location: slice.file.location,
          refusal: this.#refusal(key, slice),
        }
      );
    };
    return new FileWriter({ location: this.location, isFolder, storeBase: this.#storeBase, file }, context);
  }

  async changed(options: { signal?: AbortSignal } = {}): Promise<Changed> {
    const changed = new Set<string>();
    for (const { key } of this.entries) {
      options.signal?.throwIfAborted();
      if (!(await isUnchanged(this.#catalog.item(key).content.file))) changed.add(key);
    }
    return changed;
  }

  #refusal(key: string, slice: FileSlice): NotWritableReason | null {
    if (slice.file.encoding === 'pickle') return 'format';
    return slice.whole ? this.#damage(key) : 'part-of-file';
  }

  /** What follows the damage would be lost, or is not known. */
  #damage(key: string): NotWritableReason | null {
    return this.problems.some((problem) => problem.key === key && DAMAGE.has(problem.code)) ? 'damaged' : null;
  }

  /** Nothing is held open. */
  async close(): Promise<void> {}
}

const DAMAGE: ReadonlySet<string> = new Set(['syntax', 'truncated', 'gzip-truncated', 'gzip-invalid']);
