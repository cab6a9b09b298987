/** Goes through what a journal remembers and tells the past values that hold what is searched, each once. */
import { hash } from 'node:crypto';
import type { SearchMoment } from '../../../shared/ipc/search.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { type JsonPath, pathOf } from '../../../shared/json/path.ts';
import type { Journal } from '../tracking/journal.ts';
import type { ChangeRow } from '../tracking/journal-types.ts';
import { parseQuery } from '../tracking/query.ts';
import type { Search } from './compile.ts';
import { type Found, findIn, hitOf } from './document-hits.ts';
import { Batches, type SearchOptions, type SearchStep } from './search-states.ts';
import type { Turns } from './turns.ts';

const PAGE = 200;

export interface HistorySearchOptions {
  readonly turns: Turns;
  /** Which states are searched, by their keys; all of them without it. */
  readonly accepts?: (key: string) => boolean;
  readonly wanted: SearchOptions['wanted'];
}

/** @throws SourceError `cancelled` */
export async function* searchHistory(
  journal: Journal,
  search: Search,
  options: HistorySearchOptions,
): AsyncGenerator<SearchStep, void, void> {
  if (search.matcher === null) yield* inRevisions(journal, search, options);
  else yield* inChanges(journal, search, options);
}

/** Values as changes brought and took them: each change has its own, however large the state around it is. */
async function* inChanges(
  journal: Journal,
  search: Search,
  { turns, accepts, wanted }: HistorySearchOptions,
): AsyncGenerator<SearchStep, void, void> {
  const all = parseQuery('');
  if (!all.ok) return;
  const total = journal.totals().changes;
  const results = new Results(wanted);
  let done = 0;
  for (let cursor: number | null = null; ; ) {
    const page = journal.page(all.query, { cursor, direction: 'newer', limit: PAGE });
    for (const row of page.rows) {
      if (accepts?.(row.key) !== false) yield* inChange(journal, row, search, results, turns);
      done += 1;
    }
    yield { step: 'progress', done, total };
    await turns.breathe();
    if (page.next === null) return;
    cursor = page.next;
  }
}

async function* inChange(
  journal: Journal,
  row: ChangeRow,
  search: Search,
  results: Results,
  turns: Turns,
): AsyncGenerator<SearchStep, void, void> {
  const { key, seq, time, kind } = row;
  const full = row.oldCut || row.newCut ? journal.changeAt(seq) : null;
  // Where something moved, the old side is the place it came from.
  const old = kind === 'moved' ? null : (full ?? row).old;
  const sides: readonly [string | null, SearchMoment][] = [
    [old, { seq: seq - 1, time, replaced: true }],
    [(full ?? row).new, { seq, time, replaced: false }],
  ];
  for (const [text, moment] of sides) {
    if (text === null) continue;
    const bytes = encodeUtf8(text);
    if (search.finder?.isIn(bytes) === false && !mayName(row.path, search)) continue;
    const above = (full ?? journal.changeAt(seq))?.segments ?? [];
    yield* results.of(key, bytes, search, { above, moment, turns });
  }
}

/** The name of the changed value itself does not stand in its text. */
function mayName(path: string, { matcher, query }: Search): boolean {
  return query.in.includes('keys') && (path.includes('"') || matcher?.find(path) != null);
}

/** A JSONPath asks for whole states: those after each change. */
async function* inRevisions(
  journal: Journal,
  search: Search,
  { turns, accepts, wanted }: HistorySearchOptions,
): AsyncGenerator<SearchStep, void, void> {
  const keys = journal.withDatabase((database) => database.prepare<[], { key: string }>('SELECT key FROM keys').all());
  const results = new Results(wanted);
  for (const [done, { key }] of keys.entries()) {
    for (const { seq, text } of accepts?.(key) === false ? [] : journal.statesOf(key)) {
      await turns.breathe();
      const bytes = text();
      if (bytes === null || search.finder?.isIn(bytes) === false) continue;
      const moment = { seq, time: journal.commitAt(seq)?.time ?? 0, replaced: false };
      yield* results.of(key, bytes, search, { above: [], moment, turns });
    }
    yield { step: 'progress', done: done + 1, total: keys.length };
  }
}

/** Where a text of the past stood. */
interface Past {
  readonly above: JsonPath;
  readonly moment: SearchMoment;
  readonly turns: Turns;
}

/** What one value says at one place is told once, at the first moment at which it was there. */
class Results {
  readonly #wanted: SearchOptions['wanted'];
  readonly #seen = new Set<string>();

  constructor(wanted: SearchOptions['wanted']) {
    this.#wanted = wanted;
  }

  async *of(
    key: string,
    bytes: Uint8Array,
    search: Search,
    { above, moment, turns }: Past,
  ): AsyncGenerator<SearchStep, void, void> {
    const { document } = parseJson(bytes);
    if (document === null) return;
    const batches = new Batches(key, this.#wanted(key));
    for (const each of findIn(document, search, { places: search.finder?.places(bytes) ?? null, above })) {
      await turns.breathe();
      if (each === null || !this.#isNew(key, document, each, above)) continue;
      batches.add(() => ({ ...hitOf(document, each, { above, offset: 0 }), offset: null, moment }));
      const full = batches.full ? batches.take() : null;
      if (full !== null) yield full;
    }
    const rest = batches.take();
    if (rest !== null) yield rest;
  }

  #isNew(key: string, document: JsonDocument, { node, where, text }: Found, above: JsonPath): boolean {
    const place = hash('sha1', JSON.stringify([key, [...above, ...pathOf(document, node)], where, text]), 'base64');
    if (this.#seen.has(place)) return false;
    this.#seen.add(place);
    return true;
  }
}
