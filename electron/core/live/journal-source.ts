/** The states of a source as of a moment of its journal: time travel is looking at another source, which nobody can write. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { RECORD_DEPTH } from '../sources/state-facts.ts';
import type { Journal } from '../tracking/journal.ts';
import { entryOf, metadataOf } from './live-entry.ts';

const MICROS = 1000;

export class JournalSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[] = [];
  readonly isOfOneMoment = true;
  readonly #journal: Journal;
  readonly #seq: number;
  readonly #entries = new Map<string, StateEntry>();

  /** @param now the source as it is: what the journal does not keep of a state, such as its place, is told from there. */
  constructor(journal: Journal, seq: number, now: Source) {
    this.#journal = journal;
    this.#seq = seq;
    this.format = now.format;
    this.location = now.location;
    const known = new Map(now.entries.map((entry) => [entry.key, entry]));
    for (const { key, seq: changed } of journal.keysAt({ seq })) {
      const text = journal.stateAt(key, { seq });
      if (text !== null) this.#entries.set(key, pastEntry(journal, key, changed, text, known.get(key)));
    }
    this.entries = [...this.#entries.values()];
    this.bytes = this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(key: string): Promise<StateBytes> {
    const entry = this.#entries.get(key);
    const bytes = entry && this.#journal.stateAt(key, { seq: this.#seq });
    if (!entry || !bytes) throw notFound(key);
    return { bytes, metadata: metadataOf(entry, this.location), problems: [] };
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
}

function pastEntry(
  journal: Journal,
  key: string,
  changed: number,
  text: Uint8Array,
  known: StateEntry | undefined,
): StateEntry {
  const { document } = parseJson(text, { recordDepth: RECORD_DEPTH });
  const time = journal.commitAt(changed)?.time;
  const updatedAt = time === undefined ? null : new Date(time / MICROS).toISOString();
  const entry = entryOf(document, { key, bytes: text.length, updatedAt, location: known?.location ?? key });
  return { ...entry, type: entry.type ?? known?.type ?? null };
}
