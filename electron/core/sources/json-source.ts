/** A source made of JSON files: one file, or those of a folder. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import { type Catalog, withClearAliases } from './catalog.ts';
import { type FileSlice, readSlice } from './json-file.ts';
import type { Source, StateBytes, StateEntry } from './source.ts';

export class JsonSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #catalog: Catalog<FileSlice>;

  constructor(format: SourceFormat, location: string, bytes: number, catalog: Catalog<FileSlice>) {
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

  /** Nothing is held open. */
  async close(): Promise<void> {}
}
