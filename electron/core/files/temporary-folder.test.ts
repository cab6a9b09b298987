import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeTemporaryFolder, removeTemporaryFolder } from './temporary-folder.ts';

function parent(): string {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('removes its folder, and does not mind to do so twice', async () => {
  const base = parent();
  const folder = await makeTemporaryFolder(base);
  expect(readdirSync(base)).toHaveLength(1);
  removeTemporaryFolder(folder);
  removeTemporaryFolder(folder);
  expect(readdirSync(base)).toEqual([]);
});

it('removes the folders of processes that died long ago, and no others', async () => {
  const base = parent();
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const hoursAgo = Date.now() / 1000 - 2 * 3600;
  const stale = join(base, `statescope-${dead}-stale`);
  const fresh = join(base, `statescope-${dead}-fresh`);
  const running = join(base, `statescope-${process.pid}-running`);
  const foreign = join(base, 'other-program');
  for (const folder of [stale, fresh, running, foreign]) mkdirSync(folder);
  for (const folder of [stale, running, foreign]) utimesSync(folder, hoursAgo, hoursAgo);
  await makeTemporaryFolder(base);
  expect([stale, fresh, running, foreign].map((folder) => existsSync(folder))).toEqual([false, true, true, true]);
});
