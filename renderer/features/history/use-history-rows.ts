/** The changes that a query finds as rows, newest first, and what has come since the newest of them. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { HistoryRow } from '../../../shared/ipc/history.ts';
import { call } from '../../host/client.ts';
import { historyPager } from '../../host/history-pager.ts';
import { useHistory } from '../../stores/history-store.ts';
import { useWindow } from '../../stores/use-window.ts';

/** Pages around the sight, and no more of a million changes. */
const PAGES = { pageSize: 200, maxPages: 40, maxInFlight: 3 };

export interface NewChanges {
  readonly count: number;
  /** There are more. */
  readonly atLeast: boolean;
}

const NO_NEW: NewChanges = { count: 0, atLeast: false };

/** @param follow new changes come in at the top as they are made; else they are counted */
export function useHistoryRows(workspace: string, query: string, follow: boolean) {
  const last = useHistory(({ status }) => status?.lastSeq ?? 0);
  const [newest, setNewest] = useState({ query, top: last });
  // Another query begins at the newest change there is.
  const top = newest.query === query ? newest.top : last;
  if (newest.query !== query) setNewest({ query, top: last });

  const pager = useMemo(
    () => historyPager((question) => call('history.page', { workspace, ...question }), query, top),
    [workspace, query, top],
  );
  useEffect(() => pager.stop, [pager]);
  const { total, error, replacing, row, want } = useWindow<HistoryRow | null>(pager.load, '', PAGES);

  const fresh = useNewChanges(workspace, query, top, last);
  const showNewest = useCallback(() => setNewest({ query, top: last }), [query, last]);
  // The next rows are not asked for before the last ones are there, so that they come however fast changes do.
  const due = follow && !replacing && fresh.count > 0;
  const shown = useRef(last);
  useEffect(() => {
    if (!due || shown.current === last) return;
    shown.current = last;
    showNewest();
  }, [due, last, showNewest]);
  return { total, error, replacing, row, want, fresh, showNewest };
}

/** Counted by the engine where not every change counts. */
function useNewChanges(workspace: string, query: string, top: number, last: number): NewChanges {
  const all = query.trim() === '';
  const [found, setFound] = useState({ query, top, ...NO_NEW });
  useEffect(() => {
    if (all || last <= top) return undefined;
    let live = true;
    const ask = async () => {
      const answer = await call('history.count', { workspace, query, seq: top });
      if (live && answer.ok && 'count' in answer.value) setFound({ query, top, ...answer.value });
    };
    void ask();
    return () => {
      live = false;
    };
  }, [workspace, query, top, last, all]);
  if (all) return { count: Math.max(0, last - top), atLeast: false };
  return found.query === query && found.top === top ? found : NO_NEW;
}
