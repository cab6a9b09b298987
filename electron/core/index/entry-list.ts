/** A list of entries in typed arrays: 37 bytes for each, and short names beside them. */
import type { EntryList, IndexEntry, JsonKind, ListLevel } from './model.ts';
import type { ScanRecord } from './scanner.ts';

/** As in shared/json/tape.ts. */
const KINDS: readonly JsonKind[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];
/** When there are more than that many, only every eighth of them stays, and so on. */
export const MOST_RECORDED = 1 << 19;
const FEWER = 8;
/** Names are in memory up to so many bytes of each list; those after that are read from the file. */
const KEY_POOL_BYTES = 12 << 20;
const KEY_BLOCK_BYTES = 64 << 10;
/** Columns are arrays of so many, so that growing copies nothing. */
const BLOCK_SHIFT = 12;
const BLOCK = 1 << BLOCK_SHIFT;
const NO_KEY = 0xffffffff;
const MOST_COUNTED = 0xffffffff;
const HAS_ESCAPES = 1 << 3;
const KIND_MASK = 7;

interface Block {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** From the name to the value, and the name's length; 0 for items. */
  readonly keyBack: Uint32Array;
  readonly keyLength: Uint32Array;
  readonly count: Uint32Array;
  readonly hash: Uint32Array;
  /** Where in the pool. */
  readonly keyAt: Uint32Array;
  /** Kind and HAS_ESCAPES. */
  readonly info: Uint8Array;
}

/** What is kept of a list between two runs of the program. */
export interface SavedList {
  readonly level: ListLevel;
  readonly kind: 'object' | 'array';
  readonly count: number;
  readonly stride: number;
  readonly recorded: number;
  /** Column after column, as they are. */
  readonly columns: Uint8Array[];
  readonly keys: Uint8Array[];
  readonly keyBytes: number;
}

export function kindOf(code: number): JsonKind {
  return KINDS[code] ?? 'null';
}

export class GrowingList implements EntryList {
  readonly level: ListLevel;
  kind: 'object' | 'array';
  count = 0;
  stride = 1;
  #recorded = 0;
  #blocks: Block[] = [];
  #keys: Uint8Array[] = [];
  #keyBytes = 0;
  readonly #mostRecorded: number;

  constructor(level: ListLevel, kind: 'object' | 'array', mostRecorded = MOST_RECORDED) {
    this.level = level;
    this.kind = kind;
    this.#mostRecorded = mostRecorded;
  }

  at(ordinal: number): IndexEntry {
    const { block, at } = this.#find(ordinal);
    const start = block.start[at] ?? 0;
    const keyLength = block.keyLength[at] ?? 0;
    const keyStart = keyLength > 0 ? start - (block.keyBack[at] ?? 0) : -1;
    return {
      keyStart,
      keyEnd: keyLength > 0 ? keyStart + keyLength : -1,
      start,
      end: block.end[at] ?? 0,
      kind: kindOf((block.info[at] ?? 0) & KIND_MASK),
      count: block.count[at] ?? 0,
    };
  }

  keyBytes(ordinal: number): Uint8Array | null {
    const { block, at } = this.#find(ordinal);
    const from = block.keyAt[at] ?? NO_KEY;
    if (from === NO_KEY) return null;
    const inBlock = from % KEY_BLOCK_BYTES;
    return (
      this.#keys[Math.floor(from / KEY_BLOCK_BYTES)]?.subarray(inBlock, inBlock + (block.keyLength[at] ?? 0)) ?? null
    );
  }

  /** Of the raw name without quotes: equal for equal spellings. */
  keyHash(ordinal: number): number {
    const { block, at } = this.#find(ordinal);
    return block.hash[at] ?? 0;
  }

  keyHasEscapes(ordinal: number): boolean {
    const { block, at } = this.#find(ordinal);
    return ((block.info[at] ?? 0) & HAS_ESCAPES) !== 0;
  }

  /** The next one of those that the scanner tells. */
  add(record: ScanRecord): void {
    if (record.ordinal % this.stride !== 0) return;
    if (this.#recorded >= this.#mostRecorded) {
      this.#keepFewer();
      if (record.ordinal % this.stride !== 0) return;
    }
    const at = this.#recorded & (BLOCK - 1);
    if (at === 0) this.#blocks.push(newBlock());
    const block = this.#blocks[this.#recorded >>> BLOCK_SHIFT];
    if (block === undefined) throw new Error('a list without its blocks');
    const hasKey = record.keyStart >= 0;
    block.start[at] = record.start;
    block.end[at] = record.end;
    block.keyBack[at] = hasKey ? record.start - record.keyStart : 0;
    block.keyLength[at] = hasKey ? record.keyEnd - record.keyStart : 0;
    block.count[at] = Math.min(record.count, MOST_COUNTED);
    block.hash[at] = hasKey ? record.keyHash : 0;
    block.keyAt[at] = record.key === null ? NO_KEY : this.#keep(record.key);
    block.info[at] = record.kind | (record.keyHasEscapes ? HAS_ESCAPES : 0);
    this.#recorded += 1;
  }

