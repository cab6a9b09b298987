/** A small seeded generator: the same seed gives the same numbers on every machine. */

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform in [min, max), in the unit of the arguments. */
  between(min: number, max: number): number;
  /** `length` characters of `alphabet`. */
  text(length: number, alphabet: string): string;
}

const SHORT_UUID_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const HEX = '0123456789abcdef';

/** mulberry32 (Tommy Ettinger, public domain), seeded with the FNV-1a hash of a text. */
export function randomFor(seed: string): Random {
  let state = fnv1a(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (min, max) => min + next() * (max - min),
    text: (length, alphabet) =>
      Array.from({ length }, () => alphabet.charAt(Math.floor(next() * alphabet.length))).join(''),
  };
}

/** The form of AgentScope 1.x's message ids: 22 characters without 0, 1, I, O and l. */
export function messageId(random: Random): string {
  return random.text(22, SHORT_UUID_ALPHABET);
}

export function toolCallId(random: Random): string {
  return `call_${random.text(20, HEX)}`;
}

/** A version 4 UUID in its textual form (RFC 9562). */
export function uuid(random: Random): string {
  const hex = `${random.text(12, HEX)}4${random.text(3, HEX)}${random.text(1, '89ab')}${random.text(15, HEX)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash >>> 0;
}
