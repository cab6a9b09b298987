/**
 * Shows a pickle (protocols 0 to 5) as data. Nothing is executed, imported or constructed: where Python would call something,
 * there is a PickleObject with the label of what would have been called. Never written.
 *
 * Ours, because the package that exists loses integers beyond 32 bits, members called `__proto__` and keys that differ only
 * in type, and has no limits. Source: CPython's pickletools.py.
 */
import { StateError } from './errors.ts';
import { PickleReader } from './pickle-reader.ts';
import { FrozenSet, Tuple } from './values.ts';

/** What stands for a class, a function, or an object that Python would have made with one. */
export class PickleObject {
  /** `module.name`; `persistent-id`, `extension` and `buffer` for pickle's ways of naming things outside of itself. */
  readonly label: string;
  /** What the callable would have been given; undefined for the bare class or function. */
  readonly args: unknown;
  /** What `__setstate__` would have been given. */
  state: unknown;
  readonly items: unknown[] = [];
  readonly entries = new Map<unknown, unknown>();

  constructor(label: string, args?: unknown) {
    this.label = label;
    this.args = args;
  }
}

export interface PickleLimits {
  /** Opcodes. Default 5,000,000. */
  readonly maxOps?: number;
}

const MARK = Symbol('mark');
type Step = (op: string) => void;

/**
 * Lists are arrays, dicts are Maps (their keys may be anything), ints are bigints beyond 2^53, floats are numbers.
 * @throws StateError `pickle-invalid` with the byte offset, `pickle-limit`.
 */
export function readPickle(bytes: Uint8Array, limits: PickleLimits = {}): unknown {
  return readFirstPickle(bytes, limits).value;
}

/** A file may hold several pickles, one behind the other: the first, and the offset after it. @throws as `readPickle`. */
export function readFirstPickle(
  bytes: Uint8Array,
  limits: PickleLimits = {},
): { readonly value: unknown; readonly end: number } {
  const unpickler = new Unpickler(bytes, limits.maxOps ?? 5_000_000);
  const value = unpickler.run();
  return { value, end: unpickler.offset };
}

class Unpickler {
  readonly #reader: PickleReader;
  readonly #maxOps: number;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();
  readonly #steps: ReadonlyMap<string, Step>;

  constructor(bytes: Uint8Array, maxOps: number) {
    this.#reader = new PickleReader(bytes);
    this.#maxOps = maxOps;
    this.#steps = new Map([...this.#scalars(), ...this.#containers(), ...this.#objects()]);
  }

  get offset(): number {
    return this.#reader.offset;
  }

