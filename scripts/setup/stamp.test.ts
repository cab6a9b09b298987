import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { put, scratchFolder } from './scratch-folder.ts';
import { readStamp, stampSays, writeStamp } from './stamp.mjs';

test('a step counts as done only for exactly what its stamp says', () => {
  const file = join(scratchFolder(), 'deep', 'step.json');
  expect(stampSays(file, { version: 1 })).toBe(false);
  writeStamp(file, { version: 1, left: undefined });
  expect(stampSays(file, { version: 1 })).toBe(true);
  expect(stampSays(file, { version: 2 })).toBe(false);
  expect(stampSays(file, { version: 1, more: true })).toBe(false);
});

test('a stamp that was cut off while being written means "not done"', () => {
  const folder = scratchFolder();
  const file = put(folder, 'step.json', '{"version":');
  expect(readStamp(file)).toBeUndefined();
  expect(stampSays(file, { version: 1 })).toBe(false);
});

test('writing a stamp leaves no other file behind', () => {
  const folder = scratchFolder();
  writeStamp(join(folder, 'step.json'), {});
  expect(readdirSync(folder)).toEqual(['step.json']);
  expect(existsSync(join(folder, 'step.json'))).toBe(true);
});
