/**
 * Copies states from anything that can be opened into a store, one by one: written with compare-and-swap, read back, and
 * compared by checksum. The source is never changed by copying; moving deletes from it what has been found whole in the target.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  ABSENT,
  type Expected,
  type LoadResult,
  type Revision,
  revisionOf,
  type StateBackend,
  type StateRecord,
} from './backend.ts';
import { checksumOf, NotWhole, recordOfState } from './copy-record.ts';
import { matchesGlob } from './rules-glob.ts';

export const COPY_OUTCOMES = [
  /** Written and found whole in the target; in a dry run: would be written. */
  'copied',
  /** Copied, or the same there already, and deleted from the source into its trash. */
  'moved',
  /** The target holds the same already. */
  'same',
  /** The target holds something else that was not to be overwritten, or somebody wrote to it meanwhile. */
  'conflict',
  /** The target cannot hold this value, such as NaN in PostgreSQL. */
  'unsupported',
  /** What the source holds is not whole. */
  'corrupt',
  'failed',
] as const;
export type CopyOutcome = (typeof COPY_OUTCOMES)[number];

export interface CopiedState {
  readonly key: string;
  readonly outcome: CopyOutcome;
  /** Of the state data's JSON text. */
  readonly bytes: number;
  /** SHA-256 over the state data's canonical JSON (RFC 8785); null where it could not be had. */
  readonly checksum: string | null;
  /** English, where there is something to say. */
  readonly message: string | null;
}

export interface CopyReport {
  readonly states: readonly CopiedState[];
  readonly counts: Readonly<Record<CopyOutcome, number>>;
  /** Bytes of what was copied or moved. */
  readonly bytes: number;
  readonly dryRun: boolean;
  /** It was stopped before the end. What is in `states` is done and whole. */
  readonly cancelled: boolean;
}

export interface CopyProgress {
  /** States. */
  readonly done: number;
  readonly total: number;
  /** Bytes of states looked at so far. */
  readonly bytes: number;
  /** The one at work. */
  readonly key: string;
}

/** `older`: what was last written before the source's. */
export type Overwrite = 'never' | 'older' | 'always';

export interface CopyOptions {
  /** Glob over `kind:id`, see rules-glob.ts. */
  readonly only?: string | undefined;
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean | undefined;
  /** `never` when absent. What is overwritten goes to the target's trash. */
  readonly overwrite?: Overwrite | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called for every state; whoever shows it coalesces. */
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined;
}

/** @throws SourceError when the source cannot be listed. What happens to a single state is in the report. */
export function copyStates(
  from: Source | StateBackend,
  to: StateBackend,
  options: CopyOptions = {},
): Promise<CopyReport> {
  return run('entries' in from ? new FromSource(from) : new FromBackend(from), to, options, null);
}

/**
 * Copies, and deletes from `from` each state that was found whole in `to` and has not been changed meanwhile.
 * @throws as copyStates.
 */
export function moveStates(from: StateBackend, to: StateBackend, options: CopyOptions = {}): Promise<CopyReport> {
  return run(new FromBackend(from), to, options, from);
}

/** Milliseconds without letting others run, so that a cancel is heard. */
const TURN_MS = 12;

async function run(
  from: Origin,
  to: StateBackend,
  options: CopyOptions,
  deleteFrom: StateBackend | null,
): Promise<CopyReport> {
  const { only, signal, onProgress, dryRun = false } = options;
  const keys = (await from.keys(signal)).filter((key) => only === undefined || matchesGlob(only, key));
  const states: CopiedState[] = [];
  let looked = 0;
  let turnBegan = performance.now();
  for (const [done, key] of keys.entries()) {
    onProgress?.({ done, total: keys.length, bytes: looked, key });
    if (performance.now() - turnBegan >= TURN_MS) {
      await nextTurn();
      turnBegan = performance.now();
    }
    if (signal?.aborted) break;
    const state = await new OneState(from, to, key, options).run(deleteFrom);
    if (state === null) break;
    looked += state.bytes;
    states.push(state);
  }
  if (states.length === keys.length) onProgress?.({ done: keys.length, total: keys.length, bytes: looked, key: '' });
  const counts = Object.fromEntries(
    COPY_OUTCOMES.map((outcome) => [outcome, states.filter((state) => state.outcome === outcome).length]),
  ) as Record<CopyOutcome, number>;
  const copied = states.filter(({ outcome }) => outcome === 'copied' || outcome === 'moved');
  const bytes = copied.reduce((sum, state) => sum + state.bytes, 0);
  return { states, counts, bytes, dryRun, cancelled: states.length < keys.length };
}

/** A state as it is read from where it comes from. */
interface Original {
  readonly record: StateRecord;
  /** ISO 8601; null where the source does not know. */
  readonly updatedAt: string | null;
  /** To delete exactly this; null for a source that is only read. */
  readonly revision: Revision | null;
  readonly note: string | null;
}

interface Origin {
  keys(signal?: AbortSignal): Promise<readonly string[]>;
  /** @throws SourceError, NotWhole. */
  read(key: string, signal?: AbortSignal): Promise<Original>;
}

class FromBackend implements Origin {
  readonly #backend: StateBackend;

  constructor(backend: StateBackend) {
    this.#backend = backend;
  }

  keys(signal?: AbortSignal): Promise<readonly string[]> {
    return this.#backend.list(undefined, { signal });
  }

