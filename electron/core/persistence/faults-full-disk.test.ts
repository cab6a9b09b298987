/** A disk without space: a real one, and a limit for the size of files where nobody may make a disk. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { FullDiskAnswer } from './fixtures/full-disk-process.ts';
import type { StoreSpec } from './fixtures/store-spec.ts';

const PROGRAM = fileURLToPath(new URL('./fixtures/full-disk-process.ts', import.meta.url));
const TMPFS = 'mount -t tmpfs -o size=2m,nr_inodes=64,mode=0777 tmpfs "$0" && exec "$@"';
/** In a name space of its own: no mount is left behind however the process ends, and root's rights are not needed. */
const NAME_SPACE = ['--user', '--map-root-user', '--mount', 'sh', '-c'];
const LIMIT = 'ulimit -f 2048 && exec "$@"';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Most systems of Linux let anybody do this; some containers, and macOS, nobody. */
const canMount = (() => {
  const probe = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  const { status } = spawnSync('unshare', [...NAME_SPACE, TMPFS, probe, 'true']);
  rmSync(probe, { recursive: true });
  return status === 0;
})();

function run(program: string, args: readonly string[]): FullDiskAnswer {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: 60_000 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return JSON.parse(stdout) as FullDiskAnswer;
}

const STORES: readonly [string, (place: string) => StoreSpec][] = [
  ['files, plain', (basePath) => ({ kind: 'filesystem', basePath, compression: false })],
  ['files, packed', (basePath) => ({ kind: 'filesystem', basePath, compression: true })],
  [
    'files, encrypted',
    (basePath) => ({ kind: 'filesystem', basePath, compression: true, passphrase: 'correct horse' }),
  ],
  ['SQLite', (place) => ({ kind: 'sqlite', path: join(place, 'states.db'), create: true })],
];

const lines: string[] = [];
afterAll(() => {
  for (const line of lines) console.log(line);
});

function report(name: string, how: string, { refused, done }: FullDiskAnswer): void {
  const each = Object.entries(refused).map(([code, times]) => `${times} refused as ${code}`);
  lines.push(`survived: ${name}: ${how}: ${[...each, `${done} done`].join(', ')}`);
}

describe('without space a write is refused as disk-full or done whole, and nothing else changes', () => {
  it.skipIf(!canMount).each(STORES)(
    'a full disk (tmpfs): %s',
    (name, specOf) => {
      const place = folder();
      const command = [process.execPath, PROGRAM, JSON.stringify(specOf(place)), place, 'full'];
      const answer = run('unshare', [...NAME_SPACE, TMPFS, place, ...command]);
      expect(answer.faults).toEqual([]);
      expect(Object.keys(answer.refused)).toEqual(['disk-full']);
      report(name, 'full disk (tmpfs of 2 MiB)', answer);
    },
    60_000,
  );

  it.skipIf(process.platform === 'win32').each(STORES)(
    'a limit for the size of files (ulimit -f): %s',
    (name, specOf) => {
      const place = folder();
      const command = [process.execPath, PROGRAM, JSON.stringify(specOf(place)), place, 'limited'];
      const answer = run('sh', ['-c', LIMIT, place, ...command]);
      expect(answer.faults).toEqual([]);
      // SQLite does not say why it could not write.
      expect(Object.keys(answer.refused)).toEqual([name === 'SQLite' ? 'unreadable' : 'disk-full']);
      report(name, 'largest file (ulimit -f)', answer);
    },
    60_000,
  );
});
