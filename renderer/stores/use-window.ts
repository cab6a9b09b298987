import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { HostError } from '../../shared/ipc/result.ts';
import { type LoadPage, WindowCache, type WindowCacheOptions } from './window-cache.ts';

export interface RowWindow<T> {
  readonly total: number | null;
  readonly error: HostError | null;
  /** The rows shown are of the list before, and about to be replaced: their places say nothing of the list to come. */
  readonly replacing: boolean;
  readonly row: (index: number) => T | undefined;
  readonly want: (first: number, end: number) => void;
}

/**
 * Rows of an engine's list for a component. A new `load` (memoise it) means that the list has changed, and so does another
 * `reading`: what is listed has been read anew.
 */
export function useWindow<T>(
  load: LoadPage<T>,
  reading: string | number,
  options?: Partial<WindowCacheOptions>,
): RowWindow<T> {
  const [cache] = useState(() => new WindowCache<T>(options));
  useEffect(() => cache.replace(load), [cache, load, reading]);
  const version = useSyncExternalStore(cache.subscribe, () => cache.version);
  // `row` is another function whenever the rows are others: whoever depends on it looks again.
  // oxlint-disable-next-line react/exhaustive-deps, react/exhaustive-memo-dependencies
  const row = useCallback((index: number) => cache.row(index), [cache, version]);
  const want = useCallback((first: number, end: number) => cache.want(first, end), [cache]);
  return { total: cache.total, error: cache.error, replacing: !cache.shows(load), row, want };
}
