/**
 * A JSON file that is too large to be read whole: its states are listed while one pass finds where they stand, and read when
 * they are looked at. What is inside of a state is not checked before that.
 */
import type { Indexing, Problem, SourceFormat, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { KeptIndex } from '../index/index-cache.ts';
import type { EntryList, IndexEntry, OffsetIndex } from '../index/model.ts';
import { buildIndex, entriesOf, keysOf } from '../index/offset-index.ts';
import { AccessSlice } from '../paged/access-slice.ts';
import type { Changed } from '../persistence/backend.ts';
import {
  backupFields,
  duplicate,
  type KeptBeside,
  keptBeside,
  keptField,
  splitKey,
  withKept,
  wrongTotal,
} from './backup.ts';
import { Catalog, KeyRing, withClearAliases } from './catalog.ts';
import { detectShape, hasBackupMetadata, type JsonShape, SHAPE_FORMATS, shapeBesideBackup } from './detect.ts';
import { factsIn, headFacts, NO_FACTS } from './head-facts.ts';
import { type FileSlice, isUnchanged, type JsonFile } from './json-file.ts';
import { readWhole } from './json-readers.ts';
import { cancelled, changedWhileRead, jsonProblem, problem, toSourceError } from './problems.ts';
import type { CommonText, Growth, OpenOptions, Source, StateBytes, StateEntry, StateRange } from './source.ts';
import { SourceError } from './source-error.ts';
import { MAX_NODES, RECORD_DEPTH } from './state-facts.ts';
import { fileName } from './whole-file.ts';

/** By which the shape is told. */
const HEAD_BYTES = 64 * 1024;
/** What says of itself what a backup is; one with more is not looked into. */
const MOST_METADATA_BYTES = 16 << 20;
/** Of the state that a file ends in, to find out why. */
const MOST_LOOKED_THROUGH = 16 << 20;
/** States of which the head is read while they are found; it takes about 20 µs each. Of later ones it is when they are opened. */
const MOST_HEADS = 50_000;
const BATCH = 500;
/** A state up to this is parsed once more to tell all of its facts; a larger one tells those of its head. */
const SMALL_STATE_BYTES = 64 * 1024;
/** What is handed out in one piece. A larger state is read in parts. */
export const MOST_READ_BYTES = 256 << 20;
/** So long an opening waits for the first states before it shows an empty list. */
const FIRST_STATES_MS = 200;

export interface IndexedFile {
  readonly file: JsonFile;
  /** Its JSON text. Closed by the source. */
  readonly access: RandomAccess;
  /** The file's own name, for the keys. */
  readonly name: string;
  /** What is damaged below the text, such as a packed file that was cut off; asked when all of it has been read. */
  readonly damage?: () => Problem | null;
  /** From an earlier opening of the very same file. */
  readonly kept?: KeptIndex | null;
  /** Keeps it for the next one. */
  readonly keep?: (index: OffsetIndex) => Promise<unknown>;
}

type Slice = Pick<FileSlice, 'whole' | 'start' | 'end'> & { readonly incomplete: boolean };

/**
 * Null for what has to be read whole: a file that does not begin like JSON, or whose states do not stand in it as they are.
 * `access` stays open then.
 * @throws SourceError; what `access.read` throws.
 */
export async function openIndexed(indexed: IndexedFile, options: OpenOptions): Promise<Source | null> {
  const head = await indexed.access.read(0, HEAD_BYTES, options.signal);
  const { document } = parseJson(head, { recordDepth: RECORD_DEPTH, maxNodes: MAX_NODES });
  if (document === null) return null;
  const kind = document.kind(0);
  if (kind !== 'object' && kind !== 'array') return null;
  if (detectShape(document) === 'redis-dump') return null;
  const source = new IndexedSource(indexed, document, options);
  try {
    await source.ready(options);
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

class IndexedSource implements Source, Growth {
  readonly location: string;
  readonly bytes: number;
  readonly #indexed: IndexedFile;
  readonly #head: JsonDocument;
  #shape: JsonShape;
  #catalog = new Catalog<Slice>(new KeyRing());
  #entries: readonly StateEntry[];
  /** The list of states, and how many of it are in the catalog. */
  #list: EntryList | null = null;
  #taken = 0;
  #taking: Promise<void> = Promise.resolve();
  /** Of the backup; known when the file has been gone through, if it stands behind the states. */
  #about: StateMetadata['fields'] = [];
  #keptOf: (raw: string) => KeptBeside | null = () => null;
  /** As it was when it was stopped. */
  #partial: OffsetIndex | null;
  /** All of it. */
  #index: OffsetIndex | null;
  #indexing: Indexing | null;
  #abort = new AbortController();
  #scanning: Promise<void> = Promise.resolve();
  readonly #listeners = new Set<(replaced: boolean) => void>();
  #closed = false;
  /** Why it could not be gone through to its end. */
  #failure: SourceError | null = null;

  constructor(indexed: IndexedFile, head: JsonDocument, { onProgress }: OpenOptions) {
    this.#indexed = indexed;
    this.#head = head;
    this.location = indexed.file.display;
    this.bytes = indexed.file.identity.size;
    this.#shape = detectShape(head);
    const kept = indexed.kept?.index ?? null;
    this.#index = kept?.complete === true ? kept : null;
    this.#partial = kept?.complete === false ? kept : null;
    this.#entries = this.#catalog.entries;
    this.#indexing = { status: 'stopped', done: 0, total: indexed.access.size };
    if (onProgress)
      this.onGrown(() => {
        const { done = 0, total = null } = this.#indexing ?? {};
        onProgress({ phase: 'indexing', done, total: total ?? 0, item: '.' });
      });
    if (this.#shape !== 'backup') this.#addWhole(head.start(0), indexed.access.size ?? this.bytes);
    this.goOn();
  }

  get format(): SourceFormat {
    return SHAPE_FORMATS[this.#shape];
  }

  get entries(): readonly StateEntry[] {
    return this.#entries;
  }

  get problems(): readonly Problem[] {
    return this.#catalog.problems;
  }

  get growth(): Growth {
    return this;
  }

  get indexing(): Indexing | null {
    return this.#indexing;
  }

  /** All of it, or with `growing` as soon as there is something to show. */
  async ready({ growing, signal }: OpenOptions): Promise<void> {
    if (growing !== true) return this.whole(signal);
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (this.#entries.length > 0 || this.#indexing?.status !== 'running') resolve();
      };
      this.onGrown(look);
      timer = setTimeout(resolve, FIRST_STATES_MS);
      signal?.addEventListener('abort', () => resolve(), { once: true });
      look();
    });
    clearTimeout(timer);
    if (signal?.aborted) throw cancelled(this.location);
    if (this.#failure !== null) throw this.#failure;
  }

  async whole(signal?: AbortSignal): Promise<void> {
    const stop = () => this.stop();
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    await this.#scanning;
    signal?.removeEventListener('abort', stop);
    if (this.#failure !== null) throw this.#failure;
    if (this.#indexing !== null) throw cancelled(this.location);
  }

  onGrown(listener: (replaced: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#abort.abort();
  }

  goOn(): void {
    if (this.#indexing === null || this.#closed) return;
    // Whoever asks twice would have a second pass behind the first, and could only stop that.
    if (this.#indexing.status === 'running' && !this.#abort.signal.aborted) return;
    this.#abort = new AbortController();
    this.#failure = null;
    this.#indexing = { ...this.#indexing, status: 'running' };
    const { signal } = this.#abort;
    this.#scanning = this.#scanning.then(() => this.#scan(signal));
  }

  async read(key: string, { signal }: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    await this.#endKnown(key, signal);
    const { content, entry } = this.#catalog.item(key);
    if (entry.bytes > MOST_READ_BYTES) throw tooLarge(key, this.location, entry.bytes);
    try {
      const { start, end } = this.#sliceOf(content);
      await this.#checkUnchanged(key);
      const bytes = await this.#indexed.access.read(start, end, signal);
      await this.#checkUnchanged(key);
      return { bytes, metadata: this.#metadataOf(key, bytes), problems: [] };
    } catch (error) {
      throw toSourceError(error, this.location, signal);
    }
  }

  get commonText(): CommonText {
    const placeOf = (key: string) => this.#sliceOf(this.#catalog.item(key).content);
    return { access: this.#indexed.access, placeOf };
  }

  async range(key: string): Promise<StateRange> {
    await this.#endKnown(key);
    const { content } = this.#catalog.item(key);
    await this.#checkUnchanged(key);
    const { start, end } = this.#sliceOf(content);
    return {
      access: new AccessSlice(this.#indexed.access, start, end),
      incomplete: content.incomplete,
      metadata: this.#metadataOf(key, null),
      problems: this.problems.filter((each) => each.key === key),
    };
  }

  keptPlace(key: string): string | null {
    return keptField(this.#metadataOf(key, null), 'location');
  }

  /** States are written by splicing into a text that is in memory. */
  writer(): NotWritableReason {
    return this.#shape === 'backup' ? 'part-of-file' : 'too-large';
  }

  async changed(): Promise<Changed> {
    return (await isUnchanged(this.#indexed.file)) ? new Set() : new Set(this.#entries.map(({ key }) => key));
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.stop();
    await this.#scanning;
    this.#listeners.clear();
    if (this.#index === null && this.#partial !== null) await this.#keep(this.#partial);
    await this.#indexed.access.close();
  }

  async #scan(signal: AbortSignal): Promise<void> {
    // The pass before this one may have come to its end all the same.
    if (this.#indexing === null) return;
    this.#indexing = { ...this.#indexing, status: 'running' };
    let told = 0;
    try {
      this.#index ??= await buildIndex(this.#indexed.access, {
        signal,
        resume: this.#partial ?? undefined,
        onProgress: (done, total) => {
          this.#indexing = { status: 'running', done, total };
          this.#tell(false);
        },
        onStates: ({ list, to }) => {
          if (list.level !== 'states' || this.#shape !== 'backup') return;
          this.#list ??= list;
          if (this.#list === list) told = to;
          this.#taking = this.#taking.then(() => this.#take(told, signal));
          // Whoever awaits it later is told; until then it is not unhandled.
          this.#taking.catch(() => undefined);
        },
        onStopped: (partial) => {
          this.#partial = partial;
        },
      });
      await this.#taking;
      await this.#finish(this.#index, signal);
      this.#indexing = null;
      await this.#keep(this.#index);
    } catch (error) {
      await this.#taking.catch(() => undefined);
      this.#taking = Promise.resolve();
      this.#indexing = { status: 'stopped', done: this.#indexing?.done ?? 0, total: this.#indexing?.total ?? null };
      if (!signal.aborted) this.#fail(error);
    }
    this.#tell(false);
  }

  /** For the next opening. It can be made again, so that nothing depends on it. */
  async #keep(index: OffsetIndex): Promise<void> {
    if (index !== this.#indexed.kept?.index) await this.#indexed.keep?.(index).catch(() => undefined);
  }

  /** The rest cannot be read: what was found stays. */
  #fail(error: unknown): void {
    this.#failure = toSourceError(error, this.location);
    const { message } = this.#failure;
    this.#catalog.problems.push(problem({ location: '.', code: 'unreadable', message }));
  }

  #tell(replaced: boolean): void {
    for (const listener of this.#listeners) listener(replaced);
  }

  /** Lists the states that were found up to number `to`. */
  async #take(to: number, signal: AbortSignal): Promise<void> {
    const list = this.#list;
    if (list === null) return;
    const { access } = this.#indexed;
    while (this.#taken < to) {
      const from = this.#taken;
      const count = Math.min(BATCH, to - from);
      const [entries, keys] = await Promise.all([
        entriesOf(access, list, from, count, signal),
        keysOf(access, list, from, count, signal),
      ]);
      const facts = from < MOST_HEADS ? await headFacts(access, entries, signal) : [];
      for (const [at, entry] of entries.entries()) this.#add(entry, keys[at] ?? '', facts[at] ?? NO_FACTS, []);
      this.#taken = from + count;
    }
    this.#tell(false);
  }

  #add(
    { start, end }: IndexEntry,
    raw: string,
    facts: ReturnType<typeof factsIn>,
    problems: readonly Problem[],
    incomplete = false,
  ): void {
    const { file } = this.#indexed;
    const { kind, id } = splitKey(raw);
    const key = this.#catalog.add(
      {
        kind,
        id,
        status: facts.status,
        bytes: end - start,
        location: file.location,
        aliases: [raw],
        metadata: {
          file: file.display,
          table: null,
          createdAt: null,
          updatedAt: facts.timestamp,
          type: facts.type,
          version: facts.version,
          fields: facts.fields,
        },
        content: { whole: false, start, end, incomplete },
      },
      problems,
    );
    if (key !== `${kind}:${id}`) this.#catalog.problems.push(duplicate(file.location, raw, key, start));
  }

  /** The file is one state. */
  #addWhole(start: number, end: number, problems: readonly Problem[] = [], incomplete = false): void {
    const { file, name } = this.#indexed;
    const loaded = { file, bytes: this.#head.bytes, document: this.#head, problems };
    const catalog = this.#catalog;
    readWhole(
      this.#shape,
      {
        problems: catalog.problems,
        add: (draft, about) =>
          catalog.add({ ...draft, bytes: end - start, content: { whole: true, start, end, incomplete } }, about),
      },
      loaded,
      fileName(name),
    );
  }

  /** All of the file has been gone through: what it is, and what is wrong with it, is certain now. */
  async #finish(index: OffsetIndex, signal: AbortSignal): Promise<void> {
    const metadata = await this.#backupMetadata(index, signal);
    const isBackup = await this.#isBackup(index, metadata, signal);
    const shape = isBackup ? 'backup' : this.#shape === 'backup' ? besideBackup(this.#head) : this.#shape;
    if (this.#shape === 'backup') this.#list ??= index.states;
    const replaced = shape !== this.#shape || (isBackup && index.states !== this.#list);
    this.#shape = shape;
    const issue = index.fault && jsonProblem({ ...index.fault, severity: 'error' }, '.');
    if (isBackup) {
      if (replaced) this.#startAnew(index.states);
      await this.#take(index.states?.count ?? 0, signal);
      const unfinished = index.fault?.unfinished;
      const isState = issue !== null && unfinished?.level === 'states' && unfinished.key !== null;
      if (isState && unfinished.entry.end > unfinished.entry.start) {
        const [facts = NO_FACTS] = await headFacts(this.#indexed.access, [unfinished.entry], signal);
        const inside = issue.code === 'truncated' ? await this.#faultInside(unfinished.entry, signal) : null;
        this.#add(unfinished.entry, unfinished.key ?? '', facts, [inside ?? issue], true);
      } else if (issue !== null) this.#catalog.problems.push(issue);
      this.#tellAbout(metadata);
    } else {
      // It begins and ends where that could not be known before.
      this.#startAnew(null);
      const { start, end } = index.root ?? { start: this.#head.start(0), end: index.scanned };
      const incomplete = issue !== null && issue.code !== 'trailing-garbage';
      this.#addWhole(start, end, issue === null ? [] : [issue], incomplete);
    }
    const damage = this.#indexed.damage?.() ?? null;
    if (damage !== null) this.#catalog.problems.unshift(damage);
    if (!(await isUnchanged(this.#indexed.file))) this.#catalog.problems.push(changedWhileRead('.'));
    this.#entries = withClearAliases(this.#catalog.entries);
    if (replaced) this.#tell(true);
  }

  /** A quote too few or too many looks like a text that was cut off: all that follows is inside of the state. Null for one that was. */
  async #faultInside({ start, end }: IndexEntry, signal: AbortSignal): Promise<Problem | null> {
    const bytes = await this.#indexed.access.read(start, Math.min(end, start + MOST_LOOKED_THROUGH), signal);
    const fault = parseJson(bytes, { recordDepth: 0 }).issues.find(({ code }) => code === 'syntax');
    return fault === undefined ? null : jsonProblem({ ...fault, offset: start + fault.offset }, '.');
  }

  #startAnew(list: EntryList | null): void {
    this.#catalog = new Catalog<Slice>(new KeyRing());
    this.#entries = this.#catalog.entries;
    this.#list = list;
    this.#taken = 0;
  }

  /** What stands under `metadata`, as a document of its own with `base`, its offset in the file. */
  async #backupMetadata(index: OffsetIndex, signal: AbortSignal): Promise<Metadata | null> {
    const entry = await this.#topMember(index, 'metadata', signal);
    if (entry?.kind !== 'object' || entry.end - entry.start > MOST_METADATA_BYTES) return null;
    const value = await this.#indexed.access.read(entry.start, entry.end, signal);
    const { document } = parseJson(Buffer.concat([METADATA_OPENS, value, METADATA_CLOSES]), { recordDepth: 3 });
    return document && { document, base: entry.start - METADATA_OPENS.length };
  }

  /** As detect.ts has it for a text that is read whole. */
  async #isBackup(index: OffsetIndex, metadata: Metadata | null, signal: AbortSignal): Promise<boolean> {
    if (index.root?.kind !== 'object') return false;
    const cut = index.fault !== null && index.fault.code !== 'trailing-garbage';
    const states = await this.#topMember(index, 'states', signal);
    const found = states === null ? index.states !== null : states.kind === 'object';
    if (metadata === null) return found && cut && !(await this.#topMember(index, 'metadata', signal));
    const node = metadata.document.member(0, 'metadata') ?? 0;
    const members = index.top.count + (index.fault?.unfinished?.level === 'states' ? 1 : 0);
    return found && (members === 2 || hasBackupMetadata(metadata.document, node));
  }

  /** The last one of that name; one that was cut off is not among them. */
  async #topMember(index: OffsetIndex, name: string, signal: AbortSignal): Promise<IndexEntry | null> {
    const { top } = index;
    if (top.kind !== 'object') return null;
    const { access } = this.#indexed;
    for (let end = top.count; end > 0; end -= Math.min(end, BATCH)) {
      const from = Math.max(0, end - BATCH);
      const at = (await keysOf(access, top, from, end - from, signal)).lastIndexOf(name);
      if (at >= 0) return (await entriesOf(access, top, from + at, 1, signal))[0] ?? null;
    }
    return null;
  }

  #tellAbout(metadata: Metadata | null): void {
    if (metadata === null) return;
    const { document, base } = metadata;
    this.#about = backupFields(document);
    this.#keptOf = keptBeside(document);
    for (const each of wrongTotal(document, '.', this.#catalog.entries.length))
      this.#catalog.problems.push({ ...each, offset: each.offset === null ? null : each.offset + base });
  }

  #metadataOf(key: string, bytes: Uint8Array | null): StateMetadata {
    const { metadata, content, entry } = this.#catalog.item(key);
    if (content.whole) return metadata;
    const facts = bytes === null || bytes.length > SMALL_STATE_BYTES ? null : factsIn(bytes);
    const { type, version, fields, updatedAt } = metadata;
    const own = {
      ...metadata,
      type: facts?.type ?? type,
      version: facts?.version ?? version,
      updatedAt: facts?.timestamp ?? updatedAt,
      fields: [...(facts?.fields ?? fields), ...this.#about],
    };
    return withKept(own, this.#keptOf(entry.aliases[0] ?? key));
  }

  /** Where a packed file that is one state ends shows when it has been gone through. */
  async #endKnown(key: string, signal?: AbortSignal): Promise<void> {
    if (this.#indexing !== null && this.#catalog.item(key).content.whole && this.#indexed.access.size === null)
      await this.#scanning;
    if (signal?.aborted) throw cancelled(this.location);
  }

  #sliceOf({ start, end }: Slice): { start: number; end: number } {
    return { start, end: Math.min(end, this.#indexed.access.size ?? end) };
  }

  async #checkUnchanged(key: string): Promise<void> {
    if (await isUnchanged(this.#indexed.file)) return;
    const message = `${this.location} has changed since it was opened, so that ${key} can no longer be found in it. Reload the source.`;
    throw new SourceError('unreadable', message, { key, location: this.location });
  }
}

interface Metadata {
  readonly document: JsonDocument;
  readonly base: number;
}

const METADATA_OPENS = Buffer.from('{"metadata":');
const METADATA_CLOSES = Buffer.from('}');

/** A dump of Redis of this size is shown as it is written. */
function besideBackup(head: JsonDocument): JsonShape {
  const shape = shapeBesideBackup(head);
  return shape === 'redis-dump' ? 'json' : shape;
}

export function tooLarge(key: string, location: string, bytes: number): SourceError {
  const megabytes = Math.ceil(bytes / 1e6);
  const limit = Math.floor(MOST_READ_BYTES / 1e6);
  const message = `${key} in ${location} has ${megabytes} MB, and this needs a state of at most ${limit} MB. Look at it in the tree, or get a part of it with: statescope get SOURCE KEY PATH`;
  return new SourceError('state-too-large', message, { key, location, megabytes, limit });
}
