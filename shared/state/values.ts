/**
 * What a decoded state holds beside null, booleans, numbers, bigints, strings, arrays and plain objects. Each is
 * immutable and compares by content (`equalValues`). None of them runs anything: a type is a label.
 */
import { StateValueError } from './errors.ts';

/**
 * A number that neither a JavaScript number nor a bigint writes back as it was: `553.0`, `1e5`, `-0`, `1e400`, `0.10`.
 * Python tells 553.0 from 553, so the text is what is kept. `+literal` and `literal.value` give the nearest double.
 */
export class NumberLiteral {
  readonly text: string;

  constructor(text: string) {
    if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) {
      throw new StateValueError('invalid-value', `${JSON.stringify(text)} is no JSON number`);
    }
    this.text = text;
    Object.freeze(this);
  }

  get value(): number {
    return Number(this.text);
  }

  valueOf(): number {
    return this.value;
  }

  toString(): string {
    return this.text;
  }
}

/** A member of an enumeration: the label of its type, and its value. `decode` does not ask whether the type has it. */
export class EnumValue {
  /** As qualified as the file has it: `robot.agents.AgentStatus`. */
  readonly type: string;
  readonly value: unknown;

  constructor(type: string, value: unknown) {
    this.type = type;
    this.value = value;
    Object.freeze(this);
  }
}

/** Python's frozenset. A set is a JavaScript Set. */
export class FrozenSet {
  readonly items: readonly unknown[];

  constructor(items: Iterable<unknown>) {
    this.items = Object.freeze([...items]);
    Object.freeze(this);
  }
}

/** Python's tuple. A list is an array. */
export class Tuple {
  readonly items: readonly unknown[];

  constructor(items: Iterable<unknown>) {
    this.items = Object.freeze([...items]);
    Object.freeze(this);
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export class Uuid {
  readonly text: string;

  /** @throws StateValueError for anything but five groups of hexadecimal digits. */
  constructor(text: string) {
    if (!UUID.test(text)) throw new StateValueError('invalid-value', `${JSON.stringify(text)} is no UUID`);
    this.text = text;
    Object.freeze(this);
  }

  toString(): string {
    return this.text;
  }
}

/** A tagged value whose type nobody registered, or whose data that type cannot read: its bytes, written back as they are. */
export class UnknownValue {
  /** The tag's text; undefined where the tag itself is no text, or where the value lies too deep. */
  readonly type: string | undefined;
  readonly raw: Uint8Array;

  constructor(type: string | undefined, raw: Uint8Array) {
    this.type = type;
    this.raw = raw.slice();
    Object.freeze(this);
  }
}
