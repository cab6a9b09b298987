/**
 * Scrolling through more rows than an element can be tall.
 *
 * Chromium stops at about 33 million layout pixels, and page zoom counts into them; so the scrolled element is never
 * taller than `MAX_SCROLL_HEIGHT`. `top` is the true position in the content, `scroll` the element's scrollTop. While
 * the content is taller than the element, a small movement (wheel, keys) goes one to one and a large one (dragging the
 * scroll bar) in proportion. One-to-one movement lets the two drift apart; `settle` brings them together when
 * scrolling rests. For content that fits, `top` and `scroll` are equal and all of this is the identity.
 */

/** Stays under Chromium's limit at 400 % zoom. */
export const MAX_SCROLL_HEIGHT = 8_000_000;

export interface ScrollSpace {
  /** Height of the content in pixels: rows times row height. */
  readonly content: number;
  /** Height of what is seen. */
  readonly viewport: number;
}

export interface ScrollPosition {
  readonly top: number;
  readonly scroll: number;
}

export const START: ScrollPosition = { top: 0, scroll: 0 };

/** Height to give the scrolled element. */
export function scrollHeight(space: ScrollSpace): number {
  return Math.min(space.content, MAX_SCROLL_HEIGHT);
}

function range(space: ScrollSpace): { top: number; scroll: number } {
  return {
    top: Math.max(0, space.content - space.viewport),
    scroll: Math.max(0, scrollHeight(space) - space.viewport),
  };
}

const clamp = (value: number, max: number) => Math.min(Math.max(0, value), max);

/** The position after the element reports a new scrollTop. */
export function scrolled(space: ScrollSpace, before: ScrollPosition, scroll: number): ScrollPosition {
  const max = range(space);
  if (max.top === max.scroll) return { top: clamp(scroll, max.top), scroll };
  const moved = scroll - before.scroll;
  if (moved === 0) return before;
  if (Math.abs(moved) <= space.viewport * 2) return { top: clamp(before.top + moved, max.top), scroll };
  return { top: clamp((scroll / max.scroll) * max.top, max.top), scroll };
}

/** Viewports next to each end in which scrollTop goes one to one, so that the ends can be reached by the wheel. */
const ROOM_AT_ENDS = 4;

/** The position whose scrollTop shows `top`; set the element's scrollTop to `scroll`. */
export function positionFor(space: ScrollSpace, top: number): ScrollPosition {
  const max = range(space);
  const wanted = clamp(top, max.top);
  if (max.top === max.scroll) return { top: wanted, scroll: wanted };
  const room = space.viewport * ROOM_AT_ENDS;
  const least = Math.min(wanted, room);
  const most = max.scroll - Math.min(max.top - wanted, room);
  const proportional = Math.round((wanted / max.top) * max.scroll);
  return { top: wanted, scroll: Math.min(Math.max(proportional, least), most) };
}

/** Where scrollTop belongs for the true position, once scrolling rests. */
export function settle(space: ScrollSpace, position: ScrollPosition): ScrollPosition {
  return positionFor(space, position.top);
}

export interface RowRange {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
}

/** Rows to render: those in sight and `overscan` more on both sides. */
export function rowsInSight(
  space: ScrollSpace,
  top: number,
  rowHeight: number,
  count: number,
  overscan: number,
): RowRange {
  const first = Math.max(0, Math.floor(top / rowHeight) - overscan);
  const end = Math.min(count, Math.ceil((top + space.viewport) / rowHeight) + overscan);
  return { first: Math.min(first, end), end };
}

/** The true position that brings a row into sight with the least movement; null when it is in sight already. */
export function topToShow(space: ScrollSpace, top: number, rowHeight: number, index: number): number | null {
  const start = index * rowHeight;
  if (start < top) return start;
  if (start + rowHeight > top + space.viewport) return start + rowHeight - space.viewport;
  return null;
}
