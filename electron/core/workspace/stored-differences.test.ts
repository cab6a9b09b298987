import { expect, test } from 'vitest';
import { documentOf } from '../../../shared/json/test-support.ts';
import { storedDifferences } from './stored-differences.ts';

const differences = (before: string, after: string) => storedDifferences(documentOf(before), documentOf(after));

test('another spelling of the same values is no difference', () => {
  expect(differences('{"a":"\\u706b","b":[1]}', '{ "b": [1], "a": "火" }')).toEqual({ differences: [], more: 0 });
});

test('what moved is told as gone from one place and come to another', () => {
  expect(differences('[{"id":1},{"id":2},{"id":3}]', '[{"id":2},{"id":3},{"id":1}]')).toEqual({
    differences: [
      { kind: 'removed', path: '$[0]', before: '{"id":1}', after: null, valueKind: 'object' },
      { kind: 'added', path: '$[2]', before: null, after: '{"id":1}', valueKind: 'object' },
    ],
    more: 0,
  });
});

test('long values are cut, and differences beyond the first 500 are counted', () => {
  const numbers = (from: number) => JSON.stringify(Array.from({ length: 600 }, (_, at) => from + at));
  expect(differences(numbers(0), numbers(1000))).toMatchObject({ more: 100 });
  const [long] = differences('{}', JSON.stringify({ text: 'x'.repeat(1000) })).differences;
  expect(long?.after).toBe(`"${'x'.repeat(199)}…`);
});
