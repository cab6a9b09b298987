/** Where the bytes and tokens of all states of a source went, and what has grown since an earlier moment. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributionView, Growth, SizeAnswer } from '../../../shared/ipc/attribution.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { Turns } from '../search/turns.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { answerOf } from './answer.ts';
import type { Duplicate } from './duplicates.ts';
import { type Measuring, measuringOf } from './measuring.ts';
import { pagedSizes } from './paged-sizes.ts';
import { type Compared, type Pair, type Side, sideOf, valueBytes } from './side.ts';
import { type Figures, growthOf, NO_GROWTH, Parts, PLAIN, type SizeNode, sumGrowth, sumTokens } from './size-node.ts';
import type { TokenCounter } from './token-counter.ts';
import { valueSizes } from './value-sizes.ts';

/** An earlier moment. */
export interface Since {
  readonly source: Source;
  /** SHA-256 in hex of its states where they are known, so that those which have not changed are not read. */
  readonly hashes: ReadonlyMap<string, string> | null;
}

export interface AttributionOptions {
  readonly turns: Turns;
  /** Null: tokens are not counted. */
  readonly counter: TokenCounter | null;
  readonly since: Since | null;
  /** Any number; the same lets the counter know what it has counted. */
  readonly seed: number;
  /** Bytes gone through, of all: some ten times a second, and at the end. */
  readonly onProgress: (done: number, total: number) => void;
}

export interface Attribution {
  readonly views: Readonly<Record<AttributionView, SizeNode>>;
  readonly duplicates: readonly Duplicate[];
  readonly answer: SizeAnswer;
  readonly states: number;
  readonly unread: number;
  readonly firstUnread: string | null;
}

/** States above this are measured in parts where the source can do that. */
export const LARGE_STATE_BYTES = 16 << 20;
const LOOK_AGAIN_MS = 50;
/** A source may have a hundred thousand states: nobody sees a bar move more often. */
const TELL_EVERY_MS = 100;

/**
 * Goes through all states once, and through those of the earlier moment that have changed.
 * @throws SourceError `cancelled`. A state that cannot be read is counted by its size.
 */
export async function attributeSource(source: Source, options: AttributionOptions): Promise<Attribution> {
  const { turns } = options;
  while (source.growth?.indexing?.status === 'running') {
    turns.check();
    await sleep(LOOK_AGAIN_MS);
  }
  const unreadable = new Map<string, string>();
  while (true) {
    try {
      return await new Run(source, options, unreadable).measure();
    } catch (error) {
      if (!(error instanceof HalfRead)) throw error;
      unreadable.set(error.key, error.message);
    }
  }
}

/** A large state of which some parts were counted already: all is counted anew without it, or it would count twice. */
class HalfRead extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.key = key;
  }
}

class Run {
  readonly #source: Source;
  readonly #options: AttributionOptions;
  readonly #unreadable: ReadonlyMap<string, string>;
  readonly #measuring: Measuring;
  readonly #total: number;
  readonly #was: ReadonlyMap<string, StateEntry>;
  readonly #states: Parts;
  #whole: Figures = { bytes: 0, tokens: 0, growth: NO_GROWTH };
  #done = 0;
  #toldAt = 0;
  #unread = 0;
  #firstUnread: string | null = null;

  /** @param unreadable states that are not to be read again, with the reasons */
  constructor(source: Source, options: AttributionOptions, unreadable: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#options = options;
    this.#unreadable = unreadable;
    this.#total = source.entries.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#measuring = measuringOf(this.#total, options);
    this.#states = new Parts(this.#measuring.smallest);
    this.#was = new Map(options.since?.source.entries.map((entry) => [entry.key, entry]));
  }

  async measure(): Promise<Attribution> {
    const { turns, since } = this.#options;
    const { entries } = this.#source;
    const keys = new Set<string>();
    for (const entry of entries) {
      await turns.breathe();
      keys.add(entry.key);
      this.#add(await this.#state(entry), this.#was.get(entry.key)?.bytes ?? 0);
      this.#done += entry.bytes;
      this.#tell();
    }
    for (const entry of since?.source.entries ?? []) {
      if (keys.has(entry.key)) continue;
      await turns.breathe();
      this.#add(await this.#gone(entry), entry.bytes);
    }
    return this.#result(entries.length);
  }

