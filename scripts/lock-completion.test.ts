import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { completeLock, missingOptionals, systemInName } from './lock-completion.mjs';
import { ROOT } from './setup/project.mjs';

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));

test('package-lock.json can be installed on every system (if not: node scripts/complete-lock.mjs)', () => {
  expect(missingOptionals(lock.packages)).toEqual([]);
});

test('package-lock.json names no registry', () => {
  expect(Object.values<{ resolved?: string }>(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual(
    [],
  );
});

test('the system is read from a package’s name', () => {
  expect(systemInName('@oxlint/binding-linux-arm-musleabihf')).toEqual({ os: ['linux'], cpu: ['arm'], libc: ['musl'] });
  expect(systemInName('@oxlint/binding-linux-x64-gnu')).toEqual({ os: ['linux'], cpu: ['x64'], libc: ['glibc'] });
  expect(systemInName('@biomejs/cli-darwin-arm64')).toEqual({ os: ['darwin'], cpu: ['arm64'], libc: null });
  expect(systemInName('fsevents')).toBeNull();
});

test('what is missing is added as npm would have, and nothing twice', () => {
  const packages = {
    'node_modules/tool': {
      version: '1.0.0',
      dev: true,
      license: 'MIT',
      optionalDependencies: { 'tool-win32-x64': '1.0.0' },
    },
  };
  expect(completeLock(packages)).toEqual(['tool-win32-x64@1.0.0']);
  expect(packages).toMatchObject({
    'node_modules/tool-win32-x64': {
      version: '1.0.0',
      dev: true,
      optional: true,
      os: ['win32'],
      cpu: ['x64'],
      license: 'MIT',
    },
  });
  expect(completeLock(packages)).toEqual([]);
});

test('a version that is a range is not guessed', () => {
  const packages = { 'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-win32-x64': '^1.0.0' } } };
  expect(() => completeLock(packages)).toThrow('by hand');
});
