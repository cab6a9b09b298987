/** Time comes in from outside, so that tests and replays decide what time it is. */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Clock = () => number;

/** Repeated work. The returned function ends it; calling that again does nothing. */
export interface Timer {
  every(milliseconds: number, work: () => void): () => void;
}

/** `2025-09-10T08:00:00.250Z`. */
export function utcText(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
