/** Writing commits into a journal, a batch in one transaction. */
import type { Database, Statement } from 'better-sqlite3';
import { vectorText } from '../../../shared/clock/version-vector.ts';
import { encodeUtf8, textPrefix } from '../../../shared/json/json-string.ts';
import { toDot } from '../../../shared/json/path.ts';
import { Contents, DEFLATE_COMPARED_FROM, LARGE_BYTES, packDelta } from './contents.ts';
import { Dictionary } from './dictionary.ts';
import { FORM } from './journal-form.ts';
import type { JournalStates } from './journal-states.ts';
import {
  CHANGE_KINDS,
  CHANGE_TYPES,
  type ChangeKind,
  type ChangeType,
  type JournalChange,
  type JournalCommit,
  SHORT_CHARS,
  slotsOf,
} from './journal-types.ts';
import { rebased } from './keyframe-delta.ts';

/** Changes of a block; a journal of a million changes has about a thousand. */
const BLOCK_CHANGES = 1000;
/** About what a change and a commit cost with their index entries. */
const CHANGE_BYTES = 70;
const MICROS_PER_SECOND = 1_000_000;
const LONE_SURROGATE = /\p{Surrogate}/u;

interface Block {
  readonly first: number;
  last: number;
  minTime: number;
  maxTime: number;
  commits: number;
  changes: number;
  bytes: number;
}

type Value = string | number | Uint8Array | null;

export class Appender {
  readonly keys: Dictionary;
  readonly #contents: Contents;
  readonly #states: JournalStates;
  readonly #paths: Dictionary;
  readonly #origins: Dictionary;
  readonly #commit: Statement<Value[]>;
  readonly #change: Statement<Value[]>;
  readonly #vector: Statement<[number, number, string]>;
  readonly #block: Statement<number[]>;
  readonly #second: Statement<[number, number]>;
  readonly #mark: Statement<Value[]>;
  readonly #types = new Map<ChangeType, number>(CHANGE_TYPES.map((type, index) => [type, index]));
  readonly #kinds = new Map<ChangeKind, number>(CHANGE_KINDS.map((kind, index) => [kind, index]));
  #open: Block | null = null;