  /** @param within bytes of the state that is being gone through */
  #tell(within = 0): void {
    const done = Math.min(this.#done + within, this.#total);
    const now = performance.now();
    if (done < this.#total && now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#options.onProgress(done, this.#total);
  }

  #add(state: SizeNode, was: number): void {
    const { bytes, tokens, growth } = this.#whole;
    this.#whole = {
      bytes: bytes + state.bytes,
      tokens: sumTokens([tokens, state.tokens]),
      growth: this.#options.since === null ? null : sumGrowth([growth, state.growth]),
    };
    this.#states.add(state, Math.max(state.bytes, was), () => state);
  }

  #result(states: number): Attribution {
    const { attributes, conversations, duplicates } = this.#measuring;
    const whole = this.#whole;
    const root = { ...PLAIN, kind: 'source', ...whole } as const;
    const views = {
      state: { ...root, count: states, parts: this.#states.list(null) },
      attribute: { ...attributes.node(), ...whole },
      message: conversations.messages(whole),
      tool: conversations.tools(whole),
    };
    return {
      views,
      duplicates: duplicates.list(),
      answer: answerOf(views, conversations),
      states,
      unread: this.#unread,
      firstUnread: this.#firstUnread,
    };
  }

  async #state(entry: StateEntry): Promise<SizeNode> {
    const { key } = entry;
    const isLarge = this.#source.range !== undefined && entry.bytes > LARGE_STATE_BYTES;
    const reason = this.#unreadable.get(key);
    if (reason !== undefined) return this.#notRead(entry, reason);
    try {
      if (isLarge) return await this.#large(entry);
      const { bytes } = await this.#source.read(key);
      return await this.#small(key, bytes);
    } catch (error) {
      if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
      if (isLarge) throw new HalfRead(key, error.message);
      return this.#notRead(entry, error.message);
    }
  }

  #notRead({ key, bytes }: StateEntry, reason: string): SizeNode {
    this.#unread += 1;
    this.#firstUnread ??= reason;
    return this.#opaque(key, bytes, this.#was.get(key)?.bytes ?? null);
  }

  async #large(entry: StateEntry): Promise<SizeNode> {
    const { key, bytes } = entry;
    const range = await this.#source.range?.(key);
    if (range === undefined) throw new SourceError('not-found', `${key} cannot be read in parts.`, { key });
    const was = this.#was.get(key);
    // It would have to be read twice to be compared: what is known is how long it was.
    const mode = this.#options.since === null || was !== undefined ? 'unknown' : 'compare';
    const size = range.access.size ?? bytes;
    const made = await pagedSizes(
      key,
      range,
      { size, mode, onPassed: (passed) => this.#tell(passed) },
      this.#measuring,
    );
    return { ...made, kind: 'state', name: key, growth: this.#growth(made.bytes, was?.bytes ?? null) };
  }

  async #small(key: string, bytes: Uint8Array): Promise<SizeNode> {
    const { attributes, conversations, duplicates, smallest } = this.#measuring;
    const was = await this.#before(key, bytes);
    const now = await this.#sideOf(bytes);
    if (now === null) return this.#opaque(key, bytes.length, was.bytes);
    const compared: Compared = { now, was: was.side, mode: was.mode };
    const pair: Pair = { now: 0, was: was.side === null ? null : 0, same: false };
    attributes.add(compared, pair);
    conversations.add(key, compared);
    duplicates.add(key, now);
    const growth = was.mode === 'same' ? NO_GROWTH : this.#growth(bytes.length, was.bytes);
    return this.#around(key, compared, pair, { bytes: bytes.length, was: was.bytes, growth }, smallest);
  }

  /** A state with what stands before and behind its value: white space, or what is no JSON. */
  #around(
    key: string,
    compared: Compared,
    pair: Pair,
    { bytes, was, growth }: { readonly bytes: number; readonly was: number | null; readonly growth: Growth | null },
    smallest: number,
  ): SizeNode {
    const value = valueSizes(key, compared, pair, { kind: 'state', name: key, path: [] }, smallest);
    const around = bytes - value.bytes;
    const before = was === null ? null : was - (compared.was === null ? value.bytes : valueBytes(compared.was.doc, 0));
    const grown =
      compared.mode === 'compare' && was !== null && before !== null
        ? growthOf(around, before)
        : growthOf(around, null);
    const figures = {
      bytes: around,
      tokens: value.tokens === null ? null : 0,
      growth: compared.mode === 'unknown' ? null : compared.mode === 'same' ? NO_GROWTH : grown,
    };
    if (around === 0 && (before ?? 0) === 0) return { ...value, growth: value.growth ?? growth };
    this.#measuring.attributes.root.addOwn(figures);
    const parts =
      value.parts.length === 0 ? [] : [...value.parts, { ...PLAIN, kind: 'structure' as const, ...figures }];
    return { ...value, bytes, growth: sumGrowth([value.growth, figures.growth]) ?? growth, parts };
  }

  async #gone({ key, bytes }: StateEntry): Promise<SizeNode> {
    const { attributes, conversations, smallest } = this.#measuring;
    const was = bytes > LARGE_STATE_BYTES ? null : await this.#past(key);
    const side = was === null ? null : parsed(was, this.#measuring);
    if (side === null) return this.#opaque(key, null, bytes);
    const compared: Compared = { now: null, was: side, mode: 'compare' };
    const pair: Pair = { now: null, was: 0, same: false };
    attributes.add(compared, pair);
    conversations.add(key, compared);
    return valueSizes(key, compared, pair, { kind: 'state', name: key, path: [] }, smallest);
  }

  /** One of which only the size is known. */
  #opaque(key: string, bytes: number | null, was: number | null): SizeNode {
    const figures = {
      bytes: bytes ?? 0,
      tokens: this.#options.counter === null ? null : 0,
      growth: this.#growth(bytes, was),
    };
    this.#measuring.attributes.root.addOwn(figures);
    return { ...PLAIN, kind: 'state', name: key, place: { key, segments: [] }, ...figures };
  }

  #growth(now: number | null, was: number | null): Growth | null {
    return this.#options.since === null ? null : growthOf(now, was);
  }

  async #before(
    key: string,
    bytes: Uint8Array,
  ): Promise<{ readonly mode: Compared['mode']; readonly side: Side | null; readonly bytes: number | null }> {
    const { since } = this.#options;
    if (since === null) return { mode: 'unknown', side: null, bytes: null };
    const entry = this.#was.get(key);
    if (entry === undefined) return { mode: 'compare', side: null, bytes: null };
    const hash = since.hashes?.get(key);
    if (hash !== undefined && hash === createHash('sha256').update(bytes).digest('hex'))
      return { mode: 'same', side: null, bytes: bytes.length };
    const past = entry.bytes > LARGE_STATE_BYTES ? null : await this.#past(key);
    if (past === null) return { mode: 'unknown', side: null, bytes: entry.bytes };
    if (Buffer.compare(past, bytes) === 0) return { mode: 'same', side: null, bytes: bytes.length };
    const side = parsed(past, this.#measuring);
    return { mode: side === null ? 'unknown' : 'compare', side, bytes: past.length };
  }

  /** Null for one that cannot be read any more. */
  async #past(key: string): Promise<Uint8Array | null> {
    try {
      return (await this.#options.since?.source.read(key))?.bytes ?? null;
    } catch (error) {
      if (error instanceof SourceError && error.code !== 'cancelled') return null;
      throw error;
    }
  }

  async #sideOf(bytes: Uint8Array): Promise<Side | null> {
    const { counter, turns } = this.#measuring;
    const side = parsed(bytes, this.#measuring);
    if (side === null || counter === null) return side;
    return { ...side, tokens: await counter.before(side.doc, (node) => side.hashes.of(node), turns) };
  }
}

function parsed(bytes: Uint8Array, { seed, turns }: Measuring): Side | null {
  const { document } = parseJson(bytes, { onTurn: () => turns.check() });
  return document === null ? null : sideOf(document, seed);
}