  save(): SavedList {
    const whole = this.#blocks.flatMap((block, index) => {
      const length = Math.min(BLOCK, this.#recorded - (index << BLOCK_SHIFT));
      return columnsOf(block).map((column) => bytesOf(column.subarray(0, length)));
    });
    const keys = this.#keys.map((block, index) => block.subarray(0, this.#keyBytes - index * KEY_BLOCK_BYTES));
    const { level, kind, count, stride } = this;
    return { level, kind, count, stride, recorded: this.#recorded, columns: whole, keys, keyBytes: this.#keyBytes };
  }

  /** `read(length)` hands out the bytes of the columns and then of the keys, in the order of `save`. */
  static restore(
    saved: Omit<SavedList, 'columns' | 'keys'>,
    read: (length: number) => Uint8Array,
    mostRecorded = MOST_RECORDED,
  ): GrowingList {
    const list = new GrowingList(saved.level, saved.kind, mostRecorded);
    list.count = saved.count;
    list.stride = saved.stride;
    list.#recorded = saved.recorded;
    for (let from = 0; from < saved.recorded; from += BLOCK) {
      const block = newBlock();
      for (const column of columnsOf(block)) {
        const part = bytesOf(column.subarray(0, Math.min(BLOCK, saved.recorded - from)));
        part.set(read(part.length));
      }
      list.#blocks.push(block);
    }
    list.#keyBytes = saved.keyBytes;
    for (let from = 0; from < saved.keyBytes; from += KEY_BLOCK_BYTES) {
      const block = new Uint8Array(KEY_BLOCK_BYTES);
      block.set(read(Math.min(KEY_BLOCK_BYTES, saved.keyBytes - from)));
      list.#keys.push(block);
    }
    return list;
  }

  #find(ordinal: number): { readonly block: Block; readonly at: number } {
    const index = ordinal / this.stride;
    const block = this.#blocks[index >>> BLOCK_SHIFT];
    if (block === undefined || !Number.isInteger(index) || index < 0 || index >= this.#recorded) {
      throw new RangeError(`entry ${ordinal} of ${this.count} is not recorded, but every one in ${this.stride} is`);
    }
    return { block, at: index & (BLOCK - 1) };
  }

  /** Where in the pool; NO_KEY when that is full. */
  #keep(key: Uint8Array): number {
    const left = this.#keys.length * KEY_BLOCK_BYTES - this.#keyBytes;
    const from = key.length <= left ? this.#keyBytes : this.#keys.length * KEY_BLOCK_BYTES;
    if (from + key.length > KEY_POOL_BYTES) return NO_KEY;
    if (key.length > left) this.#keys.push(new Uint8Array(KEY_BLOCK_BYTES));
    this.#keys.at(-1)?.set(key, from % KEY_BLOCK_BYTES);
    this.#keyBytes = from + key.length;
    return from;
  }

  #keepFewer(): void {
    this.stride *= FEWER;
    const kept = Math.ceil(this.#recorded / FEWER);
    const columns = this.#blocks.map(columnsOf);
    for (let column = 0; column < (columns[0]?.length ?? 0); column += 1) {
      for (let to = 1; to < kept; to += 1) {
        const from = to * FEWER;
        const target = columns[to >>> BLOCK_SHIFT]?.[column];
        if (target !== undefined) {
          target[to & (BLOCK - 1)] = columns[from >>> BLOCK_SHIFT]?.[column]?.[from & (BLOCK - 1)] ?? 0;
        }
      }
    }
    this.#recorded = kept;
    this.#blocks.length = Math.ceil(kept / BLOCK);
  }
}

function newBlock(): Block {
  return {
    start: new Float64Array(BLOCK),
    end: new Float64Array(BLOCK),
    keyBack: new Uint32Array(BLOCK),
    keyLength: new Uint32Array(BLOCK),
    count: new Uint32Array(BLOCK),
    hash: new Uint32Array(BLOCK),
    keyAt: new Uint32Array(BLOCK),
    info: new Uint8Array(BLOCK),
  };
}

function columnsOf(block: Block): (Float64Array | Uint32Array | Uint8Array)[] {
  return [block.start, block.end, block.keyBack, block.keyLength, block.count, block.hash, block.keyAt, block.info];
}

function bytesOf(column: Float64Array | Uint32Array | Uint8Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
