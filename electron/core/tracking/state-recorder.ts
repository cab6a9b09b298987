/**
 * Turns what is told of states into commits. Either a whole text comes, and is compared with the text before, or single values
 * come, which are the changes themselves.
 */
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { VersionVector } from '../../../shared/clock/version-vector.ts';
import { byteDelta } from '../../../shared/diff/delta.ts';
import { diffDocuments } from '../../../shared/diff/diff.ts';
import type { DiffOperation } from '../../../shared/diff/operation.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { type JsonPath, toDot } from '../../../shared/json/path.ts';
import type { Journal } from './journal.ts';
import type { ChangeType, CommitContent, JournalChange, JournalCommit, MarkInput } from './journal-types.ts';
import type { JournalWriter } from './journal-writer.ts';
import { jsonText, LONGEST_PATH, StateOverlay, wholeJson } from './state-overlay.ts';

export interface RecordOptions {
  /** Who changed it: `watch`, `probe:planner`, `module`. */
  readonly origin: string;
  /** Microseconds; the clock's when absent. */
  readonly time?: number | undefined;
  /** `external` when absent. A first sight is `created` whatever is said here. */
  readonly type?: ChangeType | undefined;
  /** What the state has seen of other writers. */
  readonly vector?: VersionVector | undefined;
  readonly mark?: MarkInput | undefined;
}

export interface ValueChange {
  readonly path: JsonPath;
  /** JSON text; null takes the value away. */
  readonly value: string | null;
}

/** What was recorded. */
export interface Commit {
  /** Of the first change. Counted by the recorder itself where there is no journal. */
  readonly seq: number;
  readonly key: string;
  readonly time: number;
  readonly type: ChangeType;
  readonly origin: string;
  readonly changes: readonly JournalChange[];
  /** There were more changes than are listed. */
  readonly more: boolean;
  /** The state after it, parsed; null after a removal. Costs time after changes of single values; ask only if it is needed. */
  readonly document: () => JsonDocument | null;
}

export type RecordResult =
  | { readonly result: 'recorded'; readonly commit: Commit }
  | { readonly result: 'unchanged' }
  /** The text, or one of the values, is no whole JSON text. A file is being written: wait and read it again. */
  | { readonly result: 'not-json' };

export interface RecorderOptions {
  readonly writer: JournalWriter | null;
  readonly journal: Journal | null;
  /** Milliseconds. */
  readonly now: () => number;
  /** Bytes of texts that are kept to compare with; others are read from the journal. Default 64 MiB. */
  readonly keptBytes?: number;
}

interface Kept {
  document: JsonDocument;
  /** Set while single values come. */
  overlay: StateOverlay | null;
  /** Commits, and bytes of what they changed, since the last keyframe. */
  since: number;
  grown: number;
}

const MICROS = 1000;
const KEPT_BYTES = 64 * 1024 * 1024;
/** Changes of one commit that are listed; the state itself is always kept whole. */
const MOST_CHANGES = 1000;
/** Opening a state goes through all commits since its keyframe; single values are put in quicker than deltas are applied. */
const MOST_DELTAS = 100;
const MOST_PATCHES = 400;
const LEAST_SINCE_KEYFRAME = 128;
/** A keyframe is deflated to about a third, and may cost as much as what came since the one before. */
const KEYFRAME_SHARE = 3;
/** What the parsed form of a text takes, as a multiple of the text, about. */
const PARSED_FACTOR = 3;

export class StateRecorder {
  readonly #journal: Journal | null;
  readonly #writer: JournalWriter | null;
  readonly #now: () => number;
  readonly #kept: Pick<Map<string, Kept>, 'get' | 'delete'> & { set(key: string, kept: Kept): unknown };
  /** Keys that may be on their way into the journal. */
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<(commit: Commit) => void>();
  #seq = 0;

