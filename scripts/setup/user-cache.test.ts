import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { put, scratchFolder } from './scratch-folder.ts';
import { moveIntoPlace, removeStaleTemporaries, temporaryBeside, userCacheFolder } from './user-cache.mjs';

test('each system has its own place for what can be made again', () => {
  expect(userCacheFolder('linux', {}, '/home/ada')).toBe(join('/home/ada', '.cache', 'statescope'));
  expect(userCacheFolder('linux', { XDG_CACHE_HOME: '/var/tmp/ada' }, '/home/ada')).toBe(
    join('/var/tmp/ada', 'statescope'),
  );
  expect(userCacheFolder('linux', { XDG_CACHE_HOME: 'relative' }, '/home/ada')).toBe(
    join('/home/ada', '.cache', 'statescope'),
  );
  expect(userCacheFolder('darwin', {}, '/Users/ada')).toBe(join('/Users/ada', 'Library', 'Caches', 'statescope'));
  expect(userCacheFolder('win32', { LOCALAPPDATA: 'L' }, 'H')).toBe(join('L', 'statescope', 'Cache'));
});

test('of two processes that finish the same folder, the first one’s stays and the other one’s goes', () => {
  const final = join(scratchFolder(), 'electron');
  const first = temporaryBeside(final);
  const second = temporaryBeside(final);
  expect(second).not.toBe(first);
  put(first, 'who', 'first');
  put(second, 'who', 'second');
  moveIntoPlace(first, final);
  moveIntoPlace(second, final);
  expect(readFileSync(join(final, 'who'), 'utf8')).toBe('first');
  expect(existsSync(second)).toBe(false);
});

test('what an interrupted run left is removed after a day, not while a process may be at work on it', () => {
  const final = join(scratchFolder(), 'electron');
  const temporary = temporaryBeside(final);
  put(temporary, 'a', 'x');
  put(final, 'a', 'x');
  removeStaleTemporaries(dirname(final), Date.now() + 60_000);
  expect(existsSync(temporary)).toBe(true);
  removeStaleTemporaries(dirname(final), Date.now() + 25 * 60 * 60 * 1000);
  expect(existsSync(temporary)).toBe(false);
  expect(existsSync(final)).toBe(true);
});
