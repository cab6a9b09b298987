/** From the tape to values. What is not understood is kept as its bytes, with a finding that says why. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { type JsonPath, pathOf } from '../json/path.ts';
import { fromBase64 } from './base64.ts';
import { DateTime } from './date-time.ts';
import { reasonOf } from './errors.ts';
import { numberOf } from './number-text.ts';
import { isPlainObject, MAX_DEPTH, type PlainObject, setMember } from './plain.ts';
import type { Finding } from './state-type.ts';
import { BUILTIN_TAGS, type BuiltinTag, type Dialect, ENUM_TYPE, isEscaped, TAG_WORDS, unescapeName } from './tags.ts';
import { bareName, enumValueOf, membersText, type TypeRegistry, type ValueType } from './type-registry.ts';
import { EnumValue, FrozenSet, Tuple, UnknownValue, Uuid } from './values.ts';

class Refused extends Error {}

/** Values after which a step is told. */
const STEP = 4096;

/** Decoding gives anything but undefined, which JSON does not have. */
type Value = string | number | bigint | boolean | object | null;

export class Decoder {
  readonly findings: Finding[] = [];
  readonly #doc: JsonDocument;
  readonly #registry: TypeRegistry;
  readonly #dialect: Dialect;
  readonly #onStep: (() => void) | undefined;
  #values = 0;

  /** @param onStep called every few thousand values; what it throws ends the decoding */
  constructor(doc: JsonDocument, registry: TypeRegistry, dialect: Dialect, onStep?: () => void) {
    this.#doc = doc;
    this.#registry = registry;
    this.#dialect = dialect;
    this.#onStep = onStep;
  }

  value(node: NodeId, depth = 0): Value {
    const doc = this.#doc;
    const kind = doc.kind(node);
    this.#values += 1;
    if (this.#values % STEP === 0) this.#onStep?.();
    if (kind === 'null') return null;
    if (kind === 'boolean') return doc.boolean(node);
    if (kind === 'number') return numberOf(doc.number(node).text);
    if (kind === 'string') return doc.string(node);
    if (depth >= MAX_DEPTH || doc.isOpaque(node)) return this.#keep(node, undefined, 'too-deep', TOO_DEEP);
    if (kind === 'array') return this.#list(node, depth);
    return this.isTagged(node) ? this.#tagged(node, depth) : this.#dict(node, depth);
  }

  /** In this dialect the object is a tagged value, whether or not it can be understood. */
  isTagged(node: NodeId): boolean {
    const words = TAG_WORDS[this.#dialect];
    if (!words || this.#doc.member(node, words.type) === undefined) return false;
    // Without its data a 2.2.2 reader takes it for a dict; a 5.1 reader fails, so it is not user data there.
    return this.#dialect !== 'serialized' || this.#doc.member(node, words.data) !== undefined;
  }

  /** The name of a member, unescaped where the dialect escapes. */
  name(node: NodeId): string {
    const key = this.#doc.key(node) ?? '';
    return isEscaped(this.#dialect) ? unescapeName(key) : key;
  }

  #list(node: NodeId, depth: number): unknown[] {
    return [...this.#doc.children(node)].map((child) => this.value(child, depth + 1));
  }

  #dict(node: NodeId, depth: number): PlainObject {
    const dict: PlainObject = {};
    for (const child of this.#doc.children(node)) setMember(dict, this.name(child), this.value(child, depth + 1));
    return dict;
  }

  #tagged(node: NodeId, depth: number): Value {
    const doc = this.#doc;
    const words = TAG_WORDS[this.#dialect];
    const tag = doc.member(node, words?.type ?? '');
    const type = tag !== undefined && doc.kind(tag) === 'string' ? doc.string(tag) : undefined;
    const data = doc.member(node, words?.data ?? '');
    if (type === undefined || data === undefined) {
      return this.#keep(node, type, 'malformed-tag', 'the tag has no type or no data');
    }
    const builtin = BUILTIN_TAGS.get(type);
    const registered = this.#registry.valueType(type);
    if (!builtin && !registered) return this.#keep(node, type, 'unknown-type', `nobody registered the type ${type}`);
    const enumType = builtin === 'enum' && !registered ? doc.member(node, ENUM_TYPE) : undefined;
    if (doc.childCount(node) !== (enumType === undefined ? 2 : 3)) {
      return this.#keep(node, type, 'malformed-tag', 'the tagged value has members that its type does not have');
    }
    const found = this.findings.length;
    const inner = this.value(data, depth + 1);
    try {
      if (registered) return decodedBy(registered, inner);
      if (builtin === 'enum') return this.#enum(node, enumType, inner);
      return builtinValue(builtin, inner);
    } catch (error) {
      // What was found inside does not matter: the whole is kept.
      this.findings.length = found;
      return this.#keep(node, type, 'invalid-data', reasonOf(error));
    }
  }

  #enum(node: NodeId, typeNode: NodeId | undefined, value: unknown): EnumValue {
    if (typeNode === undefined || this.#doc.kind(typeNode) !== 'string') throw new Refused('the enum names no type');
    const label = this.#doc.string(typeNode);
    const known = this.#registry.enumType(label);
    if (known && enumValueOf(known, value) === undefined) {
      this.#find(node, 'enum-member', value, `${known.name} has no such member`, { allowed: membersText(known) });
    }
    return new EnumValue(known && bareName(label) === label ? known.name : label, value);
  }

  #keep(node: NodeId, type: string | undefined, rule: string, message: string): UnknownValue {
    const kept = new UnknownValue(type, this.#doc.rawBytes(node));
    this.#find(node, rule, kept, message);
    return kept;
  }

  #find(node: NodeId, rule: string, value: unknown, message: string, details?: Finding['details']): void {
    const path: JsonPath = pathOf(this.#doc, node);
    this.findings.push({ path, rule, value, message: `${message}; it is kept as it is`, ...(details && { details }) });
  }
}

const TOO_DEEP = `it lies more than ${MAX_DEPTH} levels deep`;

function builtinValue(tag: Exclude<BuiltinTag, 'enum'> | undefined, data: Value): Value {
  switch (tag) {
    case 'datetime':
      return new DateTime(textOf(data));
    case 'UUID':
      return new Uuid(textOf(data));
    case 'set':
      return new Set(listOf(data));
    case 'frozenset':
      return new FrozenSet(listOf(data));
    case 'tuple':
      return new Tuple(listOf(data));
    case 'bytes':
      return bytesOf(data);
    case undefined:
      break;
  }
  throw new Refused('it has no type');
}

function bytesOf(data: Value): Uint8Array {
  const bytes = fromBase64(textOf(data));
  if (!bytes) throw new Refused('its data is no base64');
  return bytes;
}

function decodedBy(type: ValueType, data: Value): Value {
  const value = type.decode(data);
  if (typeof value !== 'object' || value === null)
    throw new Refused(`${type.name} decoded it to something that is no object`);
  return value;
}

function textOf(data: unknown): string {
  if (typeof data !== 'string') throw new Refused('its data is no text');
  return data;
}

function listOf(data: unknown): readonly unknown[] {
  if (!Array.isArray(data))
    throw new Refused(isPlainObject(data) ? 'its data is a dict, not a list' : 'its data is no list');
  return data;
}
