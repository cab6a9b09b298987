import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dependenciesInstalled } from './dependencies.mjs';
import { put, scratchFolder } from './scratch-folder.ts';
import { SetupError } from './setup-error.mjs';

const LOCKED = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/for-another-system': { version: '1.0.0', optional: true },
};
const INSTALLED = { 'node_modules/a': { version: '1.0.0' } };

/** A project whose packages npm recorded as installed; npm writes that record last. */
function project(installed: Record<string, { version: string }> | null): string {
  const root = scratchFolder();
  put(root, 'package-lock.json', { packages: LOCKED });
  put(root, 'node_modules/a/package.json', { version: '1.0.0' });
  if (installed !== null) put(root, 'node_modules/.package-lock.json', { packages: installed });
  return root;
}

test('packages without npm’s record are an interrupted installation', () => {
  expect(dependenciesInstalled(project(null))).toBe(false);
});

test('packages that somebody installed with npm themselves are adopted, but for those of other systems', () => {
  expect(dependenciesInstalled(project(INSTALLED))).toBe(true);
});

test('another version, or a package less, is not installed', () => {
  expect(dependenciesInstalled(project({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
  expect(dependenciesInstalled(project({}))).toBe(false);
});

test('once known, the answer does not need npm’s record, until the lock changes or node_modules goes', () => {
  const root = project(INSTALLED);
  expect(dependenciesInstalled(root)).toBe(true);
  rmSync(join(root, 'node_modules', '.package-lock.json'));
  expect(dependenciesInstalled(root)).toBe(true);
  put(root, 'package-lock.json', { packages: { ...LOCKED, 'node_modules/b': { version: '2.0.0' } } });
  expect(dependenciesInstalled(root)).toBe(false);
  put(root, 'package-lock.json', { packages: LOCKED });
  expect(dependenciesInstalled(root)).toBe(true);
  rmSync(join(root, 'node_modules'), { recursive: true });
  expect(dependenciesInstalled(root)).toBe(false);
});

test('a missing lock is an error that says what to type', () => {
  expect(() => dependenciesInstalled(scratchFolder())).toThrow(SetupError);
});
