import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { queryJsonPath } from '../json/query.ts';
import { documentOf } from '../json/test-support.ts';
import { canonicalChecksum, pythonChecksum } from './checksum.ts';
import { decodedJson } from './decoded-json.ts';
import { decodeStored, describeState } from './describe-state.ts';
import { equalValues } from './plain.ts';
import { isCount, isText } from './rules.ts';
import { defineStateType } from './state-type.ts';
import { codec, Money, registry, values } from './test-support.ts';
import { EnumValue, NumberLiteral } from './values.ts';

const planner = defineStateType({
  name: 'robots.Planner',
  stateClass: 'core',
  schemaVersion: '1.2.0',
  migrations: [
    { from: '1.0.0', to: '1.1.0', migrate: ({ goals, ...rest }) => ({ ...rest, goal: goals }) },
    { from: '1.1.0', to: '1.2.0', migrate: (data) => ({ steps: 0, ...data }) },
  ],
  attributes: [
    { key: 'goal', description: 'What it works on', rules: [isText] },
    { key: 'steps', rules: [isCount] },
    { key: 'note', required: false },
  ],
});
const known = registry().registerStateType({ type: planner });

function envelope(version: string, data: string, more = ''): ReturnType<typeof documentOf> {
  return documentOf(`{"__type__": "robots.Planner", "__version__": "${version}", "state_data": ${data}${more}}`);
}
const rulesOf = (document: ReturnType<typeof documentOf>, ...rest: [Parameters<typeof describeState>[2]?]) =>
  describeState(document, known, ...rest).findings.map(({ at, rule }) => `${at} ${rule}`);

describe('describing a state', () => {
  test('[V1] a known type tells its attributes, its versions and the way to the one of today', () => {
    expect(describeState(envelope('1.0.0', '{"goals": "trip"}'), known)).toEqual({
      label: 'robots.Planner',
      version: '1.0.0',
      type: {
        name: 'robots.Planner',
        stateClass: 'core',
        schemaVersion: '1.2.0',
        firstVersion: '1.0.0',
        attributes: [
          { key: 'goal', description: 'What it works on', required: true, rules: ['is-text'], present: false },
          { key: 'steps', description: null, required: true, rules: ['is-count'], present: false },
          { key: 'note', description: null, required: false, rules: [], present: false },
        ],
      },
      migration: ['1.0.0', '1.1.0', '1.2.0'],
      checksum: null,
      findings: [],
    });
    const unknown = documentOf('{"__type__": "robots.Other", "state_data": {"goal": 1}}');
    expect(describeState(unknown, known)).toMatchObject({ label: 'robots.Other', type: null, findings: [] });
    expect(describeState(documentOf('{"goal": 1}'), known)).toMatchObject({ label: null, type: null, findings: [] });
  });

  test('[V2] a finding has the path of the text, by which the value is found in it', () => {
    const document = envelope(
      '1.2.0',
      '{"goal": 1, "list": [{"__custom_type__": "no.Such", "__data__": 1}], "when": {"__custom_type__": "datetime"}}',
    );
    const { findings } = describeState(document, known);
    expect(findings.map(({ at, rule }) => `${at} ${rule}`)).toEqual([
      "$['state_data']['list'][0] unknown-type",
      "$['state_data']['when'] malformed-tag",
      "$['state_data']['goal'] is-text",
      "$['state_data']['steps'] required",
    ]);
    for (const { at, rule } of findings) {
      const result = queryJsonPath(document, at);
      expect(result).toMatchObject({ ok: true, nodes: rule === 'required' ? [] : [expect.any(Number)] });
    }
  });

  test('[V2] also where names are escaped, for whatever data', () => {
    const strict = defineStateType({
      name: 'robots.Strict',
      attributes: ['__custom_type__', "it's", 'x'].map((key) => ({
        key,
        rules: [{ rule: 'never', check: () => false }],
      })),
    });
    const types = registry().registerStateType({ type: strict });
    const state = { type: 'robots.Strict', version: '1.0.0', stateData: { __custom_type__: 1, "it's": 2, x: 3 } };
    const { document } = parseJson(codec.encode(state));
    if (!document) throw new Error('the codec wrote no JSON');
    const found = describeState(document, types).findings.map(({ at }) => queryJsonPath(document, at));
    expect(found.map((result) => result.ok && result.nodes.map((node) => document.rawText(node)))).toEqual([
      ['1'],
      ['2'],
      ['3'],
    ]);
  });

  test('[V3] rules are asked of the data as of today; no way there is a finding, and the rules are silent', () => {
    expect(rulesOf(envelope('1.0.0', '{"goals": 7}'))).toEqual(["$['state_data']['goal'] is-text"]);
    expect(rulesOf(envelope('3.0.0', '{"goal": 7}'))).toEqual(["$['__version__'] version"]);
    expect(rulesOf(envelope('1.2.0', '{"_state_version": "0.9", "goal": 7}'))).toEqual([
      "$['state_data']['_state_version'] version",
    ]);
    expect(rulesOf(envelope('1.2.0', '[]'))).toEqual(["$['state_data'] is-dict"]);
    const broken = defineStateType({
      name: 'robots.Broken',
      schemaVersion: '2.0.0',
      migrations: [{ from: '1.0.0', to: '2.0.0', migrate: () => { throw new Error('no'); } }], // biome-ignore format: one line
    });
    const types = registry().registerStateType({ type: broken });
    const { findings } = describeState(documentOf('{"__type__": "robots.Broken", "state_data": {}}'), types);
    expect(findings).toMatchObject([{ rule: 'migration', details: { from: '1.0.0', to: '2.0.0' } }]);
  });

  test('[V4] what a store keeps in columns counts like an envelope, and an edit writes the data alone', () => {
    const document = documentOf('{"goal": {"__custom_type__": "shop.Money", "__data__": 5},  "steps": 1}');
    const beside = { labels: { type: 'robots.Planner', version: '1.2.0' } };
    expect(rulesOf(document, beside)).toEqual(["$['goal'] is-text"]);
    expect(rulesOf(document)).toEqual([]);
    const state = decodeStored(document, known, beside);
    expect(state).toMatchObject({ type: 'robots.Planner', dialect: 'data', stateData: { goal: new Money(5) } });
    expect(codec.encode(state, { origin: state.origin })).toEqual(document.bytes);
    const edited = { ...state, stateData: { goal: new Money(5), steps: 2 } };
    expect(decodeUtf8(codec.encode(edited, { origin: state.origin }))).toBe(
      '{"goal": {"__custom_type__": "shop.Money", "__data__": 5},  "steps": 2}',
    );
    expect(decodeUtf8(codec.encode({ dialect: 'data', stateData: [new Set([1])] }))).toBe(
      '[{"__custom_type__":"set","__data__":[1]}]',
    );
  });

  test('[V5] a stored checksum is verified over the data; one that does not fit is a finding', () => {
    const data = '{"goal": "trip", "steps": 553.0}';
    const sums = [canonicalChecksum(documentOf(data)), pythonChecksum(documentOf(data))];
    const verdicts = [...sums, 'f00'].map((checksum) => {
      const inside = envelope('1.2.0', data, `, "__metadata__": {"checksum": "${checksum}"}`);
      const columns = { labels: { type: 'robots.Planner', version: '1.2.0' }, checksum };
      const [first, second] = [describeState(inside, known), describeState(documentOf(data), known, columns)];
      expect(first.checksum).toEqual(second.checksum);
      return [first.checksum?.verdict, first.findings.map(({ at, rule }) => `${at} ${rule}`)];
    });
    expect(verdicts).toEqual([
      ['canonical', []],
      ['python', []],
      ['mismatch', ["$['state_data'] checksum"]],
    ]);
  });

  test('[V6] text that is cut off, or has any content whatever, is described without an error', () => {
    const { document } = parseJson(encodeUtf8('{"__type__": "robots.Planner", "state_data": {"goal": "tr'));
    expect(document && describeState(document, known)).toMatchObject({ type: null, findings: [] });
    fc.assert(
      fc.property(values, fc.constantFrom('1.0.0', '1.2.0', '9'), (stateData, version) => {
        const bytes = codec.encode({ type: 'robots.Planner', version, stateData });
        const { document: written } = parseJson(bytes);
        const description = written && describeState(written, known);
        // Plain data that can cross to another process.
        expect(structuredClone(description)).toEqual(description);
      }),
    );
  });
});

