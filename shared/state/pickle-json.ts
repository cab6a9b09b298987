/**
 * A pickle as JSON text with the tags of 5.1, so that it is shown like any other state. What Python would have called is a
 * label: `{"__pickle_class__": "robot.Agent", "state": {…}}`. For reading only.
 */
import { joinPieces } from '../json/pieces.ts';
import { DateTime } from './date-time.ts';
import { Encoder } from './encode.ts';
import { reasonOf, StateError } from './errors.ts';
import { PickleObject, readFirstPickle } from './pickle.ts';
import { MAX_DEPTH, type PlainObject, setMember } from './plain.ts';
import { TypeRegistry } from './type-registry.ts';
import { FrozenSet, Tuple, Uuid } from './values.ts';

/** What stands for a class, a function or an object: its label, and beside it what it was made of. */
export const PICKLE_CLASS = '__pickle_class__';
/** Where a value that contains itself stands: how many levels further up it begins. */
const PICKLE_ABOVE = '__pickle_levels_up__';

const MIB = 1 << 20;
/** A pickle names a value many times at the cost of two bytes: it may grow as much as a packed file may. */
const LEAST_ALLOWANCE = 16 * MIB;
const MOST_ALLOWANCE = 512 * MIB;
const MAX_GROWTH = 100;
/** What a value costs beside its characters. */
const VALUE_COST = 8;

export interface PickleJson {
  readonly json: Uint8Array<ArrayBuffer>;
  /** The offset after the first pickle. Whatever follows it is not in the JSON. */
  readonly end: number;
}

/**
 * Protocol 2 to 5, by its header and the stop at its end. Protocols 0 and 1 have no header: only a file's name tells them.
 */
export function looksLikePickle(bytes: Uint8Array): boolean {
  const [mark, protocol, next] = bytes;
  if (mark !== 0x80 || protocol === undefined || protocol < 2 || protocol > 5) return false;
  // Protocols 4 and 5 go on with a frame, unless the whole is tiny; the others with a value.
  return next !== undefined && OPENING.has(next) && bytes.at(-1) === 0x2e;
}

/** Opcodes that a pickle can begin with: a frame, a mark, a value, a container, a class. */
const OPENING: ReadonlySet<number> = new Set(
  Array.from('\x95(NIJKLMFGSTUVXBC\x88\x89\x8a\x8b\x8c\x8d\x8e\x96])}c\x8fP', (op) => op.charCodeAt(0)),
);

/** @throws StateError `pickle-invalid` with the byte offset, `pickle-limit`. */
export function pickleJson(bytes: Uint8Array): PickleJson {
  const { value, end } = readFirstPickle(bytes);
  const allowance = Math.min(MOST_ALLOWANCE, Math.max(LEAST_ALLOWANCE, bytes.length * MAX_GROWTH));
  try {
    const shown = new Converter(allowance).value(value, []);
    return { json: joinPieces(new Encoder(new TypeRegistry(), 'envelope').value(shown)), end };
  } catch (error) {
    if (error instanceof StateError && error.code === 'pickle-limit') throw error;
    // What the codec has no form for, because it is too deep.
    throw new StateError('pickle-limit', `the pickle cannot be shown: ${reasonOf(error)}`, error);
  }
}

class Converter {
  #left: number;

  constructor(allowance: number) {
    this.#left = allowance;
  }

  value(value: unknown, above: readonly object[]): unknown {
    this.#spend(VALUE_COST + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 0));
    // Where the stack is empty or a mark was left, a value is a symbol or undefined: damaged.
    if (typeof value === 'symbol' || value === undefined) return null;
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    const at = above.indexOf(value);
    if (at >= 0) return { [PICKLE_ABOVE]: above.length - at };
    if (above.length > MAX_DEPTH) throw new StateError('pickle-limit', `it is nested deeper than ${MAX_DEPTH} levels`);
    const here = [...above, value];
    const all = (items: Iterable<unknown>): unknown[] => Array.from(items, (item) => this.value(item, here));
    if (Array.isArray(value)) return all(value);
    if (value instanceof Tuple) return new Tuple(all(value.items));
    if (value instanceof Set) return new Set(all(value));
    if (value instanceof FrozenSet) return new FrozenSet(all(value.items));
    if (value instanceof Map) return this.#dict(value, here);
    if (value instanceof PickleObject) {
      const object = reconstructed(value);
      return known(object) ?? this.#object(object, here);
    }
    return value;
  }

  /** A dict whose keys are all texts is one; any other is a list of pairs, so that 1 and "1" stay apart. */
  #dict(map: ReadonlyMap<unknown, unknown>, here: readonly object[]): PlainObject {
    if (![...map.keys()].every((key) => typeof key === 'string')) {
      return { [PICKLE_CLASS]: 'builtins.dict', entries: this.#pairs(map, here) };
    }
    const object: PlainObject = {};
    for (const [key, item] of map) {
      this.#spend(String(key).length);
      setMember(object, String(key), this.value(item, here));
    }
    return object;
  }

