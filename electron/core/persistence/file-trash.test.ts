import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { HOSTILE_IDS } from './behaviour-suite.ts';
import { FileTrash, isTrashPath } from './file-trash.ts';

const NOW = Date.parse('2025-09-10T08:00:00.250Z');
const bytes = Buffer.from('{"n": 1}');

describe('entries', () => {
  it('have a name that tells category, id, reason and time', async () => {
    const trash = new FileTrash(temporaryFolder(), () => NOW);
    expect(await trash.put('agent:planner', bytes, 'overwritten', { ending: '.json' })).toBe(
      'agents/planner_backup_20250910T080000250Z_e5d5f7c1.json',
    );
    expect(await trash.put('session:42', bytes, 'deleted', { ending: '.json.gz' })).toBe(
      'sessions/42_deleted_20250910T080000251Z_e5d5f7c1.json.gz',
    );
    expect(await trash.list()).toEqual([
      {
        id: 'sessions/42_deleted_20250910T080000251Z_e5d5f7c1.json.gz',
        key: 'session:42',
        reason: 'deleted',
        trashedAt: '2025-09-10T08:00:00.251Z',
        bytes: 8,
      },
      {
        id: 'agents/planner_backup_20250910T080000250Z_e5d5f7c1.json',
        key: 'agent:planner',
        reason: 'overwritten',
        trashedAt: '2025-09-10T08:00:00.250Z',
        bytes: 8,
      },
    ]);
  });

  it('of any key come back under it, whatever their ids look like', async () => {
    const trash = new FileTrash(temporaryFolder());
    const ids = [
      ...HOSTILE_IDS,
      'x_backup_20250910T080000250Z_0123abcd',
      'X_deleted_',
      'AAA'.repeat(100),
      'aaa'.repeat(100),
    ];
    const keys = ids.map((id) => `agent:${id}`).concat('Note:x', 'note:x', 'backups:x', 'file:sub/deep/x');
    for (const key of keys) {
      const id = await trash.put(key, Buffer.from(key), 'deleted', { ending: '' });
      expect(await trash.read(id)).toMatchObject({ entry: { id, key }, ending: '', bytes: Buffer.from(key) });
    }
    expect((await trash.list()).map(({ key }) => key)).toEqual(keys.toReversed());
  });

  it('never replace each other, not even those of two clients in one millisecond', async () => {
    const folder = temporaryFolder();
    const [one, two] = [new FileTrash(folder, () => NOW), new FileTrash(folder, () => NOW)];
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? one : two).put('agent:a', bytes, 'overwritten', { ending: '.json' }),
      ),
    );
    expect(new Set(ids).size).toBe(20);
    expect(await one.list()).toHaveLength(20);
  });

  it('are a second name of the file where there is one, and the bytes where there is none', async () => {
    const base = temporaryFolder();
    const path = write(base, 'agents/a.json', bytes);
    const trash = new FileTrash(join(base, 'backups'));
    const linked = await trash.put('agent:a', bytes, 'deleted', { ending: '.json', path });
    expect(statSync(join(base, 'backups', linked)).ino).toBe(statSync(path).ino);
    const copied = await trash.put('agent:a', bytes, 'deleted', { ending: '.json', path: join(base, 'gone') });
    expect(readFileSync(join(base, 'backups', copied))).toEqual(bytes);
  });
});

describe('what is no entry', () => {
  it('is neither listed nor read: files of others, folders, links that lead out', async () => {
    const base = temporaryFolder();
    const secret = write(base, 'secret.json', 'secret');
    const folder = join(base, 'backups');
    const named = (name: string) => `agents/${name}_backup_20250910T080000250Z_0123abcd.json`;
    write(folder, 'planner_backup_20250910_080000.json', '{}');
    write(folder, 'agents/.hidden_backup_20250910T080000250Z_0123abcd.json', '{}');
    mkdirSync(join(folder, named('folder')), { recursive: true });
    if (process.platform !== 'win32') symlinkSync(secret, join(folder, named('link')));
    writeFileSync(join(base, 'x_backup_20250910T080000250Z_0123abcd.json'), 'outside');
    const trash = new FileTrash(folder);
    expect(await trash.list()).toEqual([]);
    for (const id of [
      named('folder'),
      named('link'),
      '../x_backup_20250910T080000250Z_0123abcd.json',
      `agents/../${named('x')}`,
      '',
    ])
      expect(await trash.read(id)).toBeNull();
  });

  it('no id makes reading leave the folder or fail', async () => {
    const trash = new FileTrash(temporaryFolder());
    const parts = fc.constantFrom(
      '..',
      '.',
      '',
      'agents',
      'a_backup_20250910T080000250Z_0123abcd.json',
      '\0',
      'x'.repeat(300),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(parts, { maxLength: 4 }), async (id) => {
        expect(await trash.read(id.join('/'))).toBeNull();
      }),
    );
    expect(isTrashPath('agents/a_backup_20250910T080000250Z_0123abcd.json')).toBe(true);
  });
});
