/** For the tests of this folder: a registry with types of its own, and arbitrary values, hostile ones among them. */
import * as fc from 'fast-check';
import { decodeUtf8 } from '../json/json-string.ts';
import { documentOf } from '../json/test-support.ts';
import { StateCodec } from './codec.ts';
import { DateTime } from './date-time.ts';
import { TypeRegistry } from './type-registry.ts';
import { EnumValue, FrozenSet, NumberLiteral, Tuple, Uuid } from './values.ts';

export class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

export const statusType = { name: 'robot.AgentStatus', members: { BUSY: 'busy', IDLE: 'idle' } };

export function registry(): TypeRegistry {
  return new TypeRegistry().registerEnum(statusType).registerValueType<Money>({
    name: 'shop.Money',
    is: (value) => value instanceof Money,
    encode: (value) => value.cents,
    decode: (data) => new Money(data as number),
  });
}

export const codec = new StateCodec(registry(), () => 1_757_491_200_250);

export function encoded(value: unknown): string {
  return decodeUtf8(codec.encodeValue(value));
}

export function decoded(text: string): unknown {
  return codec.decodeValue(documentOf(text)).value;
}

const hostileName = fc.constantFrom(
  '__custom_type__',
  '!__custom_type__',
  '!!__custom_type__',
  '__data__',
  '__enum_type__',
  '__serialized_type__',
  '__serialized_data__',
  '__type__',
  'state_data',
  '__class__',
  '__proto__',
  'constructor',
  '10',
  '9',
  '',
);
const hostileText = fc.constantFrom(
  'datetime',
  'set',
  'enum',
  'bytes',
  'shop.Money',
  'os.system',
  '2025-09-10T08:00:00',
  'AAAA',
);
const stamp = fc.date({
  noInvalidDate: true,
  min: new Date('0001-01-02T00:00:00Z'),
  max: new Date('9999-12-30T00:00:00Z'),
});
export const values = fc.letrec<{ value: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false, -0, NaN, Infinity, -Infinity),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    hostileText,
    fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'a') }),
    fc.bigInt({ min: 2n ** 53n }),
    fc.bigInt({ max: -(2n ** 53n) }),
    fc.constantFrom('553.0', '1e5', '-0', '1e400', '0.10').map((text) => new NumberLiteral(text)),
    stamp.map((date) => DateTime.at(date.getTime())),
    fc.uuid().map((text) => new Uuid(text)),
    fc.uint8Array(),
    fc.string().map((name) => new EnumValue(`x.${name}`, name)),
  ),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(hostileName, fc.string()), tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Tuple(items)),
    fc.uniqueArray(fc.oneof(fc.integer(), fc.string()), { maxLength: 4 }).map((items) => new Set(items)),
    fc.uniqueArray(fc.integer(), { maxLength: 4 }).map((items) => new FrozenSet(items.map((n) => new Tuple([n])))),
  ),
})).value;
