import type { Rectangle } from 'electron';

export const MINIMUM_SIZE = { width: 760, height: 480 };

/**
 * Where the window goes: where it was, if a good part of its title bar is still on a screen there is, and never larger
 * than that screen. Null for a place of the system's choosing.
 */
export function clampToScreens(saved: Rectangle, workAreas: readonly Rectangle[]): Rectangle | null {
  const titleBar = { x: saved.x, y: saved.y, width: saved.width, height: 32 };
  const area = workAreas.find((candidate) => overlap(titleBar, candidate) >= 100 * 16);
  if (!area) return null;
  const width = Math.max(MINIMUM_SIZE.width, Math.min(saved.width, area.width));
  const height = Math.max(MINIMUM_SIZE.height, Math.min(saved.height, area.height));
  return {
    x: Math.max(area.x, Math.min(saved.x, area.x + area.width - width)),
    y: Math.max(area.y, Math.min(saved.y, area.y + area.height - height)),
    width,
    height,
  };
}

/** Area that two rectangles share, in square pixels. */
function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(0, width) * Math.max(0, height);
}
