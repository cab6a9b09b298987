/** How smoothly the window draws. */
import type { Page } from 'playwright/test';

/** 20 frames a second, where nothing but software draws them. */
export const SMOOTH_MS = 50;

/**
 * The 95th percentile of the milliseconds between frames while a list scrolls for a second; the best of a few such seconds where that
 * is not smooth, since other programs want the processor, too.
 */
export async function slowFrame(page: Page, list: string): Promise<number> {
  let best = Infinity;
  for (let second = 0; second < 8 && best > SMOOTH_MS; second += 1)
    best = Math.min(best, await slowFrameOf(page, list));
  return best;
}

function slowFrameOf(page: Page, list: string): Promise<number> {
  return page.evaluate(async (label) => {
    const rows = document.querySelector(`[role="treegrid"][aria-label^="${label}"]`);
    if (rows === null) throw new Error('no list');
    const frame = () => new Promise<number>((done) => requestAnimationFrame(done));
    const times: number[] = [];
    let step = 60;
    for (let last = await frame(), end = last + 1000; last < end; ) {
      const before = rows.scrollTop;
      rows.scrollTop += step;
      if (rows.scrollTop === before) step = -step;
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0;
  }, list);
}
