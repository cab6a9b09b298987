/** Changes states of a source that is made of several: each state by the writer of its part. */
import { createHash } from 'node:crypto';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashEntry, TrashId } from '../persistence/backend.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source } from '../sources/source.ts';
import { notWritable, type StateWriter, type WriteContext, type WriteOptions, type Written } from './state-writer.ts';

interface Part {
  readonly source: Source;
  readonly writer: StateWriter | NotWritableReason;
  /** Before the ids of its trash; the same however the parts are ordered. */
  readonly prefix: string;
}

/** A place of the whole as one of the part; null for one that is in another. */
type PlaceIn = (source: Source, place: string) => string | null;

const JSON_FILE = /\.json(?:\.gz)?$/i;

export class PartsWriter implements StateWriter {
  readonly #parts: readonly Part[];
  readonly #sourceOf: (key: string) => Source | undefined;
  readonly #placeIn: PlaceIn;
  /** Where states were put that the source has not listed yet. */
  readonly #made = new Map<string, Part>();

  private constructor(parts: readonly Part[], sourceOf: (key: string) => Source | undefined, placeIn: PlaceIn) {
    this.#parts = parts;
    this.#sourceOf = sourceOf;
    this.#placeIn = placeIn;
  }

  /** The reason of the first part where none can be written. */
  static of(
    sources: readonly Source[],
    sourceOf: (key: string) => Source | undefined,
    context: WriteContext,
    placeIn: PlaceIn = (_source, place) => place,
  ): StateWriter | NotWritableReason {
    const parts = sources.map((source) => {
      const prefix = createHash('sha256').update(source.location).digest('hex').slice(0, 12);
      return { source, writer: source.writer(context), prefix };
    });
    const [reason, ...others] = parts.flatMap(({ writer }) => (typeof writer === 'string' ? [writer] : []));
    if (reason !== undefined && others.length + 1 === parts.length) return reason;
    return new PartsWriter(parts, sourceOf, placeIn);
  }

  refusal(key: string, what?: 'replace' | 'remove' | 'mend'): NotWritableReason | null {
    const part = this.#part(key);
    if (part === undefined) return null;
    return typeof part.writer === 'string' ? part.writer : part.writer.refusal(key, what);
  }

  createRefusal(key: string, place: string | null): NotWritableReason | null {
    const part = this.#partFor(key, place);
    if (part === undefined) return 'format';
    if (typeof part.writer === 'string') return part.writer;
    return part.writer.createRefusal(key, this.#inPart(part, place));
  }

  async create(
    key: string,
    text: Uint8Array,
    place: string | null,
    options?: WriteOptions,
  ): Promise<Written | Conflict> {
    const part = this.#partFor(key, place);
    if (part === undefined || typeof part.writer === 'string') throw notFound(key);
    this.#made.set(key, part);
    return prefixed(await part.writer.create(key, text, this.#inPart(part, place), options), part.prefix);
  }

  async replace(
    key: string,
    text: Uint8Array,
    expected: Expected,
    options?: WriteOptions,
  ): Promise<Written | Conflict> {
    const { writer, prefix } = this.#writable(key);
    return prefixed(await writer.replace(key, text, expected, options), prefix);
  }

  async remove(key: string, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    const { writer, prefix } = this.#writable(key);
    return prefixed(await writer.remove(key, expected, options), prefix);
  }

  async trash(options?: CallOptions): Promise<readonly TrashEntry[]> {
    const all: TrashEntry[] = [];
    for (const { writer, prefix } of this.#parts) {
      if (typeof writer === 'string') continue;
      for (const entry of await writer.trash(options)) all.push({ ...entry, id: `${prefix}/${entry.id}` });
    }
    return all.toSorted((a, b) => (a.trashedAt < b.trashedAt ? 1 : -1));
  }

  async restore(id: TrashId, expected: Expected, options?: CallOptions): Promise<Written | Conflict | Missing> {
    const part = this.#parts.find(({ prefix }) => id.startsWith(`${prefix}/`));
    if (part === undefined || typeof part.writer === 'string') return { status: 'missing' };
    const { writer, prefix } = part;
    return prefixed(await writer.restore(id.slice(prefix.length + 1), expected, options), prefix);
  }

  together<T>(work: () => Promise<T>): Promise<T> {
    const writers = this.#parts.flatMap(({ writer }) => (typeof writer === 'string' ? [] : [writer]));
    const all = writers.reduce<() => Promise<T>>((inner, writer) => () => writer.together?.(inner) ?? inner(), work);
    return all();
  }

  #part(key: string): Part | undefined {
    const source = this.#sourceOf(key);
    return this.#parts.find((part) => part.source === source) ?? this.#made.get(key);
  }

  #inPart({ source }: Part, place: string | null): string | null {
    return place === null ? null : this.#placeIn(source, place);
  }

  /** Where a rule puts the key; else the first, which holds the files of a folder, and the only one holds everything. */
  #partFor(key: string, place: string | null): Part | undefined {
    const first = this.#parts.length === 1 || JSON_FILE.test(place ?? '') ? this.#parts[0] : undefined;
    return this.#part(key) ?? first;
  }

  #writable(key: string): { readonly writer: StateWriter; readonly prefix: string } {
    const part = this.#part(key);
    if (part === undefined) throw notFound(key);
    const { writer, prefix, source } = part;
    if (typeof writer === 'string') throw notWritable(source.location, writer);
    return { writer, prefix };
  }
}

function prefixed<T extends Written | Conflict | Missing>(outcome: T, prefix: string): T {
  if (outcome.status !== 'written' || outcome.trash === null) return outcome;
  return { ...outcome, trash: `${prefix}/${outcome.trash}` };
}