  constructor(database: Database, states: JournalStates) {
    this.#contents = new Contents(database);
    this.#states = states;
    this.keys = new Dictionary(database, 'keys', ['key']);
    this.#paths = new Dictionary(database, 'paths', ['path', 'segments']);
    this.#origins = new Dictionary(database, 'origins', ['origin']);
    this.#commit = database.prepare('INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#change = database.prepare('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#vector = database.prepare('INSERT INTO vectors VALUES (?, ?, ?)');
    this.#block = database.prepare('INSERT OR REPLACE INTO blocks VALUES (?, ?, ?, ?, ?, ?, ?)');
    this.#second = database.prepare(
      'INSERT INTO activity VALUES (?, ?) ON CONFLICT (second) DO UPDATE SET changes = changes + excluded.changes',
    );
    this.#mark = database.prepare('INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?)');
  }

  /** Within a transaction of the caller's. Returns the last sequence given. */
  append(commits: readonly JournalCommit[], first: number): number {
    let seq = first;
    let second = 0;
    let inSecond = 0;
    for (const commit of commits) {
      const slots = slotsOf(commit);
      this.#count(seq, slots, commit, this.#write(commit, seq));
      seq += slots;
      // Times come in order, or nearly so.
      const at = Math.floor(commit.time / MICROS_PER_SECOND);
      if (at !== second && inSecond > 0) this.#second.run(second, inSecond);
      inSecond = (at === second ? inSecond : 0) + commit.changes.length;
      second = at;
    }
    if (inSecond > 0) this.#second.run(second, inSecond);
    const block = this.#open;
    if (block !== null) this.#writeBlock(block);
    return seq - 1;
  }

  /** After a transaction that was undone, or a retention that removed what is remembered here. */
  forget(): void {
    this.#open = null;
    this.#contents.forget();
    this.keys.forget();
    this.#paths.forget();
    this.#origins.forget();
  }

  /** Bytes that the journal grew by, about. */
  #write(commit: JournalCommit, seq: number): number {
    const key = this.keys.idOf(commit.key);
    const type = this.#types.get(commit.type) ?? 0;
    const origin = this.#origins.idOf(commit.origin);
    const isPatch = commit.content.form === 'patch';
    const deflateFrom = isPatch ? LARGE_BYTES : DEFLATE_COMPARED_FROM;
    let grown = isPatch && commit.changes.length > 0 ? 0 : this.#writeCommit(commit, seq, key, type, origin);
    let at = seq;
    for (const change of commit.changes) {
      const path = toDot(change.path);
      const pathId = this.#paths.idOf(path, () => JSON.stringify(change.path));
      const old = this.#value(change.old, deflateFrom);
      const next = this.#value(change.new, deflateFrom);
      const kind = this.#kinds.get(change.kind) ?? 0;
      this.#change.run(
        at++,
        seq,
        commit.time,
        key,
        pathId,
        type,
        origin,
        kind,
        old.short,
        next.short,
        old.content,
        next.content,
      );
      grown += CHANGE_BYTES + old.grown + next.grown;
    }
    if (commit.vector !== undefined) this.#vector.run(key, seq, vectorText(commit.vector));
    if (commit.mark !== undefined) {
      const { kind, name, id } = commit.mark;
      this.#mark.run(seq, kind, commit.time, commit.key, name, id);
    }
    return grown;
  }

  #writeCommit(commit: JournalCommit, seq: number, key: number, type: number, origin: number): number {
    const { content } = commit;
    let keyframe: number | null = null;
    let delta: Uint8Array | null = null;
    let grown = CHANGE_BYTES;
    let form: number = content.form === 'patch' ? FORM.bare : FORM[content.form];
    const overLast =
      content.form === 'keyframe' ? rebased(() => this.#states.keyframeBefore(key, seq), content.text) : null;
    if (overLast !== null) {
      form = FORM.rebased;
      delta = overLast;
      grown += delta.length;
    } else if (content.form === 'keyframe') {
      const stored = this.#contents.put(content.text, DEFLATE_COMPARED_FROM);
      keyframe = stored.id;
      grown += stored.grown;
    } else if (content.form === 'delta') {
      delta = packDelta(content.delta, newValues(commit.changes));
      grown += delta.length;
    }
    const more = commit.more === true ? 1 : 0;
    this.#commit.run(
      seq,
      key,
      commit.time,
      type,
      origin,
      form,
      keyframe,
      delta,
      commit.revision ?? null,
      commit.changes.length,
      more,
    );
    return grown;
  }

  #value(text: string | null, deflateFrom: number): { short: string | null; content: number | null; grown: number } {
    if (text === null) return { short: null, content: null, grown: 0 };
    // SQLite would turn a lone surrogate into another character.
    if (text.length <= SHORT_CHARS && !LONE_SURROGATE.test(text))
      return { short: text, content: null, grown: text.length };
    const { id, grown } = this.#contents.putText(text, deflateFrom);
    const short = textPrefix(text, SHORT_CHARS).text;
    return { short, content: id, grown: short.length + grown };
  }

  #count(first: number, slots: number, { time, changes }: JournalCommit, bytes: number): void {
    const block = this.#open;
    if (block === null || block.changes >= BLOCK_CHANGES) {
      if (block !== null) this.#writeBlock(block);
      this.#open = {
        first,
        last: first + slots - 1,
        minTime: time,
        maxTime: time,
        commits: 1,
        changes: changes.length,
        bytes,
      };
      return;
    }
    block.last = first + slots - 1;
    block.minTime = Math.min(block.minTime, time);
    block.maxTime = Math.max(block.maxTime, time);
    block.commits += 1;
    block.changes += changes.length;
    block.bytes += bytes;
  }

  #writeBlock({ first, last, minTime, maxTime, commits, changes, bytes }: Block): void {
    this.#block.run(first, last, minTime, maxTime, commits, changes, bytes);
  }
}

/** What a delta's bytes are likely to hold. */
function newValues(changes: readonly JournalChange[]): Uint8Array[] {
  return changes.flatMap(({ new: next }) => (next === null ? [] : [encodeUtf8(next)]));
}
