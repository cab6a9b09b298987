/**
 * The decoded value of a state as plain JSON, for programs that know nothing of tags: `{"$type": "set", "value": [1, 2]}`.
 * docs/STATE.md lists the forms. One way: it is for reading, and the codec's own form is what is stored.
 */
import { toBase64 } from './base64.ts';
import { StateCodec } from './codec.ts';
import { DateTime } from './date-time.ts';
import { isPlainObject, type PlainObject, setMember } from './plain.ts';
import type { TypeRegistry } from './type-registry.ts';
import { EnumValue, FrozenSet, NumberLiteral, Tuple, UnknownValue, Uuid } from './values.ts';

/** The member that marks a value beyond JSON. A member of the data that is called so has one more `$` in front. */
export const TYPE_MARK = '$type';

/** UTF-8. @throws StateTypeError `not-json` for what no file could have given. */
export function decodedJson(value: unknown, registry: TypeRegistry): Uint8Array<ArrayBuffer> {
  const codec = new StateCodec(registry, () => 0);
  return codec.encode({ dialect: 'plain', stateData: shown(value, registry) });
}

function shown(value: unknown, registry: TypeRegistry): unknown {
  if (typeof value !== 'object' || value === null || value instanceof NumberLiteral) return value;
  const all = (items: Iterable<unknown>) => [...items].map((item) => shown(item, registry));
  if (Array.isArray(value)) return all(value);
  const registered = registry.valueTypeOf(value);
  if (registered) return marked(registered.name, shown(registered.encode(value), registry));
  if (value instanceof DateTime) return marked('datetime', value.text);
  if (value instanceof Uuid) return marked('UUID', value.text);
  if (value instanceof Set) return marked('set', all(value));
  if (value instanceof FrozenSet) return marked('frozenset', all(value.items));
  if (value instanceof Tuple) return marked('tuple', all(value.items));
  if (value instanceof Uint8Array) return marked('bytes', toBase64(value));
  if (value instanceof EnumValue) return marked('enum', shown(value.value, registry), { enum: value.type });
  if (value instanceof UnknownValue) {
    // Its bytes are JSON of their own, and are shown as they are.
    return marked('unknown', value, { name: value.type ?? null });
  }
  return isPlainObject(value) ? members(value, registry) : value;
}

function marked(type: string, value: unknown, more: PlainObject = {}): PlainObject {
  return { [TYPE_MARK]: type, ...more, value };
}

function members(value: PlainObject, registry: TypeRegistry): PlainObject {
  const object: PlainObject = {};
  for (const [name, member] of Object.entries(value)) {
    setMember(object, /^\$+type$/.test(name) ? `$${name}` : name, shown(member, registry));
  }
  return object;
}
