import { describe, expect, test } from 'vitest';
import type { Page } from '../../shared/ipc/model.ts';
import type { Result } from '../../shared/ipc/result.ts';
import { WindowCache } from './window-cache.ts';

/** A list whose answers come when the test says so. */
function list(total: number, name = 'row') {
  const asked: { offset: number; answer: () => Promise<void>; fail: () => Promise<void> }[] = [];
  const load = (offset: number, limit: number) =>
    new Promise<Result<Page<string>>>((resolve) => {
      const settle = async (result: Result<Page<string>>) => {
        resolve(result);
        await new Promise((done) => setTimeout(done, 0));
      };
      asked.push({
        offset,
        answer: () => {
          const rows = Array.from(
            { length: Math.max(0, Math.min(limit, total - offset)) },
            (_, i) => `${name} ${offset + i}`,
          );
          return settle({ ok: true, value: { rows, total } });
        },
        fail: () => settle({ ok: false, error: { code: 'internal', message: 'broken', details: {} } }),
      });
    });
  return { asked, load };
}

const options = { pageSize: 10, maxPages: 3, maxInFlight: 2 };

describe('pages', () => {
  test('only pages in sight are asked for', async () => {
    const { asked, load } = list(1000);
    const cache = new WindowCache<string>(options);
    cache.replace(load);
    expect(asked.map((a) => a.offset)).toEqual([0]);
    await asked[0]?.answer();
    expect(cache.total).toBe(1000);
    expect(cache.row(9)).toBe('row 9');
    expect(cache.row(10)).toBeUndefined();
    cache.want(15, 25);
    expect(asked.map((a) => a.offset)).toEqual([0, 10, 20]);
  });

  test('a page is asked for once while its answer is awaited', () => {
    const { asked, load } = list(1000);
    const cache = new WindowCache<string>(options);
    cache.replace(load);
    cache.want(0, 5);
    cache.want(0, 8);
    expect(asked).toHaveLength(1);
  });

  test('the least recently seen page is forgotten', async () => {
    const { asked, load } = list(1000);
    const cache = new WindowCache<string>(options);
    cache.replace(load);
    await asked[0]?.answer();
    for (const page of [1, 2]) {
      cache.want(page * 10, page * 10 + 5);
      await asked.at(-1)?.answer();
    }
    cache.want(0, 5);
    cache.want(30, 35);
    await asked.at(-1)?.answer();
    expect(cache.row(0)).toBe('row 0');
    expect(cache.row(10)).toBeUndefined();
  });

  test('while answers are slow, only the last wish is kept', async () => {
    const { asked, load } = list(1000);
    const cache = new WindowCache<string>(options);
    cache.replace(load);
    await asked[0]?.answer();
    for (const first of [100, 200, 300, 400, 500]) cache.want(first, first + 5);
    expect(asked.map((a) => a.offset)).toEqual([0, 100, 200]);
    await asked[1]?.answer();
    expect(asked.map((a) => a.offset)).toEqual([0, 100, 200, 500]);
  });
});

describe('replacing the list', () => {
  test('old rows stay until the new ones in sight are there', async () => {
    const before = list(100, 'old');
    const after = list(50, 'new');
    const cache = new WindowCache<string>(options);
    cache.replace(before.load);
    await before.asked[0]?.answer();
    cache.want(5, 15);
    await before.asked[1]?.answer();
    cache.replace(after.load);
    expect(cache.row(5)).toBe('old 5');
    await after.asked[0]?.answer();
    expect(cache.row(5)).toBe('old 5');
    expect(cache.replacing).toBe(true);
    await after.asked[1]?.answer();
    expect(cache.row(5)).toBe('new 5');
    expect(cache.row(15)).toBe('new 15');
    expect(cache.total).toBe(50);
    expect(cache.replacing).toBe(false);
  });

  test('a late answer for the old list is dropped', async () => {
    const before = list(100, 'old');
    const after = list(50, 'new');
    const cache = new WindowCache<string>(options);
    cache.replace(before.load);
    await before.asked[0]?.answer();
    cache.want(20, 25);
    cache.replace(after.load);
    await after.asked[0]?.answer();
    const version = cache.version;
    await before.asked[1]?.answer();
    expect(cache.version).toBe(version);
    expect(cache.row(20)).toBe('new 20');
  });

  test('a shorter list than what is in sight is shown too', async () => {
    const before = list(100, 'old');
    const after = list(3, 'new');
    const cache = new WindowCache<string>(options);
    cache.replace(before.load);
    await before.asked[0]?.answer();
    cache.want(80, 90);
    await before.asked[1]?.answer();
    cache.replace(after.load);
    await after.asked[0]?.answer();
    await after.asked[1]?.answer();
    expect(cache.total).toBe(3);
    expect(cache.row(0)).toBe('new 0');
  });
});

test('a failed page tells its error and is not asked for again', async () => {
  const { asked, load } = list(100);
  const cache = new WindowCache<string>(options);
  cache.replace(load);
  await asked[0]?.fail();
  cache.want(0, 5);
  expect(cache.error?.code).toBe('internal');
  expect(cache.total).toBe(0);
  expect(asked).toHaveLength(1);
});

test('subscribers hear of every change', async () => {
  const { asked, load } = list(100);
  const cache = new WindowCache<string>(options);
  let heard = 0;
  const end = cache.subscribe(() => {
    heard += 1;
  });
  cache.replace(load);
  await asked[0]?.answer();
  expect(heard).toBe(1);
  end();
  cache.want(50, 55);
  await asked[1]?.answer();
  expect(heard).toBe(1);
});