describe('the decoded form', () => {
  const shown = (text: string): string => {
    const { stateData } = decodeStored(documentOf(text), known, { labels: {} });
    return decodeUtf8(decodedJson(stateData, known));
  };

  test('[V7] has a $type and a value for whatever JSON has no form for', () => {
    const tag = (type: string, data: string, more = '') => `{"__custom_type__": "${type}", ${more}"__data__": ${data}}`;
    expect(shown(tag('datetime', '"2025-09-10T08:00:00"'))).toBe('{"$type":"datetime","value":"2025-09-10T08:00:00"}');
    expect(shown(tag('set', '[2, 1]'))).toBe('{"$type":"set","value":[2,1]}');
    expect(shown(tag('frozenset', '[]'))).toBe('{"$type":"frozenset","value":[]}');
    expect(shown(tag('builtins.tuple', `[${tag('bytes', '"AAE="')}]`))).toBe(
      '{"$type":"tuple","value":[{"$type":"bytes","value":"AAE="}]}',
    );
    expect(shown(tag('enum', '"busy"', '"__enum_type__": "robot.AgentStatus", '))).toBe(
      '{"$type":"enum","enum":"robot.AgentStatus","value":"busy"}',
    );
    expect(shown(tag('shop.Money', '5'))).toBe('{"$type":"shop.Money","value":5}');
    expect(shown(tag('no.Such', '{"a" : 1}'))).toBe(
      `{"$type":"unknown","name":"no.Such","value":${tag('no.Such', '{"a" : 1}')}}`,
    );
  });

  test('[V8] keeps numbers, and data that looks like a mark stays data', () => {
    expect(shown('[12345678901234567890, 553.0, NaN, 1e400]')).toBe('[12345678901234567890,553.0,NaN,1e400]');
    expect(shown('{"$type": "set", "$$type": 1, "__proto__": 2}')).toBe('{"$$type":"set","$$$type":1,"__proto__":2}');
    fc.assert(
      fc.property(values, (value) => {
        // Nothing that stands for a value beyond JSON is left, and plain data is as it was.
        const { document } = parseJson(decodedJson({ user: { $type: 'set' }, value }, known));
        if (!document) throw new Error('no JSON');
        const read = codec.decode(document).stateData as { user: unknown; value: unknown };
        expect(read.user).toEqual({ $$type: 'set' });
        if (isPlainJson(value)) expect(equalValues(read.value, value)).toBe(true);
      }),
    );
  });
});

function isPlainJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (value instanceof NumberLiteral) return true;
  if (value instanceof EnumValue) return false;
  return Array.isArray(value) && value.every(isPlainJson);
}
