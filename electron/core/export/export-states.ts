/** Writes states of a source to one file: JSON, JSON lines, or a table. At most one state is held at a time, and of a huge one a part. */
import type { ExportFormat, ExportProgress, ExportReport } from '../../../shared/ipc/exporting.ts';
import { encodeUtf8, quoteJson } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { refuseExisting } from '../backup/create-backup.ts';
import { type StateText, stateText } from '../backup/survey.ts';
import { replaceFileBy } from '../files/replace-file.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { csvRow, safeText } from './csv.ts';
import { OneLine } from './one-line.ts';
import { cellsOf, columnsOf, rowsOf, STATE_COLUMN } from './table.ts';

export interface ExportOptions {
  /** Absolute path. */
  readonly file: string;
  readonly format: ExportFormat;
  /** For a table: JSONPath or JSON Pointer of its rows in each state. By default `$`: a row for each state, or for each of its items. */
  readonly path?: string | undefined;
  /** Put it in the place of a file that is there. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
}

type Write = (text: string | Uint8Array) => Promise<void>;

/** What is written at once. */
const GATHERED = 256 << 10;
/** Rows are found in a parsed state. */
const MOST_IN_TABLE = 256e6;
/** No spreadsheet has as many. */
const MOST_COLUMNS = 16_384;
const MOST_LEFT_OUT = 1000;
/** Only the person themselves reads what was taken out of their states. */
const PRIVATE = 0o600;

/**
 * All or nothing: the file is there when it resolves, and nothing is left when it does not.
 * @throws SourceError `file-exists`, `bad-path`, `too-many-columns`, `disk-full`, `read-only`, …; the signal's reason
 */
export async function exportStates(
  source: Source,
  entries: readonly StateEntry[],
  options: ExportOptions,
): Promise<ExportReport> {
  const { file, overwrite = false } = options;
  if (!overwrite) await refuseExisting(file);
  const run = new ExportRun(source, entries, options);
  await replaceFileBy(
    file,
    async (write) => {
      await run.write(write);
      // Somebody else may have made it meanwhile.
      if (!overwrite) await refuseExisting(file);
    },
    { mode: PRIVATE },
  );
  return run.report();
}

class ExportRun {
  readonly #source: Source;
  readonly #entries: readonly StateEntry[];
  readonly #options: ExportOptions;
  readonly #leftOut = new Map<string, string>();
  readonly #total: number;
  #gathered: Uint8Array[] = [];
  #gatheredBytes = 0;
  #bytes = 0;
  #rows = 0;
  #states = 0;
  #done = 0;

  constructor(source: Source, entries: readonly StateEntry[], options: ExportOptions) {
    this.#source = source;
    this.#entries = entries;
    this.#options = options;
    this.#total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  report(): ExportReport {
    const { file, format } = this.#options;
    return {
      location: file,
      states: this.#states,
      rows: format === 'csv' ? this.#rows : null,
      bytes: this.#bytes,
      leftOut: [...this.#leftOut].slice(0, MOST_LEFT_OUT).map(([key, reason]) => ({ key, reason })),
    };
  }

  async write(write: (bytes: Uint8Array) => Promise<void>): Promise<void> {
    const flush = async () => {
      await write(Buffer.concat(this.#gathered));
      this.#gathered = [];
      this.#gatheredBytes = 0;
    };
    const put: Write = async (text) => {
      const bytes = typeof text === 'string' ? encodeUtf8(text) : text;
      this.#gathered.push(bytes);
      this.#gatheredBytes += bytes.length;
      this.#bytes += bytes.length;
      if (this.#gatheredBytes >= GATHERED) await flush();
    };
    switch (this.#options.format) {
      case 'json':
        await this.#writeObject(put);
        break;
      case 'jsonl':
        await this.#writeLines(put);
        break;
      case 'csv':
        await this.#writeTable(put);
        break;
    }
    await flush();
  }

  async #writeObject(put: Write): Promise<void> {
    await put('{');
    for await (const { key, parts } of this.#texts()) {
      await put(`${this.#states > 1 ? ',' : ''}\n  ${quoteJson(key)}: `);
      for await (const part of parts) await put(part);
    }
    await put(this.#states === 0 ? '}\n' : '\n}\n');
  }

  async #writeLines(put: Write): Promise<void> {
    for await (const { key, parts } of this.#texts()) {
      await put(`{"key":${quoteJson(key)},"value":`);
      const line = new OneLine();
      for await (const part of parts) await put(line.push(part));
      await put('}\n');
    }
  }

  /** Twice over the states: the columns are known when all rows have been seen. */
  async #writeTable(put: Write): Promise<void> {
    const path = this.#options.path ?? '$';
    const many = this.#entries.length > 1;
    const columns = new Set<string>();
    for await (const { text } of this.#whole(2)) {
      const { document } = parseJson(text);
      for (const row of document === null ? [] : rowsOf(document, path)) {
        if (document) for (const column of columnsOf(document, row)) columns.add(column);
      }
      if (columns.size > MOST_COLUMNS) throw tooManyColumns(this.#options.file);
    }
    this.#states = 0;
    const names = [...columns];
    await put(csvRow([...(many ? [STATE_COLUMN] : []), ...names.map(safeText)]));
    for await (const { key, text } of this.#whole(2)) {
      const { document } = parseJson(text);
      for (const row of document === null ? [] : rowsOf(document, path)) {
        if (document === null) break;
        this.#rows += 1;
        await put(csvRow([...(many ? [safeText(key)] : []), ...cellsOf(document, row, names)]));
      }
    }
  }

  async *#texts(): AsyncGenerator<Pick<StateText, 'parts'> & { readonly key: string }> {
    for (const entry of this.#entries) {
      this.#tell(entry, 1);
      const read = await this.#read(entry);
      if (read !== null) yield { key: entry.key, parts: read.parts };
    }
  }

  async *#whole(passes: number): AsyncGenerator<{ readonly key: string; readonly text: Uint8Array }> {
    for (const entry of this.#entries) {
      this.#tell(entry, passes);
      if (entry.bytes > MOST_IN_TABLE) {
        this.#leftOut.set(entry.key, `It has more than ${MOST_IN_TABLE / 1e6} MB, which is too much for a table.`);
        continue;
      }
      const read = await this.#read(entry);
      if (read === null) continue;
      const parts: Uint8Array[] = [];
      for await (const part of read.parts) parts.push(part);
      const [only] = parts;
      yield { key: entry.key, text: parts.length === 1 && only ? only : Buffer.concat(parts) };
    }
  }

  async #read({ key }: StateEntry): Promise<StateText | null> {
    const read = await stateText(this.#source, key, this.#options.signal);
    if ('reason' in read) {
      this.#leftOut.set(key, read.reason);
      return null;
    }
    this.#states += 1;
    return read;
  }

  #tell(entry: StateEntry, passes: number): void {
    this.#options.signal?.throwIfAborted();
    this.#options.onProgress?.({ done: this.#done, total: this.#total * passes, key: entry.key });
    this.#done += entry.bytes;
  }
}

function tooManyColumns(file: string): SourceError {
  return new SourceError(
    'too-many-columns',
    `A table for ${file} would have more than ${MOST_COLUMNS} columns: the rows are objects used as dictionaries. Choose another path, or JSON lines.`,
    { location: file },
  );
}
