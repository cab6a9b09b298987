/** States out of a journal, byte for byte as they were recorded. */
import { hash } from 'node:crypto';
import type { Database, Statement } from 'better-sqlite3';
import { decodeUtf8, encodeUtf8 } from '../../../shared/json/json-string.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { Contents, unpackDelta, unpacked } from './contents.ts';
import { DamagedJournal } from './damaged-journal.ts';
import { DeltaChain } from './delta-chain.ts';
import { BEGINNINGS, FORM } from './journal-form.ts';
import { type LastKeyframe, unpackedKeyframe } from './keyframe-delta.ts';
import { StateOverlay, wholeJson } from './state-overlay.ts';

interface StartRow {
  readonly seq: number;
  readonly form: number;
  readonly content: number | null;
  readonly delta: Uint8Array | null;
  readonly revision: Uint8Array | null;
}

interface CommitRow extends StartRow {
  /** How many. */
  readonly changes: number;
}

interface PatchRow {
  readonly seq: number;
  readonly commit_seq: number;
  readonly segments: string;
  readonly new: string | null;
  readonly new_content: number | null;
}

/** The state after a commit; null after its removal. */
export interface StateStep {
  readonly seq: number;
  readonly text: () => Uint8Array | null;
}

export class JournalStates {
  readonly #contents: Contents;
  readonly #start: Statement<[number, number], StartRow>;
  readonly #base: Statement<[number, number], { seq: number; content: number }>;
  readonly #commits: Statement<[number, number, number], CommitRow>;
  readonly #patches: Statement<[number, number, number], PatchRow>;
  readonly #values: Statement<[number, number], { new: string | null; new_content: number | null }>;
  readonly #commitOf: Statement<[number], { commit_seq: number }>;
  readonly #since: Statement<number[], { count: number }>;

  constructor(database: Database) {
    this.#contents = new Contents(database);
    this.#start = database.prepare(
      `SELECT seq, form, content, delta, revision FROM commits
       WHERE key = ? AND seq <= ? AND form IN ${BEGINNINGS} ORDER BY seq DESC LIMIT 1`,
    );
    this.#base = database.prepare('SELECT seq, content FROM bases WHERE key = ? AND seq <= ?');
    this.#commits = database.prepare(
      'SELECT seq, form, content, delta, revision, changes FROM commits WHERE key = ? AND seq > ? AND seq <= ? ORDER BY seq',
    );
    this.#patches = database.prepare(
      `SELECT c.seq, c.commit_seq, p.segments, c.new, c.new_content FROM changes c JOIN paths p ON p.id = c.path
       WHERE c.key = ? AND c.seq > ? AND c.seq <= ?
         AND NOT EXISTS (SELECT 1 FROM commits WHERE commits.seq = c.commit_seq) ORDER BY c.seq`,
    );
    this.#values = database.prepare(
      'SELECT new, new_content FROM changes WHERE seq >= ? AND seq < ? AND new IS NOT NULL ORDER BY seq',
    );
    this.#since = database.prepare(
      `SELECT (SELECT count(*) FROM commits WHERE key = ? AND seq > ?) + (SELECT count(*) FROM changes WHERE key = ? AND seq > ?) AS count`,
    );
    this.#commitOf = database.prepare('SELECT commit_seq FROM changes WHERE seq = ?');
  }

  /** After the commit that the sequence belongs to. Null when there was no state, or none that is still remembered. */
  at(key: number, seq: number): Uint8Array | null {
    let last: StateStep | undefined;
    for (const step of this.#steps(key, seq, this.#startOf(key, seq))) last = step;
    return last?.text() ?? null;
  }

  /** After every commit of the key that is still remembered, in order. A text must be taken before the next step. */
  *all(key: number, to: number): Generator<StateStep> {
    const base = this.#base.get(key, to);
    yield* this.#steps(key, to, base && keyframeOf(base));
  }

  /** Commits of a key, about, that opening its last state goes through. */
  sinceKeyframe(key: number): number {
    const from = this.#startOf(key, Number.MAX_SAFE_INTEGER)?.seq ?? 0;
    return this.#since.get(key, from, key, from)?.count ?? 0;
  }

  #startOf(key: number, seq: number) {
    const base = this.#base.get(key, seq);
    return this.#start.get(key, seq) ?? (base && keyframeOf(base));
  }

  /** The last keyframe of a key before a sequence. Null when there is none among its commits, or it was removed since. */
  keyframeBefore(key: number, seq: number): LastKeyframe | null {
    const last = this.#start.get(key, seq - 1);
    if (last === undefined || last.form === FORM.removed) return null;
    const { chain, depth, wholeBytes } = this.#rebuilt(key, last);
    return { text: chain.text(), depth, wholeBytes };
  }

  #rebuilt(key: number, { seq, form, content, delta }: StartRow) {
    if (form === FORM.keyframe && content !== null) {
      const stored = this.#contents.stored(content);
      return { chain: new DeltaChain(unpacked(stored)), depth: 0, wholeBytes: stored.data.length };
    }
    const before = this.#start.get(key, seq - 1);
    if (delta === null || before === undefined) throw new DamagedJournal(`keyframe ${seq} has none before it`);
    const rebuilt: { chain: DeltaChain; depth: number; wholeBytes: number } = this.#rebuilt(key, before);
    rebuilt.chain.apply(unpackedKeyframe(delta));
    return { ...rebuilt, depth: rebuilt.depth + 1 };
  }

  /** At a keyframe, or a removal. */
  #begin(state: Replay, key: number, start: StartRow): void {
    if (start.form === FORM.removed) state.replace(null, null);
    else state.replace(this.#rebuilt(key, start).chain, start.form === FORM.rebased ? start.revision : null);
  }

  *#steps(key: number, to: number, start: StartRow | undefined): Generator<StateStep> {
    const state = new Replay();
    if (start !== undefined) this.#begin(state, key, start);
    if (start !== undefined) yield { seq: start.seq, text: () => state.text() };
    const from = start?.seq ?? -1;
    const end = this.#endOfCommit(to);
    const commits = this.#commits.all(key, from, to);
    let next = 0;
    const patches = this.#patches.all(key, from, end);
    for (let at = 0; at < patches.length || next < commits.length; ) {
      const patch = patches[at];
      const commit = commits[next];
      if (commit !== undefined && (patch === undefined || commit.seq < patch.commit_seq)) {
        next += 1;
        this.#apply(state, key, commit);
        yield { seq: commit.seq, text: () => state.text() };
      } else if (patch !== undefined) {
        for (; patches[at]?.commit_seq === patch.commit_seq; at++) this.#patch(state, patches[at]);
        yield { seq: patch.commit_seq, text: () => state.text() };
      }
    }
  }

  #apply(state: Replay, key: number, commit: CommitRow): void {
    const { seq, form, delta, revision, changes } = commit;
    if (form === FORM.keyframe || form === FORM.removed || form === FORM.rebased) {
      this.#begin(state, key, commit);
    } else if (form === FORM.delta && delta !== null)
      state.delta(
        unpackDelta(delta, () => this.#valuesOf(seq, changes)),
        revision,
      );
  }

  #patch(state: Replay, row: PatchRow | undefined): void {
    if (row === undefined) return;
    const { new: short, new_content: content } = row;
    const value = content === null ? short : decodeUtf8(this.#contents.get(content));
    state.patch(JSON.parse(row.segments) as JsonPath, value);
  }

  #valuesOf(seq: number, changes: number): Uint8Array[] {
    return this.#values.all(seq, seq + changes).map((row) => this.#bytesOf(row.new ?? '', row.new_content));
  }

  #bytesOf(short: string, content: number | null): Uint8Array {
    return content === null ? encodeUtf8(short) : this.#contents.get(content);
  }

  /** The last sequence of the commit that a sequence belongs to. */
  #endOfCommit(seq: number): number {
    const commit = this.#commitOf.get(seq)?.commit_seq;
    if (commit === undefined) return seq;
    let end = seq;
    while (this.#commitOf.get(end + 1)?.commit_seq === commit) end += 1;
    return end;
  }
}

