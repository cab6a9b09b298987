/** The simulated clock. Times inside of the simulation are whole milliseconds since the epoch. */

export const STARTED_AT = Date.parse('2026-11-20T08:00:00Z');
/** The moment at which the fleet was saved: "now" for every state in the sample. */
export const NOW = Date.parse('2026-11-20T10:30:00Z');

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** `2026-11-20T08:00:12.482Z` */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** `2026-11-20 08:00:12`, what SQLite's CURRENT_TIMESTAMP writes: UTC without saying so. */
export function sqlTime(at: number): string {
  return isoTime(at).slice(0, 19).replace('T', ' ');
}
