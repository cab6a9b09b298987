/** Plain data: making, telling, comparing and copying it. */
import { DateTime } from './date-time.ts';
import { EnumValue, FrozenSet, NumberLiteral, Tuple, UnknownValue, Uuid } from './values.ts';

export type PlainObject = Record<string, unknown>;

/** Objects of literals, of JSON.parse and without a prototype; no class instances. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Assignment for which `__proto__` is a name like any other. */
export function setMember(object: PlainObject, name: string, value: unknown): void {
  // Of the names that objects inherit, this one alone has a setter. Defining takes ten times as long as assigning.
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** The member itself, never something inherited. */
export function memberOf(object: PlainObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Deeper than this Python's own json module gives up, too. */
export const MAX_DEPTH = 900;

const JSON_PRIMITIVES: ReadonlySet<string> = new Set(['string', 'number', 'bigint', 'boolean']);

/** Whether Python's `json.dumps` would take the value: lists, tuples, dicts with simple keys, numbers with NaN, texts. */
export function isJsonValue(value: unknown, above: readonly object[] = []): boolean {
  if (typeof value !== 'object') return JSON_PRIMITIVES.has(typeof value);
  if (value === null || value instanceof NumberLiteral) return true;
  if (above.includes(value) || above.length > MAX_DEPTH) return false;
  const here = [...above, value];
  if (Array.isArray(value)) return Array.from<unknown>(value).every((item) => isJsonValue(item, here));
  if (value instanceof Tuple) return value.items.every((item) => isJsonValue(item, here));
  if (value instanceof Map) {
    return [...value].every(([key, item]) => isDictKey(key) && isJsonValue(item, here));
  }
  return isPlainObject(value) && Object.values(value).every((item) => isJsonValue(item, here));
}

function isDictKey(key: unknown): boolean {
  return key === null || key instanceof NumberLiteral || JSON_PRIMITIVES.has(typeof key);
}

/** For comparing values of registered types, which are the same when they are written alike. A TypeRegistry is one. */
export interface ValueTypes {
  valueTypeOf(value: unknown): { readonly encode: (value: unknown) => unknown } | undefined;
}

/** Equal content. Members of an object and items of a set may stand in any order; 1 and 1n are one number. */
export function equalValues(a: unknown, b: unknown, types?: ValueTypes): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a === 'bigint' || typeof b === 'bigint') return isNumeric(a) && isNumeric(b) && String(a) === String(b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalLists(a, b, types);
  if (a instanceof Tuple) return b instanceof Tuple && equalLists(a.items, b.items, types);
  if (a instanceof FrozenSet) return b instanceof FrozenSet && equalSets(a.items, b.items, types);
  if (a instanceof Set) return b instanceof Set && equalSets([...a], [...b], types);
  if (a instanceof EnumValue)
    return b instanceof EnumValue && a.type === b.type && equalValues(a.value, b.value, types);
  if (a instanceof NumberLiteral) return b instanceof NumberLiteral && a.text === b.text;
  if (a instanceof DateTime) return b instanceof DateTime && a.text === b.text;
  if (a instanceof Uuid) return b instanceof Uuid && a.text === b.text;
  if (a instanceof UnknownValue) return b instanceof UnknownValue && equalBytes(a.raw, b.raw);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (!isPlainObject(a) || !isPlainObject(b)) return equalRegistered(a, b, types);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && equalValues(a[name], b[name], types));
}

function equalRegistered(a: object, b: object, types: ValueTypes | undefined): boolean {
  const type = types?.valueTypeOf(a);
  return type !== undefined && types?.valueTypeOf(b) === type && equalValues(type.encode(a), type.encode(b), types);
}

function isNumeric(value: unknown): boolean {
  return typeof value === 'bigint' || typeof value === 'number';
}

function equalLists(a: readonly unknown[], b: readonly unknown[], types: ValueTypes | undefined): boolean {
  return a.length === b.length && a.every((item, at) => equalValues(item, b[at], types));
}

function equalSets(a: readonly unknown[], b: readonly unknown[], types: ValueTypes | undefined): boolean {
  if (a.length !== b.length) return false;
  const simple = new Set(b);
  const left = b.filter((item) => typeof item === 'object' && item !== null);
  return a.every((item) => {
    if (typeof item !== 'object' || item === null) return simple.has(item);
    const found = left.findIndex((other) => equalValues(item, other, types));
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** A copy whose containers are its own. What is immutable, or a class of its owner's, is shared. */
export function cloneValue<T>(value: T): T;
export function cloneValue(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from<unknown, unknown>(value, (item) => cloneValue(item));
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, cloneValue<unknown>(item)]));
  if (value instanceof Set) return new Set([...value].map((item) => cloneValue<unknown>(item)));
  if (value instanceof Uint8Array) return value.slice();
  if (!isPlainObject(value)) return value;
  const copy: PlainObject = {};
  for (const name of Object.keys(value)) setMember(copy, name, cloneValue(value[name]));
  return copy;
}
