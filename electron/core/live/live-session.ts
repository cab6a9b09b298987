/** The history of an open source: its journal, what records into it, and the answers to a person's questions about it. */
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import type {
  BisectResult,
  HistoryDetail,
  HistoryRow,
  HistoryStatus,
  QueryFault,
  RecordingProblem,
  WatchInfo,
} from '../../../shared/ipc/history.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { type BisectOptions, bisect } from '../tracking/bisect.ts';
import { parseExpression } from '../tracking/expression.ts';
import type { Journal } from '../tracking/journal.ts';
import { type ChangeRow, type ChangeType, type MarkInput, SHORT_CHARS } from '../tracking/journal-types.ts';
import type { JournalWriter } from '../tracking/journal-writer.ts';
import { parseQuery, type Query } from '../tracking/query.ts';
import type { RetentionRule } from '../tracking/retention.ts';
import { wholeJson } from '../tracking/state-overlay.ts';
import { Watches, type WatchResult, type WatchValue } from '../tracking/watches.ts';
import { type Feed, type Follower, feedInto } from './feed.ts';
import { JournalSource } from './journal-source.ts';
import { journalFile, openJournalOf, recordingProblem } from './open-recording.ts';

export interface LiveSessionOptions {
  /** Called when recording begins; stopped when it ends. */
  readonly follow: (feed: Feed) => Promise<Follower>;
  /** Absolute path or URL without a password. */
  readonly location: string;
  /** Of the source's states together. */
  readonly bytes: number;
  /** It is encrypted where it lies: a journal would hold its states in plain text, so that a person has to ask for it. */
  readonly isEncrypted: boolean;
  /** Of all journals. */
  readonly folder: string;
  readonly onStatus: (status: HistoryStatus) => void;
  readonly onBroken: (watch: WatchInfo, key: string, seq: number) => void;
}

type Input<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;
type Fault = { readonly fault: QueryFault };

/** Recording begins by itself where the states take no more than this; a journal keeps a copy of each. */
const SMALL_SOURCE_BYTES = 64 * 1024 * 1024;
const TEXT_CHARACTERS = 64 * 1024;
const SPARK_VALUES = 60;
/** A journal that is never looked after stays within this; `statescope prune` does more. */
const KEPT: RetentionRule = { maxBytes: 1024 * 1024 * 1024 };
const TELL_MS = 80;
/** So many changes at a time nobody reads as they come: what shows them has a quarter of a second for each look. */
const FLOOD_TELL_MS = 250;
const FLOOD_CHANGES = 200;

export class LiveSession {
  readonly #options: LiveSessionOptions;
  readonly #file: string;
  #journal: Journal | null = null;
  #problem: RecordingProblem | null = null;
  #writer: JournalWriter | null = null;
  #follower: Follower | null = null;
  #telling: NodeJS.Timeout | null = null;
  #toldSeq = 0;
  #isFlooded = false;
  #watches: Watches | null = null;
  readonly #latest = new Map<string, WatchResult>();
  /** Why recording waits for a person. */
  readonly #waiting: 'large-source' | 'encrypted' | null;

  constructor(options: LiveSessionOptions) {
    this.#options = options;
    const isLarge = options.bytes > SMALL_SOURCE_BYTES;
    this.#waiting = isLarge ? 'large-source' : options.isEncrypted ? 'encrypted' : null;
    this.#file = journalFile(options.folder, options.location);
  }

