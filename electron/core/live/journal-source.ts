/** The states of a source as of a moment of its journal: time travel is looking at another source, which nobody can write. */
import type { Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { factsOf, RECORD_DEPTH } from '../sources/state-facts.ts';
import type { Journal } from '../tracking/journal.ts';

const MICROS = 1000;

export class JournalSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[] = [];
  readonly #journal: Journal;
  readonly #seq: number;
  readonly #known: ReadonlyMap<string, StateEntry>;

  /** @param now the source as it is: what the journal does not keep of a state, such as its place, is told from there. */
  constructor(journal: Journal, seq: number, now: Source) {
    this.#journal = journal;
    this.#seq = seq;
    this.format = now.format;
    this.location = now.location;
    this.#known = new Map(now.entries.map((entry) => [entry.key, entry]));
    const entries: StateEntry[] = [];
    for (const { key, seq: changed } of journal.keysAt({ seq })) {
      const text = journal.stateAt(key, { seq });
      if (text !== null) entries.push(this.#entry(key, changed, text));
    }
    this.entries = entries;
    this.bytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(key: string): Promise<StateBytes> {
    const entry = this.entries.find((each) => each.key === key);
    const bytes = entry && this.#journal.stateAt(key, { seq: this.#seq });
    if (!entry || !bytes) throw notFound(key);
    const { type, updatedAt } = entry;
    const metadata: StateMetadata = {
      file: this.location,
      table: null,
      createdAt: null,
      updatedAt,
      type,
      version: null,
      fields: [],
    };
    return { bytes, metadata, problems: [] };
  }

  /** The past is only read: a moment is put back by restoring it. */
  writer(): 'past' {
    return 'past';
  }

  async changed(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  /** The journal belongs to whoever records into it. */
  async close(): Promise<void> {}

  #entry(key: string, changed: number, text: Uint8Array): StateEntry {
    const { document } = parseJson(text, { recordDepth: RECORD_DEPTH });
    const facts = document && factsOf(document, 0);
    const known = this.#known.get(key);
    const time = this.#journal.commitAt(changed)?.time;
    const colon = key.indexOf(':');
    return {
      key,
      kind: key.slice(0, colon),
      id: key.slice(colon + 1),
      type: facts?.type ?? known?.type ?? null,
      status: facts?.status ?? null,
      bytes: text.length,
      updatedAt: time === undefined ? null : new Date(time / MICROS).toISOString(),
      location: known?.location ?? key,
      aliases: [],
    };
  }
}