  constructor({ journal, writer, now, keptBytes = KEPT_BYTES }: RecorderOptions) {
    this.#journal = journal;
    this.#writer = writer;
    this.#now = now;
    // Without a journal there is nowhere to read an evicted text from.
    this.#kept = journal === null ? new Map() : new LRUCache({ maxSize: keptBytes, sizeCalculation: sizeOf });
  }

  /** Called after each commit, in order. Returns what ends it. */
  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A state as it was recorded last, parsed; null where there is none. */
  lastDocument(key: string): JsonDocument | null {
    const kept = this.#load(key);
    return kept === null ? null : settled(kept);
  }

  /** Its text. */
  lastText(key: string): Uint8Array | null {
    return this.lastDocument(key)?.bytes ?? null;
  }

  /** A whole text. @throws SourceError when the journal takes no more. */
  recordState(key: string, text: Uint8Array, options: RecordOptions): RecordResult {
    const kept = this.#load(key);
    const before = kept === null ? null : settled(kept);
    const isSame = before !== null && Buffer.compare(before.bytes, text) === 0;
    if (isSame && options.mark === undefined) return { result: 'unchanged' };
    const after = isSame ? before : wholeJson(text.slice());
    if (after === null) return { result: 'not-json' };
    if (kept === null || before === null) return this.#create(key, after, options);
    const { operations, more } = diffDocuments(before, after, { limit: MOST_CHANGES });
    const changes = operations.map((operation) => changeOf(operation, before, after));
    const delta = byteDelta(before.bytes, after.bytes);
    const content = this.#contentOf(kept, { form: 'delta', delta }, after, delta.length);
    kept.document = after;
    return this.#commit(key, options, kept, { content, changes, more: more > 0, revision: revisionOf(after) });
  }

  /** Single values. A state that was never seen begins as `{}`. @throws SourceError; RangeError for a path of more than 500 segments. */
  recordChanges(key: string, changes: readonly ValueChange[], options: RecordOptions): RecordResult {
    const values = changes.map(({ value }) => (value === null ? null : jsonText(value)));
    if (values.some((value, at) => value === null && changes[at]?.value !== null)) return { result: 'not-json' };
    if (changes.some(({ path }) => path.length > LONGEST_PATH)) {
      throw new RangeError(`a path of ${key} has more than ${LONGEST_PATH} segments`);
    }
    const known = this.#load(key);
    const kept = known ?? { document: emptyState(), overlay: null, since: 0, grown: 0 };
    kept.overlay ??= new StateOverlay(kept.document);
    const made: JournalChange[] = [];
    let grown = 0;
    for (const [at, { path }] of changes.entries()) {
      const value = values[at] ?? null;
      const old = kept.overlay.get(path);
      if (old === value) continue;
      kept.overlay.set(path, value);
      made.push({ path, kind: old === null ? 'added' : value === null ? 'removed' : 'changed', old, new: value });
      grown += (old?.length ?? 0) + (value?.length ?? 0);
    }
    if (known === null) return this.#create(key, settled(kept), options);
    if (made.length === 0 && options.mark === undefined) return { result: 'unchanged' };
    const content = this.#contentOf(kept, { form: 'patch' }, null, grown);
    return this.#commit(key, options, kept, { content, changes: made });
  }

  /** The state is gone. `unchanged` when there was none. */
  recordRemoved(key: string, options: RecordOptions): RecordResult {
    const kept = this.#load(key);
    if (kept === null) return { result: 'unchanged' };
    const old = textOf(settled(kept));
    this.#kept.delete(key);
    const changes = [{ path: [], kind: 'removed', old, new: null }] as const;
    return this.#commit(key, { ...options, type: 'removed' }, null, { content: { form: 'removed' }, changes });
  }

