import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import type { ExplorerGrouping } from '../../shared/ipc/model.ts';

export type ExplorerSort = 'key' | 'updated' | 'size';

/** How a person arranged the window. Kept between runs. */
interface Layout {
  readonly explorer: boolean;
  readonly inspector: boolean;
  readonly problems: boolean;
  readonly timeline: boolean;
  /** Pixels. */
  readonly explorerWidth: number;
  readonly inspectorWidth: number;
  /** Height of the inspector where the window is too narrow for it at the side. */
  readonly inspectorHeight: number;
  readonly problemsHeight: number;
  readonly timelineHeight: number;
  readonly metadataHeight: number;
  readonly sort: ExplorerSort;
  readonly groupBy: ExplorerGrouping;
  readonly wrap: boolean;
  /** Comparisons show both sides beside each other. */
  readonly diffBeside: boolean;
}

export const useLayout = create<Layout>()(
  persist(
    (): Layout => ({
      explorer: true,
      inspector: true,
      problems: false,
      timeline: false,
      explorerWidth: 280,
      inspectorWidth: 360,
      inspectorHeight: 240,
      problemsHeight: 200,
      timelineHeight: 116,
      metadataHeight: 260,
      sort: 'key',
      groupBy: 'kind',
      wrap: true,
      diffBeside: false,
    }),
    { name: 'layout', version: 1, storage: createJSONStorage(() => localStorage) },
  ),
);

export function changeLayout(change: Partial<Layout>): void {
  useLayout.setState(change);
}
