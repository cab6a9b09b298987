import { expect, test } from 'vitest';
import type { StateEntry } from '../sources/source.ts';
import { placeOf } from './place.ts';

const entry = (key: string, location: string): StateEntry => {
  const [kind = '', id = ''] = key.split(':');
  return { key, kind, id, type: null, status: null, bytes: 1, updatedAt: null, location, aliases: [] };
};

test('a state goes where it was, else where the others of its kind are, else nowhere', () => {
  const entries = [entry('session:a', 'deep/a.json.gz'), entry('agent:b', 'agents/b.json'), entry('row:c', 'table/3')];
  expect(placeOf('agent:x', 'elsewhere/x.json', entries)).toBe('elsewhere/x.json');
  // A journal knows no place, and tells the key.
  expect(placeOf('agent:x', 'agent:x', entries)).toBe('agents/x.json');
  expect(placeOf('session:x', null, entries)).toBe('deep/x.json.gz');
  expect(placeOf('row:x', null, entries)).toBeNull();
  expect(placeOf('other:x', null, entries)).toBeNull();
});

test('an id that is no file name is encoded as the store does', () => {
  const entries = [entry('agent:b', 'agents/b.json')];
  expect(placeOf('agent:../../x', null, entries)?.split('/')).toEqual(['agents', '%2E.%2F..%2Fx.json']);
});