  #create(key: string, document: JsonDocument, options: RecordOptions): RecordResult {
    const kept = { document, overlay: null, since: 0, grown: 0 };
    const changes = [{ path: [], kind: 'added', old: null, new: textOf(document) }] as const;
    const content = { form: 'keyframe', text: document.bytes } as const;
    return this.#commit(key, { ...options, type: 'created' }, kept, {
      content,
      changes,
      revision: revisionOf(document),
    });
  }

  /** The content itself, or a keyframe when it is time for one. */
  #contentOf(kept: Kept, content: CommitContent, after: JsonDocument | null, grown: number): CommitContent {
    kept.since += 1;
    kept.grown += grown;
    const isDue =
      kept.since >= (content.form === 'patch' ? MOST_PATCHES : MOST_DELTAS) ||
      (kept.since >= LEAST_SINCE_KEYFRAME && kept.grown * KEYFRAME_SHARE >= kept.document.bytes.length);
    if (!isDue) return content;
    kept.since = 0;
    kept.grown = 0;
    return { form: 'keyframe', text: (after ?? settled(kept)).bytes };
  }

  #commit(
    key: string,
    options: RecordOptions,
    kept: Kept | null,
    what: Pick<JournalCommit, 'content' | 'changes' | 'more' | 'revision'>,
  ): RecordResult {
    const { origin, vector, mark } = options;
    const time = options.time ?? this.#now() * MICROS;
    const type = options.type ?? 'external';
    let seq = this.#seq + 1;
    try {
      if (this.#writer !== null) seq = this.#writer.add({ key, time, type, origin, vector, mark, ...what });
    } catch (error) {
      // What is kept no longer stands for what is recorded.
      this.#kept.delete(key);
      throw error;
    }
    this.#seen.add(key);
    this.#seq = seq + Math.max(1, what.changes.length) - 1;
    // Its size counts anew only with another text; single values wait in the overlay.
    if (kept !== null && (kept.overlay === null || this.#kept.get(key) !== kept)) this.#kept.set(key, kept);
    const document = () => (kept === null ? null : settled(kept));
    const commit = { seq, key, time, type, origin, changes: what.changes, more: what.more ?? false, document };
    for (const listener of this.#listeners) listener(commit);
    return { result: 'recorded', commit };
  }

  #load(key: string): Kept | null {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#journal === null || this.#writer === null) return null;
    if (!this.#seen.has(key) && this.#journal.keyId(key) === undefined) return null;
    this.#writer.flush();
    const text = this.#journal.stateAt(key, { seq: this.#journal.lastSeq });
    const document = text === null ? null : wholeJson(text);
    return document === null ? null : { document, overlay: null, since: this.#journal.sinceKeyframe(key), grown: 0 };
  }
}

/** With the values that came since put into its text. */
function settled(kept: Kept): JsonDocument {
  if (kept.overlay !== null) {
    const document = wholeJson(kept.overlay.print());
    if (document === null) throw new TypeError('a state made of JSON values is no JSON');
    kept.document = document;
    kept.overlay = null;
  }
  return kept.document;
}

function sizeOf({ document }: Kept): number {
  return document.bytes.length * PARSED_FACTOR + 1000;
}

function emptyState(): JsonDocument {
  const document = wholeJson(encodeUtf8('{}'));
  if (document === null) throw new TypeError('{} is no JSON');
  return document;
}

function textOf(document: JsonDocument): string {
  return document.rawText(0);
}

function revisionOf(document: JsonDocument): Uint8Array {
  return hash('sha256', document.bytes, 'buffer');
}

/** Of a moved value, `old` and `new` are the paths, as JSON strings. */
function changeOf(
  { kind, path, from, beforeNode, afterNode }: DiffOperation,
  before: JsonDocument,
  after: JsonDocument,
): JournalChange {
  if (kind === 'moved') return { path, kind, old: JSON.stringify(toDot(from ?? [])), new: JSON.stringify(toDot(path)) };
  const old = beforeNode === null ? null : before.rawText(beforeNode);
  const next = afterNode === null ? null : after.rawText(afterNode);
  return { path, kind, old, new: next };
}
