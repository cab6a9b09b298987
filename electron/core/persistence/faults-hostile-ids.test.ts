/** Whatever an id looks like, nothing is made outside of the store. That such ids come back is in behaviour-suite.ts. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ABSENT, ANY } from './backend.ts';
import { HOSTILE_IDS } from './behaviour-suite.ts';
import { openStoreSpec, plainRecord, type StoreSpec } from './fixtures/store-spec.ts';

it('the ids that every backend is tried with', () => {
  const wanted = ['../../etc/passwd', 'CON', 'a:b', 'line\nbreak', '', 'x'.repeat(300)];
  expect(HOSTILE_IDS).toEqual(expect.arrayContaining(wanted));
  expect(HOSTILE_IDS.some((id) => /\p{Emoji_Presentation}/u.test(id))).toBe(true);
});

const STORES: readonly [string, (base: string) => StoreSpec][] = [
  ['files, plain', (basePath) => ({ kind: 'filesystem', basePath, compression: false })],
  ['files, packed', (basePath) => ({ kind: 'filesystem', basePath, compression: true })],
  ['SQLite', (base) => ({ kind: 'sqlite', path: join(base, 'states.db'), create: true })],
];

describe('saved, overwritten, deleted and restored, as ids and as kinds, they stay inside of', () => {
  it.each(STORES)(
    '%s',
    async (_, specOf) => {
      const outside = mkdtempSync(join(tmpdir(), 'statescope-test-'));
      onTestFinished(() => rmSync(outside, { recursive: true }));
      // Deep enough for `../..` to end in a place that is looked at.
      const base = join(outside, 'one', 'two', 'three', 'store');
      mkdirSync(base, { recursive: true });
      const backend = await openStoreSpec(specOf(base));
      onTestFinished(() => backend.close());
      const kinds = ['../up', '../../etc', '/etc', '..', 'a/../../b'];
      const keys = [...HOSTILE_IDS.map((id) => `agent:${id}`), ...kinds.map((kind) => `${kind}:../x`)];
      for (const key of keys) {
        await backend.save(key, plainRecord('1'), ABSENT);
        await backend.save(key, plainRecord('2'), ANY);
        const deleted = await backend.delete(key, ANY);
        expect(deleted.status).toBe('deleted');
        if (deleted.status === 'deleted') await backend.restore(deleted.trash, ABSENT);
      }
      expect((await backend.list()).length).toBe(keys.length);
      const paths = readdirSync(outside, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name));
      expect(paths.length).toBeGreaterThan(0);
      expect(paths.filter((path) => !path.startsWith(base))).toEqual([]);
      const folders = ['one', 'two', 'three'].map((_, depth, all) => join(outside, ...all.slice(0, depth)));
      expect(folders.map((folder) => readdirSync(folder))).toEqual([['one'], ['two'], ['three']]);
    },
    60_000,
  );
});
