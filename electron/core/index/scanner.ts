/** The WebAssembly scanner as an object: text goes in by chunks, entries come out. assembly/scanner.ts has the method. */
import { SCANNER_WASM } from './scanner-wasm.ts';

/** What is expected next, as in assembly/scanner.ts. */
export const PHASE = {
  value: 0,
  itemOrClose: 1,
  key: 2,
  keyOrClose: 3,
  colon: 4,
  next: 5,
  done: 6,
  opened: 7,
  inKey: 8,
  inString: 9,
  inWord: 10,
  inNumber: 11,
  inContainer: 12,
  inGap: 13,
} as const;

const FAULT = 2;
/** Instead of a kind: a member `states` begins. */
export const KIND_LIST_BEGINS = 255;
const RECORD_BYTES = 64;
/** Of one of the buffers in the memory of WebAssembly, and how many there are. */
export const BUFFER_BYTES = 512 << 10;
const BUFFERS = 3;
/** SIMD reads up to 63 bytes beyond the last. */
const PADDING = 64;

/** Called for each entry that was found. It is the same object each time. */
export type OnRecord = (record: ScanRecord) => void;

export interface ScanRecord {
  /** 0: the root. */
  level: number;
  /** As in shared/json/tape.ts, or KIND_LIST_BEGINS. */
  kind: number;
  ordinal: number;
  /** -1 for an item of an array. */
  keyStart: number;
  keyEnd: number;
  start: number;
  end: number;
  count: number;
  /** Of the raw name, without quotes. */
  keyHash: number;
  keyHasEscapes: boolean;
  /** With quotes, to be copied; null for an item, and for a name of more than 4 kB. */
  key: Uint8Array | null;
}

export interface PendingEntry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly kind: number;
  readonly count: number;
  readonly key: Uint8Array | null;
}

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly SAVED_BYTES: WebAssembly.Global;
  readonly RECORDS: WebAssembly.Global;
  readonly KEYS: WebAssembly.Global;
  readonly INPUT: WebAssembly.Global;
  begin(position: number, findsStates: number): void;
  beginInside(position: number, isObject: number, ordinal: number): void;
  setStride(level: number, stride: number): void;
  drained(): void;
  position(): number;
  phase(): number;
  level(): number;
  records(): number;
  pendingStart(level: number): number;
  pendingKeyStart(level: number): number;
  pendingKeyEnd(level: number): number;
  pendingKind(level: number): number;
  pendingCount(level: number): number;
  pendingKeyLength(level: number): number;
  pendingKeyAt(level: number): number;
  scan(from: number, length: number): number;
  finish(): number;
}

let compiled: WebAssembly.Module | null = null;

function instantiate(): Exports {
  compiled ??= new WebAssembly.Module(Buffer.from(SCANNER_WASM, 'base64'));
  const abort = () => {
    throw new Error('the scanner of the offset index broke one of its own rules');
  };
  return new WebAssembly.Instance(compiled, { env: { abort } }).exports as unknown as Exports;
}

