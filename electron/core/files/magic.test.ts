import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { contentKind } from './magic.ts';

it.each([
  ['', 'empty'],
  ['SQLite format 3\0', 'sqlite'],
  ['SQLite format', 'sqlite'],
  ['SQLite', 'other'],
  ['{"a"', 'json'],
  [' \r\n\t[1]', 'json'],
  ['\ufeff{}', 'json'],
  ['hello', 'other'],
  ['   ', 'other'],
])('%j is %s', (head, kind) => {
  expect(contentKind(Buffer.from(head))).toBe(kind);
});

it('tells gzip by its magic number', () => {
  expect(contentKind(gzipSync('{}'))).toBe('gzip');
});
