/**
 * Pages of history for a list that scrolls: the engine gives changes by cursor, a list asks by row. Row 0 is the newest
 * change that was there when the pager was made, so that rows keep their places while more changes come.
 */
import type { HistoryPage, HistoryRow, QueryFault } from '../../shared/ipc/history.ts';
import type { Page } from '../../shared/ipc/model.ts';
import type { Result } from '../../shared/ipc/result.ts';

export interface PageQuestion {
  readonly query: string;
  readonly cursor: number | null;
  readonly direction: 'older' | 'newer';
  readonly limit: number;
}

export type AskPage = (question: PageQuestion) => Promise<Result<HistoryPage | { readonly fault: QueryFault }>>;

/** Null: a moment at which no value changed, or a change that has been forgotten. */
export type HistoryPages = (offset: number, limit: number) => Promise<Result<Page<HistoryRow | null>>>;

export interface HistoryPager {
  readonly load: HistoryPages;
  /** Nobody waits any more: what looks through many changes ends. Asking again begins anew. */
  readonly stop: () => void;
}

/** @param top sequence of the newest change to show; later ones are left out */
export function historyPager(ask: AskPage, query: string, top: number): HistoryPager {
  return query.trim() === '' ? pagerOfAll(ask, top) : pagerOfFound(ask, query, top);
}

const EMPTY: HistoryPage = { rows: [], next: null };

/** Asks on until the page is full or the journal ends; a question gives up after a while and says where it was. */
async function wholePage(ask: AskPage, question: PageQuestion, isStopped: () => boolean): Promise<Result<HistoryPage>> {
  const rows: HistoryRow[] = [];
  let { cursor } = question;
  while (!isStopped()) {
    const answer = await ask({ ...question, cursor, limit: question.limit - rows.length });
    if (!answer.ok) return answer;
    const page = 'fault' in answer.value ? EMPTY : answer.value;
    rows.push(...page.rows);
    if (page.next === null || rows.length >= question.limit) return { ok: true, value: { rows, next: page.next } };
    cursor = page.next;
  }
  return { ok: true, value: { rows, next: null } };
}

/** Sequences count the changes, so that the scroll bar is right from the beginning and any place is reached at once. */
function pagerOfAll(ask: AskPage, top: number): HistoryPager {
  let stopped = false;
  let first: Promise<number> | null = null;
  const firstSeq = async () => {
    const answer = await ask({ query: '', cursor: null, direction: 'newer', limit: 1 });
    return answer.ok && 'rows' in answer.value ? (answer.value.rows[0]?.seq ?? top + 1) : top + 1;
  };
  const load: HistoryPages = async (offset, limit) => {
    stopped = false;
    first ??= firstSeq();
    const total = Math.max(0, top - (await first) + 1);
    const count = Math.min(limit, Math.max(0, total - offset));
    if (count === 0) return { ok: true, value: { rows: [], total } };
    const newest = top - offset;
    const answer = await wholePage(
      ask,
      { query: '', cursor: newest + 1, direction: 'older', limit: count },
      () => stopped,
    );
    if (!answer.ok) return answer;
    const rows = Array.from({ length: count }, (): HistoryRow | null => null);
    for (const row of answer.value.rows) if (row.seq > newest - count) rows[newest - row.seq] = row;
    return { ok: true, value: { rows, total } };
  };
  return { load, stop: () => void (stopped = true) };
}

/** How many changes a query finds shows only as they are read: the list grows by a page until its end is found. */
function pagerOfFound(ask: AskPage, query: string, top: number): HistoryPager {
  let stopped = false;
  /** Where each page that was reached begins. */
  const cursors: number[] = [top + 1];
  let total: number | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  const read = async (page: number, limit: number): Promise<Result<HistoryPage>> => {
    const cursor = cursors[page] ?? null;
    const answer = await wholePage(ask, { query, cursor, direction: 'older', limit }, () => stopped);
    if (!answer.ok || page + 1 < cursors.length) return answer;
    const { rows, next } = answer.value;
    if (next === null) total = page * limit + rows.length;
    else cursors.push(next);
    return answer;
  };
  const walk = async (page: number, limit: number): Promise<Result<Page<HistoryRow | null>>> => {
    while (cursors.length <= page) {
      if (total !== null) break;
      const answer = await read(cursors.length - 1, limit);
      if (!answer.ok) return answer;
    }
    const found: Result<HistoryPage> = page < cursors.length ? await read(page, limit) : { ok: true, value: EMPTY };
    if (!found.ok) return found;
    return { ok: true, value: { rows: found.value.rows, total: total ?? cursors.length * limit } };
  };
  const load: HistoryPages = (offset, limit) => {
    stopped = false;
    const answer = queue.then(() => walk(Math.floor(offset / limit), limit));
    queue = answer;
    return answer;
  };
  return { load, stop: () => void (stopped = true) };
}
