import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PlainFile } from '../files/random-access.ts';
import { nodeFileSystem } from '../files/read-stable.ts';
import { IndexCache, type IndexedText } from './index-cache.ts';
import type { OffsetIndex } from './model.ts';
import { buildIndex } from './offset-index.ts';
import { listed } from './test-support.ts';

const TEXT = `{"metadata":{},"states":{${Array.from({ length: 5000 }, (_, at) => `"agent:${at}":{"n":[${at}]}`).join(',')},"agent:0":1}}`;
const LONG_AGO = new Date('2026-01-01T00:00:00Z');

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'statescope-index-'));
  path = join(folder, 'backup.json');
  await written(TEXT);
});
afterEach(() => rm(folder, { recursive: true }));

it('gives back the same index, so that nothing is read again', async () => {
  const cache = new IndexCache(folder);
  const text = await textOf();
  const index = await indexed();
  expect(await cache.keep(text, { index, seekTable: null })).toBe(true);
  const found = await cache.find(text);
  expect(found?.seekTable).toBeNull();
  expect(await told(found?.index)).toEqual(await told(index));
  expect(found?.index.duplicates).toEqual([{ level: 'states', key: 'agent:0', ordinals: [0, 5000] }]);
});

it('keeps one that was stopped, and goes on with it', async () => {
  const cache = new IndexCache(folder);
  const text = await textOf();
  const stopping = new AbortController();
  let partial: OffsetIndex | undefined;
  await indexed({
    chunkBytes: 4096,
    signal: stopping.signal,
    onProgress: () => stopping.abort(),
    onStopped: (index) => {
      partial = index;
    },
  }).catch(() => undefined);
  if (partial === undefined) throw new Error('it was not stopped');
  await cache.keep(text, { index: partial, seekTable: Uint8Array.of(1, 2) });
  const found = await cache.find(text);
  expect(found?.seekTable).toEqual(Uint8Array.of(1, 2));
  expect(found?.index.complete).toBe(false);
  expect(found?.index.scanned).toBeLessThan(TEXT.length);
  expect(await told(await indexed({ resume: found?.index }))).toEqual(await told(await indexed()));
});

it('knows a file that has changed as another, and keeps nothing of one that changed meanwhile', async () => {
  const cache = new IndexCache(folder);
  const text = await textOf();
  const index = await indexed();
  await cache.keep(text, { index, seekTable: null });
  await written(TEXT.replace('"n":[7]', '"n":[8]'), new Date('2026-01-02T00:00:00Z'));
  expect(await cache.find(await textOf())).toBeNull();
  expect(await cache.keep(text, { index, seekTable: null })).toBe(false);
});

it('does not keep what was written a moment ago, since it could be written again unseen', async () => {
  const cache = new IndexCache(folder);
  await written(TEXT, new Date());
  expect(await cache.keep(await textOf(), { index: await indexed(), seekTable: null })).toBe(false);
});

it('forgets what is damaged, wherever a byte of it has changed', async () => {
  const cache = new IndexCache(folder);
  const text = await textOf();
  const index = await indexed();
  for (const part of [0, 0.001, 0.3, 0.999]) {
    await cache.keep(text, { index, seekTable: null });
    const [kept = ''] = await readdir(join(folder, 'index'));
    const file = join(folder, 'index', kept);
    const bytes = await readFile(file);
    const at = Math.floor(bytes.length * part);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await writeFile(file, bytes);
    expect(await cache.find(text)).toBeNull();
    expect(await readdir(join(folder, 'index'))).toEqual([]);
  }
});

it('drops what was used the longest ago when there is too much, and is for its owner only', async () => {
  const texts: IndexedText[] = [];
  const index = await indexed();
  const cache = new IndexCache(folder);
  for (const day of [3, 1, 2]) {
    await written(TEXT, new Date(Date.UTC(2026, 0, day)));
    const text = await textOf();
    texts.push(text);
    await cache.keep(text, { index, seekTable: null });
    const newest = await newestIn(join(folder, 'index'));
    expect((await stat(newest)).mode & 0o077).toBe(0);
    await utimes(newest, new Date(), new Date(Date.UTC(2026, 5, texts.length)));
  }
  const size = (await stat(await newestIn(join(folder, 'index')))).size;
  const [first, second, third] = texts;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three texts');
  // Used again just now, so it stays.
  expect(await cache.find(first)).not.toBeNull();
  await written(TEXT, new Date(Date.UTC(2026, 0, 9)));
  const small = new IndexCache(folder, size * 3.5);
  await small.keep(await textOf(), { index, seekTable: null });
  expect(
    [await small.find(first), await small.find(second), await small.find(third)].map((kept) => kept !== null),
  ).toEqual([true, false, true]);
});

async function written(text: string, modified = LONG_AGO): Promise<void> {
  await writeFile(path, text);
  await utimes(path, modified, modified);
}

async function textOf(): Promise<IndexedText> {
  const file = await nodeFileSystem.open(path);
  try {
    return { path, identity: await file.stat(), layer: 'plain' };
  } finally {
    await file.close();
  }
}

async function indexed(options: Parameters<typeof buildIndex>[1] = {}): Promise<OffsetIndex> {
  const access = await PlainFile.open(path);
  try {
    return await buildIndex(access, options);
  } finally {
    await access.close();
  }
}

async function told(index: OffsetIndex | undefined) {
  if (index === undefined) return null;
  const access = await PlainFile.open(path);
  try {
    const { root, fault, duplicates, size, scanned, complete } = index;
    const lists = { top: await listed(access, index.top), states: await listed(access, index.states) };
    return { root, fault, duplicates, size, scanned, complete, ...lists };
  } finally {
    await access.close();
  }
}

async function newestIn(where: string): Promise<string> {
  const files = await Promise.all(
    (await readdir(where)).map(async (name) => ({
      file: join(where, name),
      at: (await stat(join(where, name))).mtimeMs,
    })),
  );
  return files.toSorted((a, b) => b.at - a.at)[0]?.file ?? '';
}
