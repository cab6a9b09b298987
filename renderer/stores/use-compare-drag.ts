/** States and moments are dragged onto each other to be compared, within a list and from list to list. */
import { type DragEvent, useState } from 'react';
import type { StateAt } from '../../shared/ipc/moments.ts';
import { openDiff } from './diff-store.ts';

const TYPE = 'application/x-statescope-state';

/** What is dragged: other windows and programs cannot drop here what they say is a state. */
let dragged: StateAt | null = null;

export interface CompareDrag {
  /** Row over which something is dragged that it could be compared with; null for none. */
  readonly over: number | null;
  /** For the element around rows that have `data-index`. */
  readonly handlers: {
    readonly onDragStart: (event: DragEvent) => void;
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: () => void;
    readonly onDrop: (event: DragEvent) => void;
    readonly onDragEnd: () => void;
  };
}

/** @param sideOf what a row stands for; null for a row that cannot be compared */
export function useCompareDrag(sideOf: (index: number) => StateAt | null): CompareDrag {
  const [over, setOver] = useState<number | null>(null);
  const target = (event: DragEvent): { index: number; side: StateAt } | null => {
    const index = indexOf(event);
    const side = index === null ? null : sideOf(index);
    return index === null || side === null ? null : { index, side };
  };
  const isOther = (side: StateAt) => dragged !== null && JSON.stringify(dragged) !== JSON.stringify(side);
  return {
    over,
    handlers: {
      onDragStart: (event) => {
        const found = target(event);
        if (found === null) return;
        dragged = found.side;
        event.dataTransfer.setData(TYPE, '');
        event.dataTransfer.effectAllowed = 'link';
      },
      onDragOver: (event) => {
        const found = target(event);
        const isTarget = found !== null && isOther(found.side);
        setOver(isTarget ? found.index : null);
        if (!isTarget) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'link';
      },
      onDragLeave: () => setOver(null),
      onDrop: (event) => {
        setOver(null);
        const found = target(event);
        if (found === null || dragged === null || !isOther(found.side)) return;
        event.preventDefault();
        openDiff(dragged, found.side);
        dragged = null;
      },
      onDragEnd: () => {
        dragged = null;
        setOver(null);
      },
    },
  };
}

function indexOf({ target }: DragEvent): number | null {
  const row = target instanceof Element ? target.closest<HTMLElement>('[data-index]') : null;
  return row ? Number(row.dataset['index']) : null;
}
