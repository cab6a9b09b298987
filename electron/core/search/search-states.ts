/** Goes through the states of a source and tells what it finds, state by state. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SearchHit } from '../../../shared/ipc/search.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { candidates } from './candidates.ts';
import type { Search } from './compile.ts';
import { excerpt, findIn, hitOf } from './document-hits.ts';
import { findInParts, LARGE_STATE_BYTES } from './large-state.ts';
import type { Turns } from './turns.ts';

export type SearchStep =
  /** `found` in this step; `hits` are those of them that are wanted in full. Several steps may be of the same state. */
  | { readonly step: 'hits'; readonly key: string; readonly hits: readonly SearchHit[]; readonly found: number }
  /** Gone through so many, of all. */
  | { readonly step: 'progress'; readonly done: number; readonly total: number }
  | { readonly step: 'unread'; readonly key: string; readonly reason: string };

export interface SearchOptions {
  readonly turns: Turns;
  /** Which states are searched; all of them without it. */
  readonly accepts?: (entry: StateEntry) => boolean;
  /** So many further hits of a state are wanted in full, asked before it is searched; what is beyond is only counted. */
  readonly wanted: (key: string) => number;
}

/** Hits that are handed on at a time. */
export const BATCH = 200;
const STATES_BETWEEN_PROGRESS = 64;

/** @throws SourceError `cancelled` */
export async function* searchStates(
  source: Source,
  search: Search,
  { turns, accepts, wanted }: SearchOptions,
): AsyncGenerator<SearchStep, void, void> {
  await stillGrowing(source, turns);
  const entries = accepts ? source.entries.filter(accepts) : source.entries;
  const total = entries.length;
  let done = 0;
  for await (const { entry, maybe, bytes } of candidates(source, entries, search, turns)) {
    const { key } = entry;
    const named = stateHit(entry, search);
    const batches = new Batches(key, wanted(key));
    if (named !== null) batches.add(() => named);
    if (maybe) {
      const steps = stateHits(source, entry, bytes, search, batches, turns);
      for await (const step of steps) yield step;
    }
    const rest = batches.take();
    if (rest !== null) yield rest;
    done += 1;
    if (maybe || done % STATES_BETWEEN_PROGRESS === 0 || done === total) yield { step: 'progress', done, total };
    await turns.breathe();
  }
}

async function* stateHits(
  source: Source,
  entry: StateEntry,
  known: Uint8Array | null,
  search: Search,
  batches: Batches,
  turns: Turns,
): AsyncGenerator<SearchStep, void, void> {
  try {
    for await (const hit of hitsIn(source, entry, known, search, turns)) {
      batches.add(hit);
      const full = batches.full ? batches.take() : null;
      if (full !== null) yield full;
    }
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    yield { step: 'unread', key: entry.key, reason: error.message };
  }
}

async function* hitsIn(
  source: Source,
  entry: StateEntry,
  known: Uint8Array | null,
  search: Search,
  turns: Turns,
): AsyncGenerator<() => SearchHit, void, void> {
  const { key } = entry;
  // A JSONPath wants the whole.
  if (source.range !== undefined && entry.bytes > LARGE_STATE_BYTES && search.matcher !== null) {
    yield* findInParts(await source.range(key), entry.bytes, search, turns);
    return;
  }
  const bytes = known ?? (await source.read(key)).bytes;
  const { document, issues } = parseJson(bytes, { onTurn: () => turns.check() });
  if (document === null)
    throw new SourceError('not-json', `${key} is no JSON: ${issues[0]?.message ?? 'empty'}.`, { key });
  for (const found of findIn(document, search, { places: search.finder?.places(bytes) ?? null })) {
    await turns.breathe();
    if (found !== null) yield () => hitOf(document, found);
  }
}

/** The name of the state itself. */
function stateHit({ key }: StateEntry, { matcher, query }: Search): SearchHit | null {
  const span = query.in.includes('keys') ? (matcher?.find(key) ?? null) : null;
  if (span === null) return null;
  return { where: 'state', kind: 'object', path: '$', segments: [], offset: null, ...excerpt(key, span), moment: null };
}

/** Hits of one state, collected until there are some to hand on. */
export class Batches {
  readonly #key: string;
  #wanted: number;
  #hits: SearchHit[] = [];
  #found = 0;

  constructor(key: string, wanted: number) {
    this.#key = key;
    this.#wanted = wanted;
  }

  get full(): boolean {
    return this.#hits.length >= BATCH;
  }

  /** @param hit is put together only when it is wanted. */
  add(hit: () => SearchHit): void {
    this.#found += 1;
    if (this.#wanted <= 0) return;
    this.#wanted -= 1;
    this.#hits.push(hit());
  }

  /** What has come since the last time; null for nothing. */
  take(): SearchStep | null {
    if (this.#found === 0) return null;
    const step = { step: 'hits', key: this.#key, hits: this.#hits, found: this.#found } as const;
    this.#hits = [];
    this.#found = 0;
    return step;
  }
}

const LOOK_AGAIN_MS = 50;

/** What is listed while a file is still gone through is a part of it only. One that was stopped is searched as far as it is known. */
async function stillGrowing({ growth }: Source, turns: Turns): Promise<void> {
  while (growth?.indexing?.status === 'running') {
    turns.check();
    await sleep(LOOK_AGAIN_MS);
  }
}
