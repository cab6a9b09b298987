import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildIsCurrent, fingerprint, removeBuildStamp } from './build.mjs';
import { put, scratchFolder } from './scratch-folder.ts';
import { writeStamp } from './stamp.mjs';

const OUTPUTS = [
  'out/main/main.js',
  'out/main/cli.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
  'out/state/state/index.js',
];

function builtProject(): string {
  const root = scratchFolder();
  put(root, 'electron/main/main.ts', 'source');
  for (const output of OUTPUTS) put(root, output, 'bundle');
  writeStamp(join(root, 'node_modules/.cache/statescope/build.json'), { sources: fingerprint(root) });
  return root;
}

test('a build is current until a source changes, comes or goes', () => {
  const root = builtProject();
  expect(buildIsCurrent(root)).toBe(true);
  put(root, 'electron/main/main.ts', 'changed source');
  expect(buildIsCurrent(root)).toBe(false);
  put(root, 'shared/new.ts', 'source');
  const before = fingerprint(root);
  rmSync(join(root, 'shared/new.ts'));
  expect(fingerprint(root)).not.toBe(before);
});

test('tests, fixtures and the sample workspace are not part of the bundles', () => {
  const root = builtProject();
  put(root, 'electron/main/main.test.ts', 'test');
  put(root, 'electron/core/fixtures/a.json', '{}');
  put(root, 'assets/sample-workspace/a.json', '{}');
  expect(buildIsCurrent(root)).toBe(true);
});

test('a build that was interrupted, or lost a file, is done again', () => {
  const root = builtProject();
  rmSync(join(root, 'out/main/cli.js'));
  expect(buildIsCurrent(root)).toBe(false);
  put(root, 'out/main/cli.js', 'bundle');
  expect(buildIsCurrent(root)).toBe(true);
  removeBuildStamp(root);
  expect(buildIsCurrent(root)).toBe(false);
});
