/** From values to bytes. There is no fallback: what has no form is refused, with its path. */
import { quoteJson } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { toDot } from '../json/path.ts';
import { joinPieces, type Pieces } from '../json/pieces.ts';
import { toBase64 } from './base64.ts';
import { canonicalJson, compareCodePoints } from './canonical.ts';
import { DateTime } from './date-time.ts';
import { StateError, StateTypeError, StateValueError } from './errors.ts';
import { numberText } from './number-text.ts';
import { isPlainObject, MAX_DEPTH } from './plain.ts';
import { type BuiltinTag, ENUM_TYPE, escapeName, TAG_WORDS, WRITTEN_TAGS } from './tags.ts';
import type { TypeRegistry } from './type-registry.ts';
import { EnumValue, FrozenSet, NumberLiteral, Tuple, UnknownValue, Uuid } from './values.ts';

type Path = readonly (string | number)[];
type Entry = readonly [name: string, value: unknown];

export class Encoder {
  readonly #registry: TypeRegistry;
  readonly #dialect: 'envelope' | 'plain';
  readonly #indent: number;

  /** @param indent blanks for each level; 0 for one line. */
  constructor(registry: TypeRegistry, dialect: 'envelope' | 'plain', indent = 0) {
    this.#registry = registry;
    this.#dialect = dialect;
    this.#indent = indent;
  }

  /** @throws StateTypeError `not-json`, StateValueError `key-collision`, StateError `too-deep`. */
  value(value: unknown, path: Path = [], level = 0): Pieces {
    const out: (string | Uint8Array)[] = [];
    this.#write(value, path, level, out);
    return out;
  }

  /** The name of a member as it is written, in quotes. */
  name(name: string): string {
    return quoteJson(this.#dialect === 'envelope' ? escapeName(name) : name);
  }

  #write(value: unknown, path: Path, level: number, out: (string | Uint8Array)[]): void {
    if (path.length > MAX_DEPTH + 10) throw new StateError('too-deep', `${at(path)} lies too deep to be written`);
    if (value === null) out.push('null');
    else if (typeof value === 'string') out.push(quoteJson(value));
    else if (typeof value === 'boolean' || typeof value === 'bigint') out.push(String(value));
    else if (typeof value === 'number') out.push(numberText(value));
    else if (value instanceof NumberLiteral) out.push(value.text);
    else if (Array.isArray(value)) this.#list(value, path, level, out);
    else if (value instanceof UnknownValue) out.push(value.raw);
    else if (!this.#writeTagged(value, path, level, out)) this.#dict(entriesOf(value, path), path, level, out, false);
  }

  #list(items: readonly unknown[], path: Path, level: number, out: (string | Uint8Array)[]): void {
    out.push('[');
    for (let at = 0; at < items.length; at++) {
      out.push(at > 0 ? ',' : '', this.#newline(level + 1));
      this.#write(items[at], [...path, at], level + 1, out);
    }
    out.push(items.length > 0 ? this.#newline(level) : '', ']');
  }

  #dict(entries: readonly Entry[], path: Path, level: number, out: (string | Uint8Array)[], isTag: boolean): void {
    out.push('{');
    entries.forEach(([name, value], index) => {
      const key = isTag ? quoteJson(name) : this.name(name);
      out.push(index > 0 ? ',' : '', this.#newline(level + 1), key, this.#indent > 0 ? ': ' : ':');
      this.#write(value, [...path, name], level + 1, out);
    });
    out.push(entries.length > 0 ? this.#newline(level) : '', '}');
  }

  #newline(level: number): string {
    return this.#indent > 0 ? `\n${' '.repeat(level * this.#indent)}` : '';
  }

  /** False for what is no tagged value. */
  #writeTagged(value: unknown, path: Path, level: number, out: (string | Uint8Array)[]): boolean {
    const registered = this.#registry.valueTypeOf(value);
    const entries = registered ? tag(registered.name, registered.encode(value)) : this.#builtin(value, path);
    if (!entries) return false;
    if (this.#dialect === 'plain') {
      throw new StateTypeError('not-json', `${at(path)} needs a tag, and this state is plain JSON without tags`);
    }
    this.#dict(entries, path, level, out, true);
    return true;
  }

  #builtin(value: unknown, path: Path): readonly Entry[] | undefined {
    if (value instanceof DateTime) return builtin('datetime', value.text);
    if (value instanceof Date) return builtin('datetime', dateText(value, path));
    if (value instanceof Uuid) return builtin('UUID', value.text);
    if (value instanceof Tuple) return builtin('tuple', value.items);
    if (value instanceof Set) return builtin('set', this.#sorted(value, path));
    if (value instanceof FrozenSet) return builtin('frozenset', this.#sorted(value.items, path));
    if (value instanceof Uint8Array) return builtin('bytes', toBase64(value));
    if (!(value instanceof EnumValue)) return undefined;
    const [type, data] = builtin('enum', value.value);
    return [type, [ENUM_TYPE, value.type], data];
  }

  /** By the canonical form of the items; what has the same one is there once. */
  #sorted(items: Iterable<unknown>, path: Path): unknown[] {
    const byForm = new Map<string, unknown>();
    const flat = new Encoder(this.#registry, this.#dialect);
    for (const item of items) {
      const { document } = parseJson(joinPieces(flat.value(item, path)));
      if (document) byForm.set(canonicalJson(document), item);
    }
    return [...byForm].toSorted(([a], [b]) => compareCodePoints(a, b)).map(([, item]) => item);
  }
}

function tag(type: string, data: unknown): readonly [Entry, Entry] {
  const words = TAG_WORDS.envelope;
  return [
    [words?.type ?? '', type],
    [words?.data ?? '', data],
  ];
}

function builtin(name: BuiltinTag, data: unknown): readonly [Entry, Entry] {
  return tag(WRITTEN_TAGS[name], data);
}

function dateText(date: Date, path: Path): string {
  if (Number.isNaN(date.getTime())) throw new StateTypeError('not-json', `${at(path)} is an invalid date`);
  return DateTime.at(date.getTime()).text;
}

function entriesOf(value: unknown, path: Path): readonly Entry[] {
  if (value instanceof Map) return mapEntries(value, path);
  if (isPlainObject(value)) return Object.entries(value);
  const what =
    value === undefined ? 'undefined' : typeof value === 'object' ? 'an object of an unregistered class' : typeof value;
  throw new StateTypeError(
    'not-json',
    `${at(path)} is ${what}, which has no form in JSON: register a value type for it`,
  );
}

/** Keys as Python's json writes them. Two that would become one are refused: one of the values would be lost. */
function mapEntries(map: ReadonlyMap<unknown, unknown>, path: Path): readonly Entry[] {
  const entries = new Map<string, unknown>();
  for (const [key, value] of map) {
    const name = keyText(key);
    if (name === undefined) throw new StateTypeError('not-json', `${at(path)} has a key that is no text or number`);
    if (entries.has(name)) {
      throw new StateValueError(
        'key-collision',
        `${at(path)} has two keys that are both written as ${quoteJson(name)}`,
      );
    }
    entries.set(name, value);
  }
  return [...entries];
}

function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  if (typeof key === 'number') return numberText(key);
  if (key === null || key instanceof NumberLiteral || typeof key === 'boolean' || typeof key === 'bigint')
    return String(key);
  return undefined;
}

function at(path: Path): string {
  return path.length === 0 ? 'the value' : toDot(path);
}
