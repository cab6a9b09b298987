/** An index while it is built, and afterwards: chunks of text go in, lists and the fault come out. */
import { decodePrefix } from '../../../shared/json/json-string.ts';
import { GrowingList, kindOf, MOST_RECORDED } from './entry-list.ts';
import type {
  DuplicateKey,
  IndexFault,
  IndexFaultCode,
  IndexRoot,
  ListLevel,
  OffsetIndex,
  UnfinishedEntry,
} from './model.ts';
import { KIND_LIST_BEGINS, PHASE, Scanner, type ScanRecord } from './scanner.ts';

/** A name, or a gap after it, that one entry cannot hold. */
const LONGEST_KEY = 0xffffffff;
const SHOWN_KEY_CHARACTERS = 60;
const KIND_STRING = 3;
const KIND_ARRAY = 4;

export interface DraftOptions {
  /** Where the value begins, at the earliest. */
  readonly start: number;
  readonly findsStates: boolean;
  readonly mostRecorded?: number | undefined;
}

export type KnownOfIndex = Pick<OffsetIndex, 'root' | 'fault' | 'duplicates' | 'size' | 'complete' | 'sha256'>;

export class IndexDraft implements OffsetIndex {
  root: IndexRoot | null = null;
  readonly top: GrowingList;
  states: GrowingList | null = null;
  fault: IndexFault | null = null;
  duplicates: readonly DuplicateKey[] = [];
  size: number | null = null;
  complete = false;
  sha256: string | null = null;
  readonly #scanner: Scanner;
  readonly #mostRecorded: number;
  /** The scan is inside of the list `states`. */
  #isInStates = false;
  #tooLong = -1;

  private constructor(scanner: Scanner, top: GrowingList, mostRecorded: number) {
    this.#scanner = scanner;
    this.top = top;
    this.#mostRecorded = mostRecorded;
  }

  static begin({ start, findsStates, mostRecorded = MOST_RECORDED }: DraftOptions): IndexDraft {
    const list = new GrowingList('top', 'object', mostRecorded);
    return new IndexDraft(Scanner.begin(start, { findsStates }), list, mostRecorded);
  }

  /** What `saveScan` gave, with the lists and what else was known then. @throws RangeError for what is no saved scan. */
  static restore(saved: Uint8Array, top: GrowingList, states: GrowingList | null, known: KnownOfIndex): IndexDraft {
    const draft = new IndexDraft(Scanner.restore(saved), top, MOST_RECORDED);
    draft.states = states;
    draft.#isInStates = draft.#scanner.level === 2;
    draft.root = known.root;
    draft.fault = known.fault;
    draft.duplicates = known.duplicates;
    draft.size = known.size;
    draft.complete = known.complete;
    draft.sha256 = known.sha256;
    return draft;
  }

  saveScan(): Uint8Array {
    return this.#scanner.save();
  }

  get scanned(): number {
    return this.#scanner.position;
  }

  /** Memory to read text into, which is quicker to feed. */
  buffers(chunkBytes: number): Uint8Array[] {
    return this.#scanner.buffers(chunkBytes);
  }