/** A state that goes through its commits: as parts of texts while texts come, taken apart while single values do. */
class Replay {
  #chain: DeltaChain | null = null;
  #overlay: StateOverlay | null = null;
  /** What the text has to hash to, where that is known. */
  #revision: Uint8Array | null = null;

  /** @throws DamagedJournal for a text that is not what was recorded. */
  text(): Uint8Array | null {
    if (this.#overlay !== null) return this.#overlay.print();
    const text = this.#chain?.text() ?? null;
    return text === null ? null : verified(text, this.#revision);
  }

  replace(chain: DeltaChain | null, revision: Uint8Array | null): void {
    this.#chain = chain;
    this.#overlay = null;
    this.#revision = revision;
  }

  delta(delta: Uint8Array, revision: Uint8Array | null): void {
    if (this.#overlay !== null) this.replace(new DeltaChain(this.#overlay.print()), null);
    if (this.#chain === null) throw new DamagedJournal('a delta has no text before it');
    this.#chain.apply(delta);
    this.#revision = revision;
  }

  patch(path: JsonPath, value: string | null): void {
    this.#overlay ??= new StateOverlay(parsed(this.text()));
    this.#overlay.set(path, value);
  }
}

function keyframeOf({ seq, content }: { seq: number; content: number }): StartRow {
  return { seq, form: FORM.keyframe, content, delta: null, revision: null };
}

/** @param revision what it has to hash to, where that is known. @throws DamagedJournal. */
function verified(text: Uint8Array, revision: Uint8Array | null): Uint8Array {
  if (revision !== null && !hash('sha256', text, 'buffer').equals(revision)) {
    throw new DamagedJournal('a state is not what was recorded');
  }
  return text;
}

function parsed(text: Uint8Array | null) {
  const document = text === null ? null : wholeJson(text);
  if (document === null) throw new DamagedJournal('a text that was recorded is no JSON');
  return document;
}