  #pairs(map: ReadonlyMap<unknown, unknown>, here: readonly object[]): unknown[] {
    return Array.from(map, ([key, item]) => [this.value(key, here), this.value(item, here)]);
  }

  #object({ label, args, state, items, entries }: PickleObject, here: readonly object[]): PlainObject {
    return {
      [PICKLE_CLASS]: label,
      ...(args !== undefined && { args: this.value(args, here) }),
      ...(state !== undefined && { state: this.value(state, here) }),
      ...(items.length > 0 && { items: this.value(items, here) }),
      ...(entries.size > 0 && { entries: this.#pairs(entries, here) }),
    };
  }

  #spend(cost: number): void {
    this.#left -= cost;
    if (this.#left < 0) {
      throw new StateError('pickle-limit', 'written out it would be more than 100 times as long as the pickle');
    }
  }
}

/** Protocols 0 and 1 make an object by calling a function with its class. */
function reconstructed(object: PickleObject): PickleObject {
  if (!/^copy_?reg\._reconstructor$/.test(object.label) || !(object.args instanceof Tuple)) return object;
  const [made] = object.args.items;
  if (!(made instanceof PickleObject)) return object;
  const plain = new PickleObject(made.label, new Tuple([]));
  plain.state = object.state;
  return plain;
}

/** Python's own types, which pickle stores as calls. Undefined for anything else. */
function known(object: PickleObject): unknown {
  const { label, args, state } = object;
  const [first, second] = args instanceof Tuple ? args.items : [];
  switch (label) {
    case 'datetime.datetime':
      return dateTimeOf(first, second);
    case 'builtins.set':
    case '__builtin__.set':
      return Array.isArray(first) ? plainItems(first, (items) => new Set(items)) : undefined;
    case 'builtins.frozenset':
    case '__builtin__.frozenset':
      return Array.isArray(first) ? plainItems(first, (items) => new FrozenSet(items)) : undefined;
    case 'uuid.UUID':
      return uuidOf(state);
    case '_codecs.encode':
      return latin1Of(first, second);
    default:
      return undefined;
  }
}

/** Items that need no conversion of their own; a set of objects stays a call. */
function plainItems<T>(items: readonly unknown[], make: (items: readonly unknown[]) => T): T | undefined {
  return items.every((item) => typeof item !== 'object' || item === null) ? make(items) : undefined;
}

/** CPython's datetime.__reduce__: ten bytes, and an optional timezone. */
function dateTimeOf(stamp: unknown, zone: unknown): DateTime | undefined {
  const bytes = stamp instanceof PickleObject ? known(stamp) : stamp;
  if (!(bytes instanceof Uint8Array) || bytes.length !== 10) return undefined;
  const [high = 0, low = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, a = 0, b = 0, c = 0] = bytes;
  const offset = zone === undefined ? '' : offsetOf(zone);
  if (offset === undefined) return undefined;
  const two = (value: number) => String(value).padStart(2, '0');
  const micros = a * 65_536 + b * 256 + c;
  const fraction = micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`;
  // The month's highest bit is `fold`, which ISO 8601 has no word for.
  const date = `${String(high * 256 + low).padStart(4, '0')}-${two(month & 0x7f)}-${two(day)}`;
  try {
    return new DateTime(`${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction}${offset}`);
  } catch (error) {
    if (error instanceof StateError) return undefined;
    throw error;
  }
}

/** `datetime.timezone(timedelta(days, seconds))` as `+08:00`. */
function offsetOf(zone: unknown): string | undefined {
  const [delta] = argsOf(zone, 'datetime.timezone');
  const [days, seconds] = argsOf(delta, 'datetime.timedelta');
  const minutes = (Number(days) * 86_400 + Number(seconds)) / 60;
  if (!Number.isInteger(minutes) || Math.abs(minutes) >= 1440) return undefined;
  const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

function argsOf(object: unknown, label: string): readonly unknown[] {
  return object instanceof PickleObject && object.label === label && object.args instanceof Tuple
    ? object.args.items
    : [];
}

function uuidOf(state: unknown): Uuid | undefined {
  const int: unknown = state instanceof Map ? state.get('int') : undefined;
  if (typeof int !== 'bigint' && typeof int !== 'number') return undefined;
  const digits = BigInt(int).toString(16).padStart(32, '0');
  if (digits.length !== 32 || digits.startsWith('-')) return undefined;
  return new Uuid(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

/** How protocols 0 to 2 store bytes. */
function latin1Of(text: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || encoding !== 'latin1') return undefined;
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  return bytes.every((byte, at) => byte === text.charCodeAt(at)) ? bytes : undefined;
}
