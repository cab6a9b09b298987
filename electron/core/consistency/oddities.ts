/** What a JSON text may hold that other programs change, lose or refuse. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';

export interface Oddities {
  /** Members that a later one of the same name hides. */
  readonly hidden: readonly NodeId[];
  /** NaN, Infinity and -Infinity, which Python writes and JSON does not have. */
  readonly notNumbers: readonly NodeId[];
  /** Integers that a 64-bit float cannot hold. */
  readonly bigIntegers: readonly NodeId[];
  /** Strings with half of a surrogate pair. */
  readonly halfPairs: readonly NodeId[];
}

/** `9007199254740992`: fewer digits are always exact. */
const SAFE_DIGITS = 15;
/** Values after which a step is told. */
const STEP = 4096;
const UPPER_I = 0x49;
const UPPER_N = 0x4e;
const MINUS = 0x2d;
/** Only a half that stands alone is one character to the engine. */
const HALF_PAIR = /\p{Surrogate}/u;
const INTEGER = /^-?\d+$/;

/** @param onStep called every few thousand values; what it throws ends the walk */
export function odditiesIn(document: JsonDocument, onStep?: () => void): Oddities {
  const hidden: NodeId[] = [];
  const notNumbers: NodeId[] = [];
  const bigIntegers: NodeId[] = [];
  const halfPairs: NodeId[] = [];
  const { bytes } = document;
  for (let node = 0; node < document.nodeCount; node++) {
    const kind = document.kind(node);
    if (node % STEP === 0) onStep?.();
    if (kind === 'number') {
      const start = document.start(node);
      const first = bytes[start] === MINUS ? bytes[start + 1] : bytes[start];
      if (first === UPPER_N || first === UPPER_I) notNumbers.push(node);
      else if (document.end(node) - start > SAFE_DIGITS && isUnsafe(document.number(node).text)) bigIntegers.push(node);
    } else if (kind === 'string') {
      if (!document.isPlainString(node) && HALF_PAIR.test(document.string(node))) halfPairs.push(node);
    } else if (kind === 'object' && document.hasDuplicateKeys(node)) {
      for (const member of document.children(node)) if (document.isShadowed(member)) hidden.push(member);
    }
  }
  return { hidden, notNumbers, bigIntegers, halfPairs };
}

function isUnsafe(text: string): boolean {
  return INTEGER.test(text) && !Number.isSafeInteger(Number(text));
}