  run(): unknown {
    for (let count = 0; count < this.#maxOps; count++) {
      const offset = this.#reader.offset;
      const op = String.fromCharCode(this.#reader.byte());
      if (op === '.') return this.#pop();
      const step = this.#steps.get(op);
      if (!step) throw this.#invalid(`there is no opcode ${JSON.stringify(op)} (byte ${offset})`);
      step(op);
    }
    throw new StateError('pickle-limit', `the pickle has more than ${this.#maxOps} operations`);
  }

  #scalars(): readonly (readonly [string, Step])[] {
    const reader = this.#reader;
    const push =
      (read: () => unknown): Step =>
      () =>
        void this.#stack.push(read());
    const text = (size: number): Step => push(() => reader.text(reader.unsigned(size)));
    const bytes = (size: number): Step => push(() => reader.take(reader.unsigned(size)).slice());
    return [
      ['N', push(() => null)],
      ['\x88', push(() => true)],
      ['\x89', push(() => false)],
      ['I', push(() => this.#decimal(reader.line()))],
      ['L', push(() => this.#decimal(reader.line().replace(/L$/, '')))],
      ['F', push(() => Number(reader.line()))],
      ['K', push(() => reader.unsigned(1))],
      ['M', push(() => reader.unsigned(2))],
      ['J', push(() => Number(reader.integer(4)))],
      ['\x8a', push(() => fitting(reader.integer(reader.unsigned(1))))],
      ['\x8b', push(() => fitting(reader.integer(reader.unsigned(4))))],
      ['G', push(() => reader.double())],
      ['S', push(() => reader.line().slice(1, -1))],
      ['V', push(() => unescapeRaw(reader.line('latin1')))],
      ['U', text(1)],
      ['T', text(4)],
      ['\x8c', text(1)],
      ['X', text(4)],
      ['\x8d', text(8)],
      ['C', bytes(1)],
      ['B', bytes(4)],
      ['\x8e', bytes(8)],
      ['\x96', bytes(8)],
      ['\x80', () => void reader.byte()],
      ['\x95', () => void reader.take(8)],
    ];
  }

  #containers(): readonly (readonly [string, Step])[] {
    const stack = this.#stack;
    const tuple =
      (size: number): Step =>
      () => {
        if (stack.length < size) throw this.#invalid('the stack is too short for a tuple');
        stack.push(new Tuple(stack.splice(stack.length - size)));
      };
    return [
      ['(', () => void stack.push(MARK)],
      ['0', () => void this.#pop()],
      ['1', () => void this.#sinceMark()],
      ['2', () => void stack.push(stack.at(-1))],
      [']', () => void stack.push([])],
      ['l', () => void stack.push(this.#sinceMark())],
      ['a', () => this.#append([this.#pop()])],
      ['e', () => this.#append(this.#sinceMark())],
      ['}', () => void stack.push(new Map())],
      [
        'd',
        () => {
          const flat = this.#sinceMark();
          stack.push(new Map());
          this.#setItems(flat);
        },
      ],
      ['s', () => this.#setItems([this.#pop(), this.#pop()].toReversed())],
      ['u', () => this.#setItems(this.#sinceMark())],
      [')', tuple(0)],
      ['\x85', tuple(1)],
      ['\x86', tuple(2)],
      ['\x87', tuple(3)],
      ['t', () => void stack.push(new Tuple(this.#sinceMark()))],
      ['\x8f', () => void stack.push(new Set())],
      ['\x90', () => this.#append(this.#sinceMark())],
      ['\x91', () => void stack.push(new FrozenSet(this.#sinceMark()))],
    ];
  }

  #objects(): readonly (readonly [string, Step])[] {
    const reader = this.#reader;
    const stack = this.#stack;
    const get =
      (read: () => number): Step =>
      () => {
        const index = read();
        if (!this.#memo.has(index)) throw this.#invalid(`nothing was remembered as ${index}`);
        stack.push(this.#memo.get(index));
      };
    const put =
      (read: () => number): Step =>
      () =>
        void this.#memo.set(read(), stack.at(-1));
    const outside =
      (label: string, read: () => unknown): Step =>
      () =>
        void stack.push(new PickleObject(label, read()));
    const called = (): void => {
      const args = this.#pop();
      stack.push(new PickleObject(labelOf(this.#pop()), args));
    };
    return [
      ['c', () => void stack.push(new PickleObject([reader.line(), reader.line()].join('.')))],
      ['\x93', () => void stack.push(new PickleObject([this.#pop(), this.#pop()].toReversed().map(String).join('.')))],
      ['R', called],
      ['\x81', called],
      [
        '\x92',
        () => {
          const named = this.#pop();
          const args = this.#pop();
          stack.push(new PickleObject(labelOf(this.#pop()), [args, named]));
        },
      ],
      [
        'i',
        () => {
          const label = [reader.line(), reader.line()].join('.');
          stack.push(new PickleObject(label, new Tuple(this.#sinceMark())));
        },
      ],
      [
        'o',
        () => {
          const [owner, ...args] = this.#sinceMark();
          stack.push(new PickleObject(labelOf(owner), new Tuple(args)));
        },
      ],
      [
        'b',
        () => {
          const state = this.#pop();
          const object = stack.at(-1);
          if (!(object instanceof PickleObject)) throw this.#invalid('a state is set on what is no object');
          object.state = state;
        },
      ],
      ['P', outside('persistent-id', () => reader.line())],
      ['Q', outside('persistent-id', () => this.#pop())],
      ['\x82', outside('extension', () => reader.unsigned(1))],
      ['\x83', outside('extension', () => reader.unsigned(2))],
      ['\x84', outside('extension', () => reader.unsigned(4))],
      ['\x97', outside('buffer', () => null)],
      ['\x98', () => undefined],
      ['g', get(() => Number(reader.line()))],
      ['h', get(() => reader.unsigned(1))],
      ['j', get(() => reader.unsigned(4))],
      ['p', put(() => Number(reader.line()))],
      ['q', put(() => reader.unsigned(1))],
      ['r', put(() => reader.unsigned(4))],
      ['\x94', put(() => this.#memo.size)],
    ];
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw this.#invalid('the stack is empty');
    return this.#stack.pop();
  }

  #sinceMark(): unknown[] {
    const at = this.#stack.findLastIndex((item) => item === MARK);
    if (at < 0) throw this.#invalid('there is no mark');
    return this.#stack.splice(at).slice(1);
  }

  #append(items: readonly unknown[]): void {
    const target = this.#stack.at(-1);
    for (const item of items) {
      if (Array.isArray(target)) target.push(item);
      else if (target instanceof Set) target.add(item);
      else if (target instanceof PickleObject) target.items.push(item);
      else throw this.#invalid('items are added to what holds none');
    }
  }

  #setItems(flat: readonly unknown[]): void {
    const top = this.#stack.at(-1);
    const target = top instanceof PickleObject ? top.entries : top;
    if (!(target instanceof Map) || flat.length % 2 !== 0) throw this.#invalid('members are set on what has none');
    for (let at = 0; at < flat.length; at += 2) target.set(flat[at], flat[at + 1]);
  }

  #decimal(text: string): unknown {
    // Protocol 0 and 1 write booleans so.
    if (text === '00' || text === '01') return text === '01';
    if (!/^-?\d+$/.test(text)) throw this.#invalid(`${JSON.stringify(text)} is no integer`);
    return fitting(BigInt(text));
  }

  #invalid(message: string): StateError {
    return new StateError('pickle-invalid', `before byte ${this.#reader.offset} of the pickle: ${message}`);
  }
}

function fitting(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function labelOf(callable: unknown): string {
  return callable instanceof PickleObject ? callable.label : '(not a class)';
}

/** Python's raw-unicode-escape: Latin-1, in which only \u and \U are escapes. */
function unescapeRaw(text: string): string {
  return text.replace(
    /\\u([0-9a-f]{4})|\\U([0-9a-f]{8})/g,
    (_, short: string | undefined, long: string | undefined) => {
      const code = Number.parseInt(short ?? long ?? '0', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
    },
  );
}