  async read(key: string, signal?: AbortSignal): Promise<Original> {
    const loaded = await this.#backend.load(key, { signal });
    if (loaded.status === 'corrupt') throw new NotWhole(loaded.reason, loaded.bytes.length);
    if (loaded.status === 'missing') {
      const message = `${key} has been deleted meanwhile. List the states again.`;
      throw new SourceError('not-found', message, { key, location: this.#backend.location });
    }
    const { record, revision, info } = loaded;
    return { record, revision, updatedAt: info.updatedAt, note: null };
  }
}

class FromSource implements Origin {
  readonly #source: Source;

  constructor(source: Source) {
    this.#source = source;
  }

  async keys(): Promise<readonly string[]> {
    return this.#source.entries.map(({ key }) => key);
  }

  async read(key: string, signal?: AbortSignal): Promise<Original> {
    const { bytes, metadata } = await this.#source.read(key, signal === undefined ? {} : { signal });
    const { record, note } = recordOfState(bytes, metadata);
    return { record, revision: null, updatedAt: metadata.updatedAt ?? record.timestamp, note };
  }
}

class OneState {
  readonly #from: Origin;
  readonly #to: StateBackend;
  readonly #key: string;
  readonly #options: CopyOptions;
  #bytes = 0;
  #checksum: string | null = null;

  constructor(from: Origin, to: StateBackend, key: string, options: CopyOptions) {
    this.#from = from;
    this.#to = to;
    this.#key = key;
    this.#options = options;
  }

  /** Null: it was cancelled; the target holds its old value whole or its new one whole. */
  async run(deleteFrom: StateBackend | null): Promise<CopiedState | null> {
    try {
      const original = await this.#from.read(this.#key, this.#options.signal);
      this.#bytes = original.record.stateData.length;
      this.#checksum = checksumOf(original.record.stateData);
      const copied = await this.#copy(original);
      const there = copied.outcome === 'copied' || copied.outcome === 'same';
      if (!there || deleteFrom === null || original.revision === null || this.#options.dryRun) return copied;
      return await this.#deleteFrom(deleteFrom, original.revision);
    } catch (error) {
      if (error instanceof NotWhole) {
        this.#bytes = error.bytes;
        return this.#outcome('corrupt', error.message);
      }
      if (!(error instanceof SourceError)) throw error;
      if (error.code === 'cancelled' && this.#options.signal?.aborted) return null;
      return this.#outcome(error.code === 'unsupported-value' ? 'unsupported' : 'failed', error.message);
    }
  }

  async #copy(original: Original): Promise<CopiedState> {
    const { signal, dryRun = false } = this.#options;
    const there = await this.#to.load(this.#key, { signal });
    if (there.status === 'found' && this.#isSame(there.record, original.record)) return this.#outcome('same', null);
    const expected = this.#expected(there, original.updatedAt);
    if (typeof expected === 'string') return this.#outcome('conflict', expected);
    if (dryRun) return this.#outcome('copied', original.note);
    const saved = await this.#to.save(this.#key, original.record, expected, { signal });
    if (saved.status === 'conflict') {
      return this.#outcome('conflict', `${this.#key} was written in the target meanwhile. Copy it again.`);
    }
    // What has been written is looked at to the end, also when somebody cancels now.
    const back = await this.#to.load(this.#key);
    if (back.status === 'found' && checksumOf(back.record.stateData) === this.#checksum) {
      return this.#outcome('copied', original.note);
    }
    const message = `${this.#key} was written, but reads back differently from ${this.#to.location}. What was there before is in its trash.`;
    return this.#outcome('failed', message);
  }

  /** What may be overwritten, or why nothing may. */
  #expected(there: LoadResult, updatedAt: string | null): Expected | string {
    if (there.status === 'missing') return ABSENT;
    const { overwrite = 'never' } = this.#options;
    if (overwrite === 'always') return revisionOf(there.revision);
    if (there.status === 'corrupt') {
      return `What ${this.#to.location} holds as ${this.#key} cannot be read (${there.reason}). Look at it, or overwrite it with "always".`;
    }
    if (overwrite === 'never') return `${this.#to.location} holds another ${this.#key} already.`;
    const [ours, theirs] = [timeOf(updatedAt), timeOf(there.info.updatedAt)];
    if (ours === null || theirs === null) return `It is not known which ${this.#key} is older.`;
    return theirs < ours ? revisionOf(there.revision) : `${this.#to.location} holds a ${this.#key} that is not older.`;
  }

  #isSame(a: StateRecord, b: StateRecord): boolean {
    return a.type === b.type && a.version === b.version && checksumOf(a.stateData) === this.#checksum;
  }

  async #deleteFrom(from: StateBackend, revision: Revision): Promise<CopiedState> {
    const deleted = await from.delete(this.#key, revisionOf(revision));
    if (deleted.status === 'deleted') return this.#outcome('moved', null);
    return this.#outcome(
      'conflict',
      `${this.#key} was copied, and changed in the source meanwhile: it stays there, too.`,
    );
  }

  #outcome(outcome: CopyOutcome, message: string | null): CopiedState {
    return { key: this.#key, outcome, bytes: this.#bytes, checksum: this.#checksum, message };
  }
}

/** Milliseconds; a naive time counts as UTC. */
function timeOf(text: string | null): number | null {
  if (text === null) return null;
  const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T') ? text : `${text}Z`;
  const time = Date.parse(zoned);
  return Number.isNaN(time) ? null : time;
}
