/**
 * What a program knows about types. A file only ever holds labels; they are looked up here and nowhere else, and nothing
 * that a file says is imported, called or evaluated. One registry is handed to everything that reads or writes state.
 */
import { StateValueError } from './errors.ts';
import { isPlainObject } from './plain.ts';
import type { StateModule } from './state-module.ts';
import type { StateType } from './state-type.ts';
import { EnumValue } from './values.ts';

/** A caller's own kind of value, such as money. */
export interface ValueType<T = unknown> {
  /** Qualified: `shop.Money`. Written so; `Money` is read, too, as long as only one registered type ends so. */
  readonly name: string;
  readonly is: (value: unknown) => value is T;
  /** To what the codec can write: JSON data, which may hold tagged values itself. */
  readonly encode: (value: T) => unknown;
  /** The way back. What it throws is a finding, and the value is kept as it is. */
  readonly decode: (data: unknown) => T;
}

export interface EnumType {
  readonly name: string;
  /** Value by member name: `{BUSY: 'busy'}`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** The class of this name in whatever module: the document names its classes, not the modules that hold them. */
  readonly anyModule?: boolean;
}

export interface StateTypeEntry {
  readonly type: StateType;
  /** Makes an empty module for decoded state data, out of which it may take an id. The data is loaded afterwards. */
  readonly create?: (data: Readonly<Record<string, unknown>>) => StateModule;
  readonly anyModule?: boolean;
}

/** `BUSY` of `robot.AgentStatus.BUSY`, and `AgentStatus` of `robot.AgentStatus`. */
export function bareName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

class Names<T extends { readonly anyModule?: boolean }> {
  readonly #entries = new Map<string, T>();
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  add(name: string, entry: T): void {
    if (this.#entries.has(name)) {
      throw new StateValueError('already-registered', `the ${this.#what} ${name} is registered already`);
    }
    this.#entries.set(name, entry);
  }

  /** By its full name; else by its bare name where that is enough and only one fits. */
  find(name: string): T | undefined {
    const exact = this.#entries.get(name);
    if (exact) return exact;
    const bare = bareName(name);
    const fitting = [...this.#entries].filter(([known, { anyModule }]) => {
      return bareName(known) === bare && (name === bare || anyModule === true);
    });
    return fitting.length === 1 ? fitting[0]?.[1] : undefined;
  }

  values(): readonly T[] {
    return [...this.#entries.values()];
  }
}

export class TypeRegistry {
  readonly #values = new Names<ValueType & { readonly anyModule?: boolean }>('value type');
  readonly #enums = new Names<EnumType>('enum');
  readonly #states = new Names<StateTypeEntry>('state type');

  /** @throws StateValueError `already-registered`. */
  registerValueType<T>(type: ValueType<T>): this {
    // The registry forgets T; `is` is asked before every call of `encode`.
    this.#values.add(type.name, type as unknown as ValueType);
    return this;
  }

  /** @throws StateValueError `already-registered`. */
  registerEnum(type: EnumType): this {
    this.#enums.add(type.name, type);
    return this;
  }

  /** @throws StateValueError `already-registered`. */
  registerStateType(entry: StateTypeEntry): this {
    this.#states.add(entry.type.name, entry);
    return this;
  }

  valueType(name: string): ValueType | undefined {
    return this.#values.find(name);
  }

  valueTypeOf(value: unknown): ValueType | undefined {
    return this.#values.values().find((type) => type.is(value));
  }

  enumType(name: string): EnumType | undefined {
    return this.#enums.find(name);
  }

  stateType(name: string): StateTypeEntry | undefined {
    return this.#states.find(name);
  }
}

/** What an enum may be, for people: `idle, busy, error`. */
export function membersText(type: EnumType): string {
  return Object.values(type.members).join(', ');
}

/**
 * The value of a member, from any spelling that is found: the value itself, a tagged enum, and `"AgentStatus.BUSY"`, which
 * `json.dumps(default=str)` leaves behind. Undefined for what is none of its members.
 */
export function enumValueOf(type: EnumType, data: unknown): unknown {
  const value: unknown = data instanceof EnumValue ? data.value : data;
  if (Object.values(type.members).includes(value)) return value;
  if (typeof value !== 'string') return undefined;
  const [owner = '', member = ''] = value.split('.').slice(-2);
  const known = owner === bareName(type.name) && isPlainObject(type.members) && Object.hasOwn(type.members, member);
  return known ? type.members[member] : undefined;
}
