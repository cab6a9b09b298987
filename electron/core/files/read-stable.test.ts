import { appendFileSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  type FileSystem,
  FileTooLargeError,
  MAX_FILE_BYTES,
  nodeFileSystem,
  readRange,
  readStable,
} from './read-stable.ts';

/** Written a minute ago, so that its time says something. */
function file(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'state.json');
  writeFileSync(path, content);
  age(path);
  return path;
}

function age(path: string): void {
  const minuteAgo = Date.now() / 1000 - 60;
  utimesSync(path, minuteAgo, minuteAgo);
}

/** Writes to the file just after each of the first `times` reads, and does not wait. */
function meddling(times: number, write: (attempt: number) => void): FileSystem & { waits: number } {
  let attempts = 0;
  const system = {
    ...nodeFileSystem,
    waits: 0,
    async open(at: string | Buffer) {
      const opened = await nodeFileSystem.open(at);
      return {
        ...opened,
        async read(into: Uint8Array, offset: number, length: number, position: number) {
          const count = await opened.read(into, offset, length, position);
          if (attempts < times) write(++attempts);
          return count;
        },
      };
    },
    async wait() {
      system.waits++;
    },
  };
  return system;
}

it('reads a file that is at rest once', async () => {
  const path = file('{"a":1}');
  const system = meddling(0, () => undefined);
  const read = await readStable(path, { system });
  expect(read.bytes.toString()).toBe('{"a":1}');
  expect(read.changed).toBe(false);
  expect(read.identity.size).toBe(7);
  expect(system.waits).toBe(0);
});

it('reads again when the file grew meanwhile, and returns one version', async () => {
  const path = file('{"a":1}');
  const system = meddling(1, () => {
    writeFileSync(path, '{"a":12345}');
    age(path);
  });
  const read = await readStable(path, { system });
  expect(read.bytes.toString()).toBe('{"a":12345}');
  expect(read.changed).toBe(false);
  expect(system.waits).toBe(1);
});

it('sees a rewrite of the same length by its time', async () => {
  const path = file('{"a":1}');
  const system = meddling(1, () => writeFileSync(path, '{"a":2}'));
  const read = await readStable(path, { system });
  expect(read.bytes.toString()).toBe('{"a":2}');
});

it('gives up after four reads and says so', async () => {
  const path = file('{}');
  const system = meddling(100, () => appendFileSync(path, ' '));
  const read = await readStable(path, { system });
  expect(read.changed).toBe(true);
  expect(system.waits).toBe(3);
});

it('does not trust the time of a file that was written this very moment', async () => {
  const path = file('{"a":1}');
  const system = meddling(0, () => undefined);
  const read = await readStable(path, { system: { ...system, now: () => statSync(path).mtimeMs + 5 } });
  expect(read.changed).toBe(false);
  expect(system.waits).toBe(8);
});

it('stops for a signal', async () => {
  const path = file('{}');
  await expect(readStable(path, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
});

it('refuses what no tape can address, before reserving memory for it', async () => {
  const path = file('{}');
  const system: FileSystem = {
    ...nodeFileSystem,
    async open(at) {
      const opened = await nodeFileSystem.open(at);
      return { ...opened, stat: async () => ({ ...(await opened.stat()), size: MAX_FILE_BYTES + 1 }) };
    },
  };
  await expect(readStable(path, { system })).rejects.toBeInstanceOf(FileTooLargeError);
});

it('reads a part, and less of a file that has become shorter', async () => {
  const path = file('0123456789');
  expect((await readRange(path, 2, 5)).bytes.toString()).toBe('234');
  expect((await readRange(path, 8, 20)).bytes.toString()).toBe('89');
});