  /** False when a fault ended the scan. */
  feed(chunk: Uint8Array): boolean {
    const from = this.#scanner.position;
    const isFine = this.#scanner.feed(chunk, this.#take);
    this.#afterChunk();
    if (this.#tooLong >= 0) {
      const message = `a member name with what follows it is longer than ${LONGEST_KEY} bytes`;
      this.fault = { code: 'syntax', offset: this.#tooLong, message, unfinished: null };
    } else if (!isFine) {
      this.fault = this.#unexpected(chunk[this.#scanner.position - from] ?? 0);
    }
    return this.fault === null;
  }

  /** There is no more text. */
  finish(): void {
    if (this.fault === null && !this.#scanner.finish(this.#take)) this.fault = this.#cutOff();
    this.#afterChunk();
  }

  readonly #take = (record: ScanRecord): void => {
    if (record.keyStart >= 0 && record.start - record.keyStart > LONGEST_KEY) this.#tooLong = record.keyStart;
    if (record.kind === KIND_LIST_BEGINS) {
      this.states = new GrowingList('states', 'object', this.#mostRecorded);
      this.#isInStates = true;
    } else if (record.level === 2) {
      this.states?.add(record);
    } else if (record.level === 1) {
      if (this.#isInStates && this.states !== null) this.states.count = record.count;
      this.#isInStates = false;
      this.top.add(record);
    } else {
      this.root = { start: record.start, end: record.end, kind: kindOf(record.kind) };
    }
  };

  #afterChunk(): void {
    const scanner = this.#scanner;
    if (scanner.level > 0) {
      const { start, kind } = scanner.pending(0);
      this.root = { start, end: scanner.position, kind: kindOf(kind) };
      this.#countTop(kind);
      scanner.setStride(1, this.top.stride);
    } else if (this.root !== null && (this.root.kind === 'array' || this.root.kind === 'object')) {
      this.#countTop(scanner.pending(0).kind);
    }
    if (scanner.level === 2 && this.states !== null) {
      this.states.count = scanner.found(2);
      scanner.setStride(2, this.states.stride);
    }
  }

  #countTop(rootKind: number): void {
    this.top.kind = rootKind === KIND_ARRAY ? 'array' : 'object';
    this.top.count = this.#scanner.found(1);
  }

  #unexpected(byte: number): IndexFault {
    const scanner = this.#scanner;
    const offset = scanner.position;
    const found = describeByte(byte);
    if (scanner.phase === PHASE.done) {
      const isJoined = this.root?.end === offset && !/[,:{}[\]"]/.test(String.fromCharCode(byte));
      if (isJoined && (this.root?.kind === 'number' || this.root?.kind === 'boolean' || this.root?.kind === 'null')) {
        this.root = null;
        return { code: 'not-json', offset, message: `expected a JSON value, found ${found}`, unfinished: null };
      }
      const message = `expected nothing more after the value, found ${found}`;
      return { code: 'trailing-garbage', offset, message, unfinished: null };
    }
    const code: IndexFaultCode = scanner.level === 0 ? 'not-json' : 'syntax';
    const message = `expected ${this.#wanted()}, found ${found}`;
    return { code, offset, message, unfinished: this.#unfinished(offset) };
  }

  #cutOff(): IndexFault {
    const scanner = this.#scanner;
    const offset = scanner.position;
    if (scanner.level === 0 && scanner.phase === PHASE.value) {
      return { code: 'empty', offset: 0, message: 'there is nothing in it', unfinished: null };
    }
    const unfinished = this.#unfinished(offset);
    const list = scanner.level === 2 ? 'the states' : scanner.level === 1 ? 'the outermost value' : 'its only value';
    const where = unfinished === null ? list : `${this.#name(unfinished)} of ${list}`;
    return { code: 'truncated', offset, message: `the text ends inside ${where}`, unfinished };
  }

  #unfinished(offset: number): UnfinishedEntry | null {
    const scanner = this.#scanner;
    if (scanner.level === 0) {
      const kind = kindOf(scanner.pending(0).kind);
      if (scanner.phase >= PHASE.opened) this.root = { start: scanner.pending(0).start, end: offset, kind };
      return null;
    }
    const { phase } = scanner;
    if ((phase !== PHASE.opened && phase < PHASE.inString) || phase === PHASE.inGap) return null;
    const level: ListLevel = scanner.level === 2 ? 'states' : 'top';
    const { keyStart, keyEnd, start, kind, count, key } = scanner.pending(scanner.level);
    const isItem = level === 'top' && this.top.kind === 'array';
    return {
      level,
      ordinal: scanner.found(scanner.level),
      entry: {
        keyStart: isItem ? -1 : keyStart,
        keyEnd: isItem ? -1 : keyEnd,
        start,
        end: offset,
        kind: kindOf(kind),
        count: kind > KIND_STRING ? count : 0,
      },
      key: isItem || key === null ? null : decodeKey(key),
    };
  }

  #name({ key, ordinal }: UnfinishedEntry): string {
    if (key === null) return `number ${ordinal + 1}`;
    const shown = key.length > SHOWN_KEY_CHARACTERS ? `${key.slice(0, SHOWN_KEY_CHARACTERS)}…` : key;
    return `“${shown}”`;
  }

  #wanted(): string {
    const scanner = this.#scanner;
    const isArray = scanner.level === 1 && this.top.kind === 'array';
    switch (scanner.phase) {
      case PHASE.key:
        return 'a member name in quotes after the comma';
      case PHASE.keyOrClose:
        return 'a member name in quotes or }';
      case PHASE.colon:
        return 'a colon after the member name';
      case PHASE.next:
        return isArray ? 'a comma or ] after an item' : 'a comma or } after a member';
      case PHASE.inWord:
        return 'the rest of a word';
      case PHASE.inNumber:
        return 'a digit';
      case PHASE.inContainer:
      case PHASE.inGap:
        return 'the bracket that closes what is open';
      default:
        return scanner.level === 0 ? 'a JSON value' : isArray ? 'an item' : 'a value';
    }
  }
}

/** A raw name with its quotes. */
export function decodeKey(raw: Uint8Array): string {
  return decodePrefix(raw, 1, raw.length - 1, Infinity, raw.includes(0x5c)).text;
}

function describeByte(byte: number): string {
  if (byte > 0x20 && byte < 0x7f) return `\`${String.fromCharCode(byte)}\``;
  return `byte 0x${byte.toString(16).padStart(2, '0')}`;
}
