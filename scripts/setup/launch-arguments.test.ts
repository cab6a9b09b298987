import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseArguments } from '../electron-fallback/default-app/parse-arguments.js';
import { resolvePaths, typedIn } from './launch-arguments.mjs';

test('the source and the picture are meant from where they were typed', () => {
  expect(resolvePaths(['store', '--screenshot', 'a.png', '--exit'], '/here')).toEqual([
    resolve('/here/store'),
    '--screenshot',
    resolve('/here/a.png'),
    '--exit',
  ]);
  expect(resolvePaths(['--screenshot=a.png'], '/here')).toEqual([`--screenshot=${resolve('/here/a.png')}`]);
});

test('URLs, absolute paths, the values of options and unknown options stay as they are', () => {
  const absolute = resolve('/data/store');
  const args = ['postgres://localhost/agents', absolute, '--theme', 'dark', '--locale=zh-CN', '--unknown', '-x'];
  expect(resolvePaths(args, '/here')).toEqual(args);
});

test('INIT_CWD is only about the script that npm started', () => {
  const env = { npm_lifecycle_event: 'start', INIT_CWD: '/typed' };
  expect(typedIn('start', env, '/clone')).toBe('/typed');
  expect(typedIn('cli', env, '/clone')).toBe('/clone');
  expect(typedIn('start', {}, '/clone')).toBe('/clone');
});

test('the default app finds the modules to preload, and the app behind switches', () => {
  const args = ['-r', 'loader.js', '--no-sandbox', '--inspect=0', '--remote-debugging-port=0', '.', '--', '-r', 'b.js'];
  expect(parseArguments(args)).toEqual({ modules: ['loader.js'], target: '.' });
  expect(parseArguments(['-r', 'a', '--require', 'b', 'app', 'other'])).toEqual({ modules: ['a', 'b'], target: 'app' });
  expect(parseArguments(['--no-sandbox'])).toEqual({ modules: [], target: undefined });
  expect(parseArguments(['--', 'file'])).toEqual({ modules: [], target: undefined });
});
