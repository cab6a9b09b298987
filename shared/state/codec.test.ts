import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../json/json-string.ts';
import { documentOf } from '../json/test-support.ts';
import { canonicalJson } from './canonical.ts';
import { StateCodec } from './codec.ts';
import { DateTime } from './date-time.ts';
import { equalValues, MAX_DEPTH } from './plain.ts';
import { StateModule } from './state-module.ts';
import { defineStateType } from './state-type.ts';
import { codec, decoded, encoded, Money, registry, statusType, values } from './test-support.ts';
import { enumValueOf } from './type-registry.ts';
import { EnumValue, FrozenSet, NumberLiteral, Tuple, UnknownValue, Uuid } from './values.ts';

describe('codec', () => {
  test('[C1] writes the envelope of 5.1: qualified type, version, UTC time with Z, state_data', () => {
    class Note extends StateModule {
      text = 'hi';
      constructor() {
        super();
        this.registerState('text');
      }
    }
    const state = codec.stateOf(new Note(), 'robot.notes.Note');
    expect(new TextDecoder().decode(codec.encode(state, { indent: 2 }))).toBe(`{
  "__type__": "robot.notes.Note",
  "__version__": "1.0.0",
  "__timestamp__": "2025-09-10T08:00:00.250Z",
  "state_data": {
    "text": "hi"
  }
}`);
  });

  test('[C2] reads 5.1, 2.2.2 and plain state, and tells which', () => {
    const five = codec.decode(
      documentOf(
        '{"__type__":"a.B","__version__":"2","__timestamp__":"2025-01-01T00:00:00","state_data":{"x":1},"note":2}',
      ),
    );
    expect(five).toMatchObject({
      dialect: 'envelope',
      type: 'a.B',
      version: '2',
      timestamp: '2025-01-01T00:00:00',
      stateData: { x: 1 },
      extras: { note: 2 },
    });
    const two = codec.decode(
      documentOf('{"x":{"__serialized_type__":"Money","__serialized_data__":5},"__class__":"B","__module__":"a"}'),
    );
    expect(two).toMatchObject({ dialect: 'serialized', type: 'a.B', stateData: { x: new Money(5) } });
    const plain = codec.decode(documentOf('{"memory":{"content":[{"__custom_type__":"set","__data__":[1]}]}}'));
    expect(plain).toMatchObject({ dialect: 'plain', stateData: { memory: { content: [{ __custom_type__: 'set' }] } } });
  });

  test('[C3] the tagged types: what each is written as', () => {
    expect(encoded(DateTime.at(1_757_491_200_250))).toBe(
      '{"__custom_type__":"datetime","__data__":"2025-09-10T08:00:00.250000+00:00"}',
    );
    expect(encoded(new Date(0))).toBe('{"__custom_type__":"datetime","__data__":"1970-01-01T00:00:00+00:00"}');
    expect(encoded(new EnumValue('robot.AgentStatus', 'busy'))).toBe(
      '{"__custom_type__":"enum","__enum_type__":"robot.AgentStatus","__data__":"busy"}',
    );
    expect(encoded(new Set([3, 1]))).toBe('{"__custom_type__":"set","__data__":[1,3]}');
    expect(encoded(new FrozenSet(['b', 'a']))).toBe('{"__custom_type__":"frozenset","__data__":["a","b"]}');
    expect(encoded(new Uuid('12345678-1234-5678-1234-567812345678'))).toBe(
      '{"__custom_type__":"UUID","__data__":"12345678-1234-5678-1234-567812345678"}',
    );
    expect(encoded(new Tuple([1, new Tuple([])]))).toBe(
      '{"__custom_type__":"builtins.tuple","__data__":[1,{"__custom_type__":"builtins.tuple","__data__":[]}]}',
    );
    expect(encoded(Uint8Array.of(255, 0))).toBe('{"__custom_type__":"builtins.bytes","__data__":"/wA="}');
    expect(encoded(new Money(7))).toBe('{"__custom_type__":"shop.Money","__data__":7}');
  });

  test('[C4] whatever is written is read back equal, hostile names and texts included', () => {
    fc.assert(
      fc.property(values, (value) => {
        const document = documentOf(codec.encodeValue(value));
        const back = codec.decodeValue(document);
        if (!equalValues(back.value, value)) expect(back.value).toEqual(value);
        expect(back.findings).toEqual([]);
        expect(codec.encodeValue(back.value)).toEqual(codec.encodeValue(value));
      }),
      { numRuns: 500 },
    );
  });

  test('[C5] user data that looks like a tag is escaped, and a reader of 5.1 sees no tag in it', () => {
    const data = { __custom_type__: 'enum', __enum_type__: 'os.system', __data__: 'rm' };
    const text = encoded(data);
    expect(text).toContain('"!__custom_type__":"enum"');
    expect(decoded(text)).toEqual(data);
    expect(decoded(encoded({ '!__custom_type__': 1 }))).toEqual({ '!__custom_type__': 1 });
  });

  test('[C10] numbers survive: a number where it can be, a bigint for big integers, the text for the rest', () => {
    const text =
      '[1,0.1,1e-07,553.0,12345678901234567890,9007199254740993,-0,-0.0,1e400,NaN,-Infinity,1E5,100000000000000000000.0]';
    expect(encoded(decoded(text))).toBe(text);
    expect(decoded('[1,0.1,9007199254740993,553.0,NaN]')).toEqual([
      1,
      0.1,
      9007199254740993n,
      new NumberLiteral('553.0'),
      NaN,
    ]);
    expect(+new NumberLiteral('553.0')).toBe(553);
  });

  test('[C11] bare and qualified names are read; the words of 5.1 are written as 5.1 has them, all others qualified', () => {
    for (const name of ['set', 'builtins.set'])
      expect(decoded(`{"__custom_type__":"${name}","__data__":[1]}`)).toEqual(new Set([1]));
    for (const name of ['Money', 'shop.Money']) {
      expect(encoded(decoded(`{"__custom_type__":"${name}","__data__":9}`))).toBe(
        '{"__custom_type__":"shop.Money","__data__":9}',
      );
    }
    expect(decoded('{"__custom_type__":"other.Money","__data__":9}')).toBeInstanceOf(UnknownValue);
    expect(decoded('{"__custom_type__":"enum","__enum_type__":"AgentStatus","__data__":"busy"}')).toEqual(
      new EnumValue('robot.AgentStatus', 'busy'),
    );
  });

  test('[C12] keys that would be written alike are refused, with the path', () => {
    expect(() =>
      encoded({
        d: new Map<unknown, unknown>([
          [1, 'a'],
          ['1', 'b'],
        ]),
      }),
    ).toThrow(expect.objectContaining({ code: 'key-collision' }));
    expect(
      encoded(
        new Map<unknown, unknown>([
          [1, 'a'],
          [true, 'b'],
          [null, 'c'],
          [0.5, 'd'],
          [new NumberLiteral('2.0'), 'e'],
        ]),
      ),
    ).toBe('{"1":"a","true":"b","null":"c","0.5":"d","2.0":"e"}');
    expect(() => encoded(new Map([[{}, 1]]))).toThrow(/no text or number/);
  });

  test('[C13] sets are sorted by the canonical form of their items, whatever order they came in', () => {
    fc.assert(
      fc.property(fc.array(values, { maxLength: 5 }), fc.func(fc.nat()), (items, rank) => {
        const shuffled = items
          .map((item, at) => [rank(at), item] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, item]) => item);
        const again = encoded(decoded(encoded(new FrozenSet(items))));
        expect(encoded(new FrozenSet(items))).toBe(again);
        // Items that are one in canonical form, such as 1 and 1.0, leave one of them.
        expect(canonicalJson(documentOf(encoded(new FrozenSet(shuffled))))).toBe(canonicalJson(documentOf(again)));
      }),
    );
    expect(encoded(new Set([{ b: 1, a: 2 }, [2], 'x', 10, 9]))).toBe(
      encoded(new Set([9, 10, 'x', [2], { b: 1, a: 2 }])),
    );
  });

  test('[C14] "AgentStatus.BUSY", which default=str leaves behind, is read as the member', () => {
    for (const spelling of [
      'busy',
      'AgentStatus.BUSY',
      'robot.AgentStatus.BUSY',
      new EnumValue('x.AgentStatus', 'busy'),
      new EnumValue('x', 'AgentStatus.BUSY'),
    ]) {
      expect(enumValueOf(statusType, spelling)).toBe('busy');
    }
    for (const spelling of [
      'AgentStatus.GONE',
      'Other.BUSY',
      'BUSY',
      5,
      null,
      'AgentStatus.__proto__',
      'AgentStatus.constructor',
    ]) {
      expect(enumValueOf(statusType, spelling)).toBeUndefined();
    }
    const { value, findings } = codec.decodeValue(
      documentOf('{"__custom_type__":"enum","__enum_type__":"robot.AgentStatus","__data__":"gone"}'),
    );
    expect(value).toEqual(new EnumValue('robot.AgentStatus', 'gone'));
    expect(findings).toMatchObject([{ rule: 'enum-member' }]);
  });

  test('[C15] there is no lossy fallback: what has no form is refused with its path', () => {
    for (const value of [undefined, () => 1, Symbol('s'), new URLSearchParams(), new Date(NaN)]) {
      expect(() => encoded({ a: [value] })).toThrow(
        expect.objectContaining({ code: 'not-json', message: expect.stringContaining('a[0]') as string }),
      );
    }
    expect(() => codec.encode({ dialect: 'plain', stateData: { s: new Set() } })).toThrow(/plain JSON without tags/);
    const circle: unknown[] = [];
    circle.push(circle);
    expect(() => encoded(circle)).toThrow(expect.objectContaining({ code: 'too-deep' }));
  });

  test('[C16] a label constructs nothing but what was registered under it', () => {
    expect(() => codec.restore({ type: 'os.system', stateData: {} })).toThrow(
      expect.objectContaining({ code: 'unknown-type' }),
    );
    const types = registry().registerStateType({ type: defineStateType({ name: 'a.B' }) });
    expect(() => new StateCodec(types, () => 0).restore({ type: 'a.B', stateData: {} })).toThrow(
      expect.objectContaining({ code: 'no-factory' }),
    );
    expect(() => types.registerEnum(statusType)).toThrow(expect.objectContaining({ code: 'already-registered' }));
  });

  test('[C17] below the depth limit values are kept as bytes, and what is cut off is refused', () => {
    const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`;
    const { value, findings } = codec.decodeValue(documentOf(deep));
    expect(findings).toMatchObject([{ rule: 'too-deep' }]);
    expect(findings[0]?.path).toHaveLength(MAX_DEPTH);
    expect(encoded(value)).toBe(deep);
    expect(() => codec.decodeBytes(encodeUtf8('{"a":'))).toThrow(expect.objectContaining({ code: 'incomplete' }));
  });

  test('[C18] a time keeps its text; without a zone it is naive', () => {
    expect(new DateTime('2025-09-10T08:00:00.123456')).toMatchObject({ naive: true, epochMs: 1_757_491_200_123.456 });
    expect(new DateTime('2025-09-10 16:00:00+08:00')).toMatchObject({ naive: false, epochMs: 1_757_491_200_000 });
    expect(new DateTime('2025-09-10T08:00:00Z').naive).toBe(false);
    expect(new DateTime('2025-09-10').naive).toBe(true);
    expect(encoded(decoded('{"__custom_type__":"datetime","__data__":"2025-09-10T08:00:00.123456"}'))).toContain(
      '08:00:00.123456"',
    );
  });
});