export class Scanner {
  readonly #wasm = instantiate();
  readonly #bytes: Uint8Array;
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  readonly #records: number;
  readonly #keys: number;
  readonly #input: number;
  readonly #record: ScanRecord = {
    level: 0,
    kind: 0,
    ordinal: 0,
    keyStart: 0,
    keyEnd: 0,
    start: 0,
    end: 0,
    count: 0,
    keyHash: 0,
    keyHasEscapes: false,
    key: null,
  };

  private constructor() {
    const { memory, RECORDS, KEYS, INPUT } = this.#wasm;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#doubles = new Float64Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
    this.#records = RECORDS.value as number;
    this.#keys = KEYS.value as number;
    this.#input = INPUT.value as number;
    if (this.#input + BUFFERS * (BUFFER_BYTES + PADDING) > this.#bytes.length) {
      throw new Error('the memory of the scanner is too small');
    }
  }

  /** A value that begins at or after `position`; `findsStates`: its member `states` is looked into. */
  static begin(position: number, { findsStates }: { readonly findsStates: boolean }): Scanner {
    const scanner = new Scanner();
    scanner.#wasm.begin(position, findsStates ? 1 : 0);
    return scanner;
  }

  /** Child number `ordinal` of a container, which begins at `position`. */
  static beginInside(kind: 'object' | 'array', position: number, ordinal: number): Scanner {
    const scanner = new Scanner();
    scanner.#wasm.beginInside(position, kind === 'object' ? 1 : 0, ordinal);
    return scanner;
  }

  /** One that was saved. @throws RangeError for anything else. */
  static restore(saved: Uint8Array): Scanner {
    const scanner = new Scanner();
    if (saved.length !== scanner.#wasm.SAVED_BYTES.value) throw new RangeError('no saved scan');
    scanner.#bytes.set(saved);
    return scanner;
  }

  /** Everything that is needed to go on from here, some 9 kB. */
  save(): Uint8Array {
    return this.#bytes.slice(0, this.#wasm.SAVED_BYTES.value as number);
  }

  /** Of the next byte to be fed, or of the fault. */
  get position(): number {
    return this.#wasm.position();
  }

  /** One of PHASE. */
  get phase(): number {
    return this.#wasm.phase();
  }

  /** How many containers are open in which entries are told: 0 to 2. */
  get level(): number {
    return this.#wasm.level();
  }

  /** Only every so many entries of this level are told from now on; a power of two. */
  setStride(level: number, stride: number): void {
    this.#wasm.setStride(level, stride);
  }

  /** Children of the container of this level that were found, those that are not told included. */
  found(level: number): number {
    return this.#wasm.pendingCount(level - 1);
  }

  /** The value that is being read at this level. */
  pending(level: number): PendingEntry {
    const wasm = this.#wasm;
    const at = wasm.pendingKeyAt(level);
    const length = level > 0 ? wasm.pendingKeyLength(level) : 0;
    return {
      keyStart: length > 0 ? wasm.pendingKeyStart(level) : -1,
      keyEnd: length > 0 ? wasm.pendingKeyEnd(level) : -1,
      start: wasm.pendingStart(level),
      kind: wasm.pendingKind(level),
      count: wasm.pendingCount(level),
      key: length > 0 ? this.#bytes.slice(at, at + length) : null,
    };
  }

  /** Memory to read text into, `bytes` each at most: what stands in it is not copied when it is fed. */
  buffers(bytes: number): Uint8Array[] {
    const length = Math.min(bytes, BUFFER_BYTES);
    return Array.from({ length: BUFFERS }, (_, index) => {
      const from = this.#input + index * (BUFFER_BYTES + PADDING);
      return this.#bytes.subarray(from, from + length);
    });
  }

  /** False for a fault, which ends the scan. */
  feed(chunk: Uint8Array, onRecord: OnRecord): boolean {
    if (chunk.buffer === this.#bytes.buffer) return this.#scan(chunk.byteOffset, chunk.length, onRecord);
    for (let from = 0; from < chunk.length; from += BUFFER_BYTES) {
      const slice = chunk.subarray(from, from + BUFFER_BYTES);
      this.#bytes.set(slice, this.#input);
      if (!this.#scan(this.#input, slice.length, onRecord)) return false;
    }
    return true;
  }

  #scan(from: number, length: number, onRecord: OnRecord): boolean {
    const wasm = this.#wasm;
    for (let done = 0; done < length; ) {
      const before = wasm.position();
      const answer = wasm.scan(from + done, length - done);
      done += wasm.position() - before;
      this.#drain(onRecord);
      if (answer === FAULT) return false;
    }
    return true;
  }

  /** There is no more text. False when it is not whole. */
  finish(onRecord: OnRecord): boolean {
    const isWhole = this.#wasm.finish() !== 0;
    this.#drain(onRecord);
    return isWhole;
  }

  #drain(onRecord: OnRecord): void {
    const count = this.#wasm.records();
    if (count === 0) return;
    const doubles = this.#doubles;
    const words = this.#words;
    const bytes = this.#bytes;
    const record = this.#record;
    let key = this.#keys;
    for (let at = this.#records; at < this.#records + count * RECORD_BYTES; at += RECORD_BYTES) {
      const double = at >>> 3;
      record.keyStart = doubles[double] ?? 0;
      record.keyEnd = doubles[double + 1] ?? 0;
      record.start = doubles[double + 2] ?? 0;
      record.end = doubles[double + 3] ?? 0;
      record.ordinal = doubles[double + 4] ?? 0;
      record.count = doubles[double + 5] ?? 0;
      record.keyHash = words[(at + 48) >>> 2] ?? 0;
      const keyLength = words[(at + 52) >>> 2] ?? 0;
      record.kind = bytes[at + 56] ?? 0;
      record.level = bytes[at + 57] ?? 0;
      record.keyHasEscapes = bytes[at + 58] !== 0;
      record.key = keyLength > 0 ? bytes.subarray(key, key + keyLength) : null;
      key += keyLength;
      onRecord(record);
    }
    this.#wasm.drained();
  }
}
