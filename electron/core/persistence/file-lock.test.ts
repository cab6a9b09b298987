import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Neighbour, temporaryFolder } from '../sources/test-support.ts';
import { FileLock } from './file-lock.ts';

const PROGRAM = '../../persistence/fixtures/locking-process.ts';

function lockOf(folder: string, timeoutMs = 5000): FileLock {
  const lock = new FileLock(folder, folder, timeoutMs);
  onTestFinished(() => lock.close());
  return lock;
}

async function holder(folder: string): Promise<Neighbour> {
  const process = new Neighbour(PROGRAM, folder);
  expect(await process.line()).toBe('locked');
  return process;
}

describe('within a process', () => {
  it('work is done one after the other, in the order of the calls, by however many clients', async () => {
    const folder = temporaryFolder();
    const [one, two] = [lockOf(folder), lockOf(folder)];
    let running = 0;
    const order: number[] = [];
    const work = (n: number) => async () => {
      expect(++running).toBe(1);
      await sleep(2);
      order.push(n);
      running--;
    };
    await Promise.all([one.run(work(1)), two.run(work(2)), one.run(work(3)), one.run(work(4)), two.run(work(5))]);
    expect(order.filter((n) => n !== 2 && n !== 5)).toEqual([1, 3, 4]);
    expect(order.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5]);
  });

  it('work that fails lets the next one in', async () => {
    const lock = lockOf(temporaryFolder());
    await expect(lock.run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await lock.run(async () => 'done')).toBe('done');
  });

  it('nothing is written before the lock is asked for, and closing waits for the work', async () => {
    const folder = temporaryFolder();
    const lock = lockOf(folder);
    expect(existsSync(join(folder, 'lock.db'))).toBe(false);
    const work = lock.run(() => sleep(20, 'done'));
    await lock.close();
    await lock.close();
    expect(await work).toBe('done');
  });
});

describe('between processes', () => {
  it('waits until the other one is done', async () => {
    const folder = temporaryFolder();
    const other = await holder(folder);
    let released = false;
    const work = lockOf(folder).run(async () => expect(released).toBe(true));
    await sleep(100);
    released = true;
    other.go();
    await work;
    expect(await other.line()).toBe('released');
  });

  it('gives up after the time limit and names the folder', async () => {
    const folder = temporaryFolder();
    const other = await holder(folder);
    const lock = lockOf(folder, 100);
    await expect(lock.run(async () => 'never')).rejects.toMatchObject({
      code: 'locked',
      details: { location: folder },
    });
    other.go();
    await other.line();
    expect(await lock.run(async () => 'now')).toBe('now');
  });

  it('a process that is killed leaves no lock behind', async () => {
    const folder = temporaryFolder();
    const other = await holder(folder);
    await other.kill();
    expect(await lockOf(folder, 0).run(async () => 'at once')).toBe('at once');
  });

  it('a call that is cancelled stops waiting', async () => {
    const folder = temporaryFolder();
    await holder(folder);
    const aborter = new AbortController();
    const work = lockOf(folder).run(async () => 'never', { signal: aborter.signal });
    setTimeout(() => aborter.abort(), 50);
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('a folder that may not be written', async () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o500);
  await expect(lockOf(folder).run(async () => 'never')).rejects.toMatchObject({ code: 'read-only' });
});