  /** Opens the journal, and records unless the source is large. */
  async start(): Promise<void> {
    if (this.#waiting === null) await this.record({ on: true });
  }

  get isRecording(): boolean {
    return this.#follower !== null;
  }

  /** The journal with all that was recorded up to now; null where nothing is recorded. */
  readableJournal(): Journal | null {
    this.#writer?.tryFlush();
    return this.#journal;
  }

  status(): HistoryStatus {
    const totals = this.#journal?.totals();
    return {
      recording: this.#follower !== null,
      waiting: this.#journal === null ? (this.#waiting ?? 'no-journal') : null,
      changes: totals?.changes ?? 0,
      firstTime: totals?.first?.time ?? null,
      lastTime: totals?.last?.time ?? null,
      lastSeq: this.#journal?.lastSeq ?? 0,
      bytes: this.#journal?.bytes ?? 0,
      file: this.#journal?.location ?? null,
      uncleanEnd: this.#journal?.uncleanEnd?.flushedAt ?? null,
      problem: this.#problem,
    };
  }

  async record({ on }: Input<'history.record'>): Promise<HistoryStatus> {
    if (on && this.#follower === null) {
      this.#open();
      await this.#begin();
    } else if (!on) await this.#end();
    const status = this.status();
    this.#options.onStatus(status);
    return status;
  }

  /** States that Statescope itself has written. The mark stands at the first of them. */
  async wrote(keys: readonly string[], type: ChangeType, mark?: MarkInput): Promise<void> {
    await this.#follower?.note(keys, type, mark);
  }

  page({ query, cursor, direction, limit }: Input<'history.page'>) {
    return this.#ask(query, { rows: [], next: null }, (journal, parsed) => {
      const { rows, next } = journal.page(parsed, { cursor, direction, limit });
      return { rows: rows.map(rowOf), next };
    });
  }

  count({ query, seq }: Input<'history.count'>) {
    return this.#ask(query, { count: 0, atLeast: false }, (journal, parsed) => journal.countSince(seq, parsed));
  }

  density({ query, from, to, buckets }: Input<'history.density'>) {
    return this.#ask(query, { from, width: 0, counts: [], marks: [] }, (journal, parsed) => ({
      ...journal.density(from, to, buckets, parsed),
      marks: journal.marks().filter(({ time }) => time >= from && time <= to),
    }));
  }

  lane({ key, path, limit }: Input<'history.lane'>): Calls['history.lane']['output'] {
    this.#writer?.tryFlush();
    return { path, values: this.#journal?.lane(key, path, limit).values ?? [] };
  }

  change({ seq }: Input<'history.change'>): HistoryDetail | null {
    this.#writer?.tryFlush();
    const found = this.#journal?.changeAt(seq) ?? null;
    if (found === null) return null;
    const cut = (text: string | null) => text !== null && text.length > TEXT_CHARACTERS;
    return {
      ...rowOf(found),
      oldText: found.old?.slice(0, TEXT_CHARACTERS) ?? null,
      newText: found.new?.slice(0, TEXT_CHARACTERS) ?? null,
      cut: cut(found.old) || cut(found.new),
    };
  }

  /** The source as of a moment, with its time in microseconds. @throws SourceError `not-found` without a journal or such a moment */
  past(seq: number, now: Source): { readonly source: Source; readonly time: number } {
    this.#writer?.tryFlush();
    const found = this.#journal?.changeAt(seq);
    if (this.#journal === null || !found) {
      throw new SourceError('not-found', `The journal has no change ${seq}, or not any more.`, {
        location: this.#file,
      });
    }
    return { source: new JournalSource(this.#journal, seq, now), time: found.time };
  }

  watches(): readonly WatchInfo[] {
    return (this.#watches?.list ?? []).map((watch) => this.#infoOf(watch));
  }

  saveWatch({ id, name, keys, expression }: Input<'watches.save'>): readonly WatchInfo[] | Fault {
    const parsed = parseExpression(expression);
    if (!parsed.ok) return { fault: faultOf(parsed) };
    if (this.#watches === null) throw this.#noJournal();
    if (id !== null) this.#watches.remove(id);
    this.#watches.add({ name, keys, expression });
    this.#evaluateNow();
    return this.watches();
  }

  removeWatch({ id }: Input<'watches.remove'>): readonly WatchInfo[] {
    this.#watches?.remove(id);
    this.#latest.delete(id);
    return this.watches();
  }

  async bisect(
    { key, expression, linear }: Omit<Jobs['history.bisect']['input'], 'workspace'>,
    { signal, onProgress }: Pick<BisectOptions, 'signal' | 'onProgress'>,
  ): Promise<BisectResult | Fault> {
    const parsed = parseExpression(expression);
    if (!parsed.ok) return { fault: faultOf(parsed) };
    if (this.#journal === null) throw this.#noJournal();
    this.#writer?.tryFlush();
    const mode = linear ? 'linear' : 'assume-monotone';
    const options = { mode, signal, onProgress } as const;
    const { found, before, change: seq, loads, commits } = await bisect(this.#journal, key, parsed.expression, options);
    const change = seq === null ? null : this.#journal.changeAt(seq);
    return {
      change: change ? rowOf(change) : null,
      loads,
      commits,
      note: found === null ? 'always-true' : before === null ? 'never-true' : 'found',
      assumed: !linear,
    };
  }

  async close(): Promise<void> {
    await this.#end();
    this.#journal?.close();
    this.#journal = null;
  }

  #open(): void {
    if (this.#journal?.isInPlace) return;
    this.#journal?.close();
    const { journal, problem } = openJournalOf(this.#file, this.#options.location);
    this.#journal = journal;
    this.#problem = problem;
    this.#watches = journal?.isRecording ? new Watches(journal) : null;
    this.#watches?.onResult((result) => {
      this.#latest.set(result.watch.id, result);
      if (result.turn === 'broken') this.#options.onBroken(this.#infoOf(result.watch), result.key, result.seq);
    });
  }

  async #begin(): Promise<void> {
    const journal = this.#journal;
    const watches = this.#watches;
    if (journal === null || watches === null) return;
    await journal.retain(journal.planRetention(KEPT));
    const { follow, onStatus } = this.#options;
    const before = this.#problem;
    const tell = (problem: RecordingProblem | null) => {
      this.#problem = problem;
      onStatus(this.status());
    };
    const feed = feedInto(journal, watches, {
      onCommits: () => this.#tell(),
      onError: (error) => tell(recordingProblem(error)),
      onRecovered: () => tell(before),
    });
    this.#writer = feed.writer;
    this.#follower = await follow(feed);
  }

  /** At most some ten times a second: counting and showing cost. */
  #tell(): void {
    if (this.#telling !== null) return;
    this.#telling = setTimeout(
      () => {
        this.#telling = null;
        if (this.#journal === null) return;
        this.#writer?.tryFlush();
        const { lastSeq } = this.#journal;
        this.#isFlooded = lastSeq - this.#toldSeq > FLOOD_CHANGES;
        this.#toldSeq = lastSeq;
        this.#options.onStatus(this.status());
      },
      this.#isFlooded ? FLOOD_TELL_MS : TELL_MS,
    );
  }

  async #end(): Promise<void> {
    await this.#follower?.stop();
    this.#follower = null;
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#telling = null;
    try {
      this.#writer?.close();
    } catch (error) {
      // Told already, by the writer: a disk that is full must not keep anybody from ending it.
      if (!(error instanceof SourceError)) throw error;
    }
    this.#writer = null;
    // After the writer: values of keys that the journal does not have yet would go on waiting.
    this.#watches?.flush();
  }

  /** All watches, of the states as they were recorded last. */
  #evaluateNow(): void {
    const journal = this.#journal;
    if (journal === null || this.#watches === null) return;
    this.#writer?.tryFlush();
    const at = { seq: journal.lastSeq };
    for (const { key, seq } of journal.keysAt(at)) {
      const time = journal.commitAt(seq)?.time ?? 0;
      let parsed: JsonDocument | null = null;
      // Asked for by each watch that is for this key; most states are for none.
      const document = () => (parsed ??= wholeJson(journal.stateAt(key, at) ?? new Uint8Array(0)));
      this.#watches.evaluate({ seq, key, time, type: 'external', origin: 'watch', changes: [], more: false, document });
    }
  }

  #infoOf({ id, name, keys, expression }: WatchResult['watch']): WatchInfo {
    const latest = this.#latest.get(id);
    const evaluation = latest?.evaluation;
    const values = latest && this.#watches ? this.#watches.history(id, latest.key, SPARK_VALUES) : [];
    const observed = evaluation?.ok === true ? evaluation.observed : null;
    return {
      id,
      name,
      keys,
      expression,
      value: observed ?? (evaluation?.ok === true ? evaluation.holds : null),
      broken: evaluation?.ok === true && !evaluation.holds,
      spark: values.map(sparkOf),
      problem: evaluation?.ok === false ? evaluation : null,
    };
  }

  #ask<T>(text: string, nothing: T, answer: (journal: Journal, query: Query) => T): T | Fault {
    const parsed = parseQuery(text);
    if (!parsed.ok) return { fault: faultOf(parsed.error) };
    if (this.#journal === null) return nothing;
    this.#writer?.tryFlush();
    return answer(this.#journal, parsed.query);
  }

  #noJournal(): SourceError {
    const reason = this.#problem?.message ?? 'changes of this source are not recorded';
    return new SourceError('not-found', `There is no journal: ${reason}. Switch recording on.`, {
      location: this.#file,
    });
  }
}

/** What crosses of a query or an expression that was not understood. */
function faultOf({ offset, code, params, message }: QueryFault): QueryFault {
  return { offset, code, params, message };
}

/** A number as it was, or 1 for what held and 0 for what did not. */
function sparkOf({ value, holds }: WatchValue): number {
  const number = value === null ? Number.NaN : Number(value);
  return Number.isFinite(number) ? number : Number(holds);
}

function rowOf({ seq, commit, time, key, path, type, origin, kind, old, new: next }: ChangeRow): HistoryRow {
  const short = (text: string | null) => text?.slice(0, SHORT_CHARS) ?? null;
  return { seq, commit, time, key, path, type, origin, kind, old: short(old), new: short(next) };
}
