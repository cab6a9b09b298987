/** What a computer does to a backup that is being written: the one before stays whole. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isTemporaryName } from '../files/replace-file.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { agentFolder, backupOf } from './backup-test-support.ts';
import { verifyBackup } from './verify-backup.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/backing-up-process.ts', import.meta.url));
const KILLS = 4;

test('killed at any moment: the backup that was there is whole, or the new one is', async () => {
  const source = agentFolder(80);
  const folder = temporaryFolder();
  const file = await backupOf({ location: source, file: join(folder, 'b.json.gz') });
  for (let kill = 0; kill < KILLS; kill++) {
    const child = spawn(process.execPath, [PROGRAM, source, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(createInterface({ input: child.stdout }), 'line');
    await sleep(Math.random() * 60);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await verifyBackup(file)).toMatchObject({ ok: true, against: 'checksums', states: 85 });
  }
  const others = readdirSync(folder).filter((name) => name !== 'b.json.gz');
  expect(others.filter((name) => !isTemporaryName(name))).toEqual([]);
}, 30_000);

test.skipIf(process.platform === 'win32')('on a full disk it is refused, and the old one stays', async () => {
  const folder = temporaryFolder();
  const file = await backupOf({ location: agentFolder(1), file: join(folder, 'b.json') });
  const before = readFileSync(file);
  const large = write(temporaryFolder(), 'large.json', JSON.stringify({ text: 'x'.repeat(300_000) }));
  // In blocks of 512 bytes, or of a kilobyte: no file may become larger.
  const { stdout } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 100 && exec "$@"', 'sh', process.execPath, PROGRAM, large, file],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout.trim()).toBe('disk-full');
  expect(readFileSync(file).equals(before)).toBe(true);
  expect(readdirSync(folder)).toEqual(['b.json']);
  expect(statSync(file).size).toBe(before.length);
});

const TMPFS =
  'mount -t tmpfs -o size=200k,mode=0777 tmpfs "$0" && cp "$1" "$0/b.json" && shift && "$@"; cmp "$OLD" "$0/b.json" && ls -A "$0"';
const NAME_SPACE = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
const canMount = spawnSync('unshare', [...NAME_SPACE, 'mount -t tmpfs tmpfs "$0"', '/tmp']).status === 0;

test.skipIf(!canMount)('on a real disk without space it is refused, and the old one stays', async () => {
  const old = await backupOf({ location: agentFolder(1) });
  const large = write(temporaryFolder(), 'large.json', JSON.stringify({ text: 'x'.repeat(300_000) }));
  const disk = temporaryFolder();
  const command = [process.execPath, PROGRAM, large, join(disk, 'b.json')];
  const { stdout } = spawnSync('unshare', [...NAME_SPACE, TMPFS, disk, old, ...command], {
    encoding: 'utf8',
    env: { ...process.env, OLD: old },
  });
  expect(stdout.trim().split('\n')).toEqual(['disk-full', 'b.json']);
});
