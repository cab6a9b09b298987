import { useEffect, useRef, useState } from 'react';
import type { HistoryDensity } from '../../../shared/ipc/history.ts';
import { call } from '../../host/client.ts';
import type { TimeRange } from '../../stores/history-store.ts';

/** While changes stream in the bars are read again at most this often. */
const REFRESH_MS = 400;

/** How many changes fall into each part of a range; of the last answer until the next is there. */
export function useDensity(
  workspace: string,
  query: string,
  range: TimeRange | null,
  buckets: number,
  /** Another one when there is more to show. */
  news: string,
): HistoryDensity | null {
  const [density, setDensity] = useState<HistoryDensity | null>(null);
  const askedAt = useRef(0);
  const from = range?.from ?? 0;
  const to = range?.to ?? 0;
  useEffect(() => {
    if (to <= from || buckets < 1) return undefined;
    let live = true;
    const ask = async () => {
      askedAt.current = performance.now();
      const input = { workspace, query, from: Math.floor(from), to: Math.ceil(to), buckets };
      const answer = await call('history.density', input);
      if (live && answer.ok && 'counts' in answer.value) setDensity(answer.value);
    };
    const wait = Math.max(0, askedAt.current + REFRESH_MS - performance.now());
    const timer = window.setTimeout(() => void ask(), wait);
    return () => {
      live = false;
      window.clearTimeout(timer);
    };
    // Asked again when there is more, though the question is the same.
    // oxlint-disable-next-line react/exhaustive-effect-dependencies
  }, [workspace, query, from, to, buckets, news]);
  return density;
}
