/** Searches of an open source: each is run once, and its results are cut into rows for as long as it is among the last few. */
import { LRUCache } from 'lru-cache';
import type { Calls, Jobs } from '../../../shared/ipc/contract.ts';
import type { Page } from '../../../shared/ipc/model.ts';
import type { SearchOutcome, SearchProgress, SearchRow } from '../../../shared/ipc/search.ts';
import type { Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Journal } from '../tracking/journal.ts';
import { filterOf } from '../workspace/state-filter.ts';
import { compileSearch } from './compile.ts';
import { searchHistory } from './search-history.ts';
import { SearchResults } from './search-results.ts';
import { searchStates } from './search-states.ts';
import { Turns } from './turns.ts';

type CallInput<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;
type JobInput<K extends keyof Jobs> = Omit<Jobs[K]['input'], 'workspace'>;

export interface SearchRun {
  /** Told also while this thread is busy. */
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: SearchProgress) => void;
}

export interface SearchContext {
  /** As it was read last. */
  readonly source: () => Source;
  readonly journal: () => Journal | null;
}

const KEPT = 3;

export class SearchSession {
  readonly #context: SearchContext;
  readonly #results = new LRUCache<string, SearchResults>({ max: KEPT });
  #last = 0;

  constructor(context: SearchContext) {
    this.#context = context;
  }

  /**
   * Goes through all of it. Rows of what was found so far may be asked for meanwhile, and after it was stopped.
   * @throws SourceError `cancelled`; `not-found` for the history of a source that is not recorded.
   */
  async run({ scope, query, filter }: JobInput<'search.run'>, run: SearchRun): Promise<SearchOutcome> {
    const turns = new Turns(run.isCancelled);
    const search = compileSearch(query, () => turns.check());
    if ('message' in search) return { fault: search };
    const began = performance.now();
    const id = `search-${++this.#last}`;
    const results = new SearchResults();
    this.#results.set(id, results);
    const source = this.#context.source();
    const wanted = (key: string) => results.wanted(key);
    const accepts = filter.trim() === '' ? undefined : filterOf(filter);
    const progress = () => ({ search: id, ...results.totals() });
    run.onProgress(progress());
    const steps =
      scope === 'now'
        ? searchStates(source, search, { turns, wanted, ...(accepts && { accepts }) })
        : searchHistory(this.#journal(source), search, { turns, wanted, ...keysAccepted(source, accepts) });
    for await (const step of steps) {
      results.take(step);
      run.onProgress(progress());
    }
    const milliseconds = Math.round(performance.now() - began);
    return { fault: null, ...progress(), milliseconds, firstUnread: results.firstUnread };
  }

  rows({ search, collapsed, expanded, offset, limit }: CallInput<'search.rows'>): Page<SearchRow> {
    // One that is forgotten has no rows: whoever asks has a later one, or searches again.
    return this.#results.get(search)?.rows({ collapsed, expanded }, offset, limit) ?? { rows: [], total: 0 };
  }

  #journal({ location }: Source): Journal {
    const journal = this.#context.journal();
    if (journal !== null) return journal;
    const message = `${location} has no recorded history. Switch recording on, and search again once it has changed.`;
    throw new SourceError('not-found', message, { location });
  }
}

/** Of states that are gone nothing but the key is known any more. */
function keysAccepted(source: Source, accepts: ReturnType<typeof filterOf> | undefined) {
  if (accepts === undefined) return {};
  const keys = new Set(source.entries.filter(accepts).map(({ key }) => key));
  return { accepts: (key: string) => keys.has(key) };
}
