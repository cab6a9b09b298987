/**
 * Keyframes of a conversation repeat each other: all but the first of a few are kept as what differs from the one before. Opening
 * such a state takes a step more for each of them.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { byteDelta } from '../../../shared/diff/delta.ts';

export interface LastKeyframe {
  readonly text: Uint8Array;
  /** Keyframes between it and a whole one, itself included; 0 for a whole one. */
  readonly depth: number;
  /** What the whole one takes in the journal. */
  readonly wholeBytes: number;
}

const MOST_DEPTH = 12;
/** Of states that are smaller, a keyframe costs nothing worth saving. */
const LEAST_BYTES = 8192;

/** The delta, packed; null where the text is better kept whole. @param last asked for only where it may be of use */
export function rebased(last: () => LastKeyframe | null, text: Uint8Array): Uint8Array | null {
  if (text.length < LEAST_BYTES) return null;
  const before = last();
  if (before === null || before.depth >= MOST_DEPTH) return null;
  const packed = deflateRawSync(byteDelta(before.text, text));
  return packed.length * 2 <= before.wholeBytes ? packed : null;
}

/** The delta of shared/diff/delta.ts. */
export function unpackedKeyframe(packed: Uint8Array): Uint8Array {
  return inflateRawSync(packed);
}
