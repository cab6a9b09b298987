import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';

/** How a person arranged the table of changes. Kept between runs. */
interface HistoryColumns {
  /** Pixels, by column. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly hidden: readonly string[];
  /** Clock times instead of relative ones. */
  readonly exactTimes: boolean;
}

export const useHistoryColumns = create<HistoryColumns>()(
  persist((): HistoryColumns => ({ sizes: {}, hidden: [], exactTimes: false }), {
    name: 'history-columns',
    version: 1,
    storage: createJSONStorage(() => localStorage),
  }),
);

export function changeColumns(change: Partial<HistoryColumns>): void {
  useHistoryColumns.setState(change);
}

export function toggleColumn(column: string): void {
  useHistoryColumns.setState(({ hidden }) => ({
    hidden: hidden.includes(column) ? hidden.filter((each) => each !== column) : [...hidden, column],
  }));
}
