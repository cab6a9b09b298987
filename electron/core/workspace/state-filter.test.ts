import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StateEntry } from '../sources/source.ts';
import { fieldWord, filterOf } from './state-filter.ts';

function entry(kind: string, id: string, status: string | null = null): StateEntry {
  const key = `${kind}:${id}`;
  return { key, kind, id, type: 'a.B', status, bytes: 1, updatedAt: null, location: key, aliases: [] };
}

test('quotes keep spaces, make a field word plain, and ask for what is not there', () => {
  const spaced = entry('session', 'my "best" trip', 'active');
  expect(filterOf('key:"session:my \\"best\\" trip"')(spaced)).toBe(true);
  expect(filterOf('key:session:my')(spaced)).toBe(false);
  expect(filterOf('"my "')(spaced)).toBe(true);
  expect(filterOf('"kind:session"')(spaced)).toBe(false);
  expect(filterOf('status:""')(spaced)).toBe(false);
  expect(filterOf('status:""')(entry('session', 'x'))).toBe(true);
});

test('case matters in keys, which may differ by nothing else', () => {
  expect(filterOf('key:agent:A')(entry('agent', 'a'))).toBe(false);
  expect(filterOf('KIND:Agent STATUS:Busy')(entry('agent', 'a', 'busy'))).toBe(true);
});

test('while a person is typing, a field without a value hides nothing, and no text fails', () => {
  for (const text of ['', '   ', 'kind:', 'kind: ', 'status:', 'key:'])
    expect(filterOf(text)(entry('a', 'b'))).toBe(true);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      filterOf(text)(entry('a', 'b'));
    }),
  );
});

test('a key that is asked for by its field word is found, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (id) => {
      const wanted = entry('agent', id);
      const fits = filterOf(`${fieldWord('kind', 'agent')} ${fieldWord('key', wanted.key)}`);
      expect(fits(wanted)).toBe(true);
      expect(fits(entry('agent', `${id}x`))).toBe(false);
    }),
  );
});
