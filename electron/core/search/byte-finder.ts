/** The places of a few byte patterns in bytes, many gigabytes a second: assembly/finder.ts, run by WebAssembly. */
import type { BytePattern } from './byte-patterns.ts';
import { FINDER_WASM } from './finder-wasm.ts';

const PATTERNS = 64;
const PATTERN_BYTES = 32;
const MOST_PATTERNS = 60;
const SETS = PATTERNS + PATTERN_BYTES * MOST_PATTERNS;
const SET_BYTES = 32;
const INPUT = 65_536;
export const INPUT_BYTES = 1_048_576;
/** While one part is looked at, others are being read. */
export const INPUTS = 4;
/** What lies behind a part is read, too, though never found. */
const INPUT_STRIDE = INPUT_BYTES + 64;

interface Finder {
  readonly memory: WebAssembly.Memory;
  readonly find: (at: number, end: number) => number;
}

let module: WebAssembly.Module | null = null;

/**
 * How common a byte is in JSON texts, from rare to common, as far as it matters: of each pattern the two rarest positions are
 * compared first. What is not listed is rare.
 */
const COMMON = 'QZXJKVWUGYFBHMPDCLTSRNOAEI9876543210_-.zqjkxvwbyfgpmuchdlrs:n0o1i,a\\t "e';

export class ByteFinder {
  /** Bytes to be looked at are put here: at most `INPUT_BYTES` into each. */
  readonly inputs: readonly Uint8Array<ArrayBuffer>[];
  readonly longest: number;
  readonly #find: Finder['find'];
  /** For `places`, which may be asked for while inputs are being filled. */
  readonly #own: Uint8Array<ArrayBuffer>;

  /** @throws RangeError for more patterns than fit. */
  constructor(patterns: readonly BytePattern[]) {
    const lengths = patterns.map((pattern) => pattern.length);
    const all = lengths.reduce((sum, length) => sum + length, 0);
    if (patterns.length > MOST_PATTERNS || SETS + all * SET_BYTES > INPUT) {
      throw new RangeError(`${patterns.length} patterns are more than can be looked for at once`);
    }
    module ??= new WebAssembly.Module(Buffer.from(FINDER_WASM, 'base64'));
    const { memory, find } = new WebAssembly.Instance(module, {}).exports as unknown as Finder;
    this.#find = find;
    const bytes = new Uint8Array(memory.buffer);
    write(bytes, patterns);
    const inputs = Array.from({ length: INPUTS + 1 }, (_, at) =>
      bytes.subarray(INPUT + at * INPUT_STRIDE, INPUT + at * INPUT_STRIDE + INPUT_BYTES),
    );
    this.inputs = inputs.slice(0, INPUTS);
    this.#own = inputs[INPUTS] ?? bytes;
    this.longest = Math.max(...lengths);
  }

  /** The first place at or behind `from` of what was put into an input, of which `length` bytes count; -1 for none. */
  inInput(input: number, length: number, from = 0): number {
    if (from >= length) return -1;
    const begin = INPUT + input * INPUT_STRIDE;
    const found = this.#find(begin + from, begin + length);
    return found < 0 ? -1 : found - begin;
  }

  /** All places in bytes, ascending. */
  *places(bytes: Uint8Array): Generator<number, void, void> {
    const step = INPUT_BYTES - this.longest + 1;
    for (let start = 0; start < bytes.length; start += step) {
      const part = bytes.subarray(start, start + INPUT_BYTES);
      this.#own.set(part);
      // What begins behind the step belongs to the next part.
      for (
        let at = this.inInput(INPUTS, part.length);
        at >= 0 && at < step;
        at = this.inInput(INPUTS, part.length, at + 1)
      ) {
        yield start + at;
      }
    }
  }

  isIn(bytes: Uint8Array): boolean {
    return this.places(bytes).next().done !== true;
  }
}

function write(memory: Uint8Array<ArrayBuffer>, patterns: readonly BytePattern[]): void {
  const words = new DataView(memory.buffer);
  words.setInt32(0, patterns.length, true);
  let sets = SETS;
  for (const [index, pattern] of patterns.entries()) {
    const [a, b] = probesOf(pattern);
    const values = [a.at, b.at, a.byte, a.mask, b.byte, b.mask, pattern.length, sets];
    for (const [at, value] of values.entries()) words.setInt32(PATTERNS + index * PATTERN_BYTES + at * 4, value, true);
    for (const set of pattern) {
      for (const byte of set) memory[sets + (byte >> 3)] = (memory[sets + (byte >> 3)] ?? 0) | (1 << (byte & 7));
      sets += SET_BYTES;
    }
  }
}

interface Probe {
  readonly at: number;
  readonly byte: number;
  /** Bits in which the bytes of the position differ: they are not compared. */
  readonly mask: number;
}

/** The two positions with the rarest bytes, those with the fewest of them first. */
function probesOf(pattern: BytePattern): readonly [Probe, Probe] {
  const ranked = pattern
    .map((set, at) => {
      const [first = 0] = set;
      const mask = set.reduce((bits, byte) => bits | (byte ^ first), 0);
      return { at, byte: first | mask, mask, bytes: set.length, rank: Math.max(...set.map(rankOf)) };
    })
    .toSorted(
      (one, other) => Number(one.bytes > 2) - Number(other.bytes > 2) || one.rank - other.rank || one.at - other.at,
    );
  const first = ranked[0] ?? { at: 0, byte: 0, mask: 255 };
  return [first, ranked[1] ?? first];
}

const rankOf = (byte: number): number => COMMON.indexOf(String.fromCharCode(byte));
