import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeUtf8 } from '../json/json-string.ts';
import { documentOf, jsonBytes, strictJson } from '../json/test-support.ts';
import type { DecodedState } from './codec.ts';
import { equalValues } from './plain.ts';
import { codec, decoded, encoded, values } from './test-support.ts';
import { UnknownValue } from './values.ts';

function envelope(stateData: string): DecodedState {
  return codec.decode(documentOf(`{"__type__": "robot.Agent", "__version__": "1.0.0", "state_data": ${stateData}}`));
}

function rewritten(text: string, edit: (state: DecodedState) => DecodedState): string {
  const state = codec.decode(documentOf(text));
  return new TextDecoder().decode(codec.encode(edit(state), { origin: state.origin }));
}

describe('what the codec keeps', () => {
  test('[C6] what was not edited is written back byte for byte, in every dialect', () => {
    const same = (bytes: Uint8Array): void => {
      const state = codec.decodeBytes(bytes);
      const document = state.origin.document;
      expect(codec.encode(state, { origin: state.origin })).toEqual(document.rawBytes(0).slice());
    };
    const escapedTags = strictJson.map((text) =>
      text.replaceAll('"a"', '"__custom_type__"').replaceAll('"b"', '"__data__"'),
    );
    fc.assert(fc.property(jsonBytes, same));
    fc.assert(
      fc.property(escapedTags, (text) => same(encodeUtf8(`{"__type__":"a.B", "state_data" : ${text} , "x":${text}}`))),
    );
    fc.assert(fc.property(strictJson, (text) => same(encodeUtf8(`{"__class__":"B","v":${text} ,"__module__":"a.b"}`))));
    same(encodeUtf8('{"__class__":"B"}'));
    const tag = (type: string, data: string): string => `{"__custom_type__" : "${type}",  "__data__": ${data}}`;
    const priced = `[${tag('shop.Money', '5')}, ${tag('tuple', `[${tag('Money', '6')}]`)}]`;
    same(encodeUtf8(`{"__type__":"a.B", "state_data" : {"registered": ${priced}}}`));
  });

  test('[C7] an edit changes the bytes of the edit only', () => {
    const text =
      '{ "__type__" : "a.B",\n "state_data": {"n": 553.0, "big":12345678901234567890 , "t": "\\u706b", "l": [1,  2, 3]}}';
    const edit = (change: Record<string, unknown>) => (state: DecodedState) => ({
      ...state,
      stateData: { ...(state.stateData as object), ...change },
    });
    expect(rewritten(text, edit({ n: 554 }))).toBe(text.replace('553.0', '554'));
    expect(rewritten(text, edit({ l: [1, 9, 3] }))).toBe(text.replace('2,', '9,'));
    expect(rewritten(text, edit({ l: [1, 2, 3, 4] }))).toBe(text.replace('3]', '3, 4]').replace(',  4', ', 4'));
    expect(rewritten(text, edit({ l: [0, 1, 2, 3] }))).toContain(
      '"big":12345678901234567890 , "t": "\\u706b", "l": [0,  1, 2, 3]',
    );
    expect(rewritten(text, edit({ added: true }))).toContain('"l": [1,  2, 3], "added": true}}');
    expect(rewritten(text, (state) => ({ ...state, timestamp: '2025-01-01T00:00:00Z' }))).toContain('"__timestamp__"');
    expect(rewritten('[1 , 2]', (state) => ({ ...state, stateData: [1] }))).toBe('[1]');
    expect(rewritten('{"a":1,"a":2,"b":3}', (state) => ({ ...state, stateData: { a: 2 } }))).toBe('{"a":1,"a":2}');
  });

  test('[C7] any edit of any text is read back as it was made', () => {
    fc.assert(
      fc.property(strictJson, values, fc.nat(), (text, value, at) => {
        const state = envelope(`{"x":${text},"list":[1,${text},2]}`);
        const data = state.stateData as { x: unknown; list: unknown[] };
        const list = data.list.toSpliced(at % 4, at % 2, value);
        const next = { ...state, stateData: { ...data, list, [`k${at}`]: value } };
        const back = codec.decodeBytes(codec.encode(next, { origin: state.origin }));
        expect(equalValues(back.stateData, next.stateData)).toBe(true);
      }),
    );
  });

  test('[C7] an edit at the bottom of hundreds of nested lists costs no more than the lists', () => {
    const text = `${'[1, '.repeat(400)}"old"${', 2]'.repeat(400)}`;
    const edit = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(edit) : value === 'old' ? 'new' : value;
    expect(rewritten(text, (state) => ({ ...state, stateData: edit(state.stateData) }))).toBe(
      text.replace('old', 'new'),
    );
  });

  test('[C8] unknown types are kept, reported, and written back byte for byte, in a new envelope, too', () => {
    const raw = '{ "__custom_type__" : "numpy.ndarray",  "__data__":[1.0, 2e0] }';
    const state = envelope(`{"v":${raw}}`);
    expect(state.findings).toMatchObject([{ path: ['state_data', 'v'], rule: 'unknown-type' }]);
    expect(state.stateData).toEqual({ v: new UnknownValue('numpy.ndarray', encodeUtf8(raw)) });
    expect(new TextDecoder().decode(codec.encode(state))).toContain(raw);
  });

  test('[C9] a known type whose data it cannot read is kept in the same way', () => {
    for (const [type, data] of [
      ['datetime', '"yesterday"'],
      ['datetime', '5'],
      ['UUID', '"x"'],
      ['set', '{"a":1}'],
      ['tuple', 'null'],
      ['bytes', '"A"'],
      ['bytes', '"AB=="'],
      ['enum', '"busy"'],
      ['datetime', '"2025-02-30T00:00:00"'],
    ] as const) {
      const raw = `{"__custom_type__":"${type}","__data__":${data}}`;
      const { value, findings } = codec.decodeValue(documentOf(`[${raw}]`));
      expect(value).toEqual([new UnknownValue(type, encodeUtf8(raw))]);
      expect(findings).toHaveLength(1);
      expect(encoded(value)).toBe(`[${raw}]`);
    }
    for (const raw of [
      '{"__custom_type__":5,"__data__":1}',
      '{"__custom_type__":"set"}',
      '{"__custom_type__":"set","__data__":[],"more":1}',
    ]) {
      expect(encoded(decoded(raw))).toBe(raw);
      expect(decoded(raw)).toBeInstanceOf(UnknownValue);
    }
  });
});
