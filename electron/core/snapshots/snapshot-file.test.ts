import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { exportSnapshot, importSnapshot } from './snapshot-file.ts';
import { codeOf, snapshots, state } from './test-support.ts';

test('what is exported is imported byte for byte, whatever the bytes, plain or packed', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.string({ unit: 'binary', maxLength: 40 }).map((text) => Buffer.from(text)),
    fc.constant(Buffer.from('\ufeff{"bom": true}')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 4 }), fc.boolean(), async (texts, packed) => {
      const [from, to] = [snapshots().store, snapshots().store];
      const states = texts.map((text, at) => state(`agent:${at}`, text));
      const { id } = await from.take(states, { reason: 'before-edit', name: 'N', tags: ['t'], seq: 3 });
      const file = join(temporaryFolder(), packed ? 'x.json.gz' : 'x.json');
      const { takenAt } = await exportSnapshot(from, id, file);
      const imported = await importSnapshot(to, file);
      expect(imported).toMatchObject({ id, name: 'N', tags: ['t'], takenAt, reason: 'imported', seq: null });
      expect(to.manifest(id)).toEqual(from.manifest(id));
      for (const [at, text] of texts.entries()) expect(Buffer.compare(to.read(id, `agent:${at}`), text)).toBe(0);
      from.close();
      to.close();
    }),
    { numRuns: 15 },
  );
});

test('importing twice keeps one; another one under the same id gets an id of its own', async () => {
  const { store } = snapshots();
  const { id } = await store.take([state('agent:a', '{"a": 1}')], { reason: 'manual' });
  const file = join(temporaryFolder(), 'x.json');
  await exportSnapshot(store, id, file);
  expect((await importSnapshot(store, file)).id).toBe(id);
  expect(store.list({ limit: 5 }).total).toBe(1);
  const elsewhere = snapshots().store;
  await elsewhere.take([state('agent:a', '{"a": 2}')], { reason: 'manual', id });
  const imported = await importSnapshot(elsewhere, file);
  expect(imported.id).not.toBe(id);
  expect(Buffer.from(elsewhere.read(imported.id, 'agent:a')).toString()).toBe('{"a": 1}');
});

test('a file that is cut off, changed or something else is refused, and nothing is taken from it', async () => {
  const { store } = snapshots();
  const { id } = await store.take([state('agent:a', '{"a": 1}'), state('agent:b', '2')], { reason: 'manual' });
  const file = join(temporaryFolder(), 'x.json.gz');
  await exportSnapshot(store, id, file);
  const packed = readFileSync(file);
  const text = gunzipSync(packed).toString();
  const { store: other } = snapshots();
  const damages: readonly (string | Buffer)[] = [
    packed.subarray(0, packed.length - 12),
    text.slice(0, -5),
    text.replace('{\\"a\\": 1}', '{\\"a\\": 2}'),
    text.replace('agent:b', 'agent:a'),
    text.replace('"version": 1', '"version": 2'),
    text.replace('"states"', '"__proto__"'),
    '{"format": "statescope-snapshot"}',
    '[]',
    '',
  ];
  for (const damage of damages) {
    expect(damage).not.toBe(text);
    writeFileSync(file, damage);
    expect(await codeOf(() => importSnapshot(other, file)), String(damage).slice(0, 40)).toBe('snapshot-invalid');
  }
  expect(await codeOf(() => importSnapshot(other, join(temporaryFolder(), 'gone.json')))).toBe('path-missing');
  expect(other.list({ limit: 1 }).total).toBe(0);
});
