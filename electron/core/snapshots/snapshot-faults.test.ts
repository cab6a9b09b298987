/** Damage, killed processes, other versions: what was taken is there whole or is told to be lost, and a source always opens. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { takenText } from './fixtures/taken-text.ts';
import { openSnapshotsOf } from './open-snapshots.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { codeOf, SOURCE, snapshots, state } from './test-support.ts';

const KILLS = 3;
const MANUAL = { reason: 'manual' } as const;

async function filled() {
  const { store, folder } = snapshots();
  const ids: string[] = [];
  for (let at = 0; at < 30; at += 1) {
    const text = JSON.stringify({ at, messages: Array.from({ length: 400 }, (_, m) => `message ${m % (at + 2)}`) });
    ids.push((await store.take([state('agent:a', text)], MANUAL)).id);
  }
  store.close();
  return { folder, file: store.file, ids };
}

function sql(file: string, text: string): void {
  const database = new Sqlite(file);
  database.exec(text);
  database.close();
}

describe('a damaged database', () => {
  test('is set aside whole, told about, and others are begun', async () => {
    const { folder, file } = await filled();
    const pristine = readFileSync(file);
    const damages: readonly [string, () => void][] = [
      ['cut off', () => truncateSync(file, pristine.length / 2)],
      [
        'written over',
        () =>
          writeFileSync(
            file,
            pristine.map((byte, at) => (at > 4096 && at < 12_288 ? 0x41 : byte)),
          ),
      ],
      ['another program', () => writeFileSync(file, 'this is no database'.repeat(100))],
    ];
    for (const [what, damage] of damages) {
      writeFileSync(file, pristine);
      damage();
      const damaged = readFileSync(file);
      expect(await codeOf(() => SnapshotStore.open(folder, SOURCE)), what).toBe('snapshots-corrupt');
      const { snapshots: store, problem } = openSnapshotsOf(folder, SOURCE);
      const aside = String(problem?.details['location']);
      expect(problem?.code, what).toBe('snapshots-corrupt');
      expect(Buffer.compare(readFileSync(aside), damaged), what).toBe(0);
      const taken = await store?.take([state('agent:a', '1')], MANUAL);
      expect(taken?.states, what).toBe(1);
      store?.close();
    }
  });

  test('of which one text was changed gives every other, and that one never as if it were right', async () => {
    const { folder, file, ids } = await filled();
    sql(file, `UPDATE object_data SET data = zeroblob(length(data)) WHERE id = (SELECT max(id) FROM object_data)`);
    const store = SnapshotStore.open(folder, SOURCE);
    expect(await codeOf(() => store.read(ids.at(-1) ?? '', 'agent:a'))).toBe('snapshots-corrupt');
    expect(store.read(ids.at(-2) ?? '', 'agent:a').length).toBeGreaterThan(1000);
    // What is taken from now on does not lean on it.
    const { id } = await store.take([state('agent:a', JSON.stringify({ after: 'x'.repeat(3000) }))], MANUAL);
    expect(store.read(id, 'agent:a')).toHaveLength(3012);
    store.close();
  });

  test('of a newer version is left alone', async () => {
    const { folder, file } = await filled();
    sql(file, 'PRAGMA user_version = 99');
    const { snapshots: store, problem } = openSnapshotsOf(folder, SOURCE);
    expect([store, problem?.code]).toEqual([null, 'snapshots-newer']);
    expect(existsSync(file)).toBe(true);
  });
});

test('what a killed process left half written is swept away after a while, and not before', async () => {
  const { store } = snapshots();
  await store.take([state('agent:a', 'a'.repeat(900))], MANUAL);
  sql(
    store.file,
    `INSERT INTO manifests (id, states, bytes, began) VALUES (90, 0, 0, ${Date.now() - 7_200_000}), (91, 0, 0, ${Date.now()});
     INSERT INTO objects (id, hash, bytes, stored, step, heads) VALUES (900, x'00', 1, 1, 0, 0);
     INSERT INTO object_data VALUES (900, 0, x'31');
     INSERT INTO manifest_states VALUES (90, 1, 900, 1, NULL)`,
  );
  await store.take([state('agent:a', 'b')], MANUAL);
  const database = new Sqlite(store.file, { readonly: true });
  const ids = (text: string) => database.prepare(text).pluck(true).all();
  expect(ids('SELECT id FROM manifests WHERE hash IS NULL')).toEqual([91]);
  expect(ids('SELECT id FROM objects WHERE id = 900 UNION ALL SELECT id FROM object_data WHERE id = 900')).toEqual([]);
  database.close();
});

test('kill -9 of two processes at work: what they told is there, and all that is there is whole', async () => {
  const folder = temporaryFolder();
  const program = fileURLToPath(new URL('./fixtures/taking-process.ts', import.meta.url));
  const told = new Map<string, number>();
  for (let kill = 0; kill < KILLS; kill += 1) {
    const pair = [1, 2].map((which) => {
      const args = [program, folder, String(kill * 10_000 + which * 1000)];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const lines: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => lines.push(chunk));
      return { child, lines, first: once(child.stdout, 'data'), closed: once(child, 'close') };
    });
    await Promise.all(pair.map(({ first }) => first));
    await sleep(20 + kill * 37);
    for (const { child } of pair) child.kill('SIGKILL');
    for (const { lines, closed } of pair) {
      await closed;
      for (const line of Buffer.concat(lines).toString().split('\n').slice(0, -1)) {
        const [id = '', number] = line.split(' ');
        told.set(id, Number(number));
      }
    }
    const store = SnapshotStore.open(folder, SOURCE);
    const { rows } = store.list({ limit: 10_000 });
    const there = new Set(rows.map(({ id }) => id));
    expect([...told.keys()].filter((id) => !there.has(id))).toEqual([]);
    expect(told.size).toBeGreaterThan(kill);
    for (const { id } of rows) {
      const numbers = store.manifest(id).map(({ key }) => {
        const text = Buffer.from(store.read(id, key)).toString();
        const { number } = JSON.parse(text) as { number: number };
        expect(text).toBe(takenText(key, number));
        return number;
      });
      expect(new Set(numbers).size).toBe(1);
      if (told.has(id)) expect(numbers[0]).toBe(told.get(id));
    }
    store.close();
  }
  expect(readdirSync(folder).filter((name) => name.includes('damaged'))).toEqual([]);
}, 60_000);

test('a database that was copied while it was written opens as it was', async () => {
  const { folder, file, ids } = await filled();
  const copy = temporaryFolder();
  copyFileSync(file, join(copy, file.slice(folder.length + 1)));
  const store = SnapshotStore.open(copy, SOURCE);
  expect(store.list({ limit: 1 }).total).toBe(ids.length);
  store.close();
});
