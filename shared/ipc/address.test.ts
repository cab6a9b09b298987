import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitPassword } from './address.ts';

test.each([
  ['postgresql://u:secret@h:5432/db', 'postgresql://u@h:5432/db', 'secret'],
  ['postgresql://u:p%40ss@h/db?sslmode=require', 'postgresql://u@h/db?sslmode=require', 'p@ss'],
  // Pasted as it is, which no URL allows.
  ['postgresql://u:p@ss/w:rd#%@h/db', 'postgresql://u@h/db', 'p@ss/w:rd#%'],
  ['postgresql://u@h/db?password=secret&sslmode=disable', 'postgresql://u@h/db?sslmode=disable', 'secret'],
  ['postgresql://u@h/db?password=secret', 'postgresql://u@h/db', 'secret'],
])('the password is taken out of %s', (address, location, password) => {
  expect(splitPassword(address)).toEqual({ location, password });
});

test.each(['postgresql://u@h:5432/db', 'postgresql://[::1]:5432/db', '/data/a:b@c?password=x', 'C:\\a@b'])(
  '%s has none and stays as it is',
  (location) => expect(splitPassword(location)).toEqual({ location, password: null }),
);

test('nothing of an escaped password is left in the address', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (password) => {
      const split = splitPassword(`postgresql://user@host/db`.replace('@', `:${encodeURIComponent(password)}@`));
      expect(split).toEqual({ location: 'postgresql://user@host/db', password });
    }),
  );
});
