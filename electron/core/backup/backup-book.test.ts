import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { BackupInfo, BackupProblem, BackupReport } from '../../../shared/ipc/backup-model.ts';
import { BackupBook } from './backup-book.ts';

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'backup-book-'));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const info: BackupInfo = {
  file: '/backups/a.json',
  fileBytes: 100,
  modifiedAt: '2026-01-01T00:00:00.000Z',
  encrypted: false,
  packed: false,
  known: 'all',
  name: 'a',
  createdAt: null,
  version: '1.0',
  newer: false,
  states: 3,
  stateBytes: 60,
  origin: 'manual',
  source: null,
  writer: null,
  only: null,
  leftOut: [],
  checksums: true,
  others: [],
};
const problem = (key: string): BackupProblem => ({
  code: 'state-checksum',
  severity: 'error',
  key,
  offset: 12,
  message: 'other bytes',
  details: { expected: 'a' },
});
const report = (problems: readonly BackupProblem[]): BackupReport => ({
  info,
  ok: problems.length === 0,
  against: 'checksums',
  states: 3,
  sound: 3 - problems.length,
  problems,
  more: 0,
});

test('what verifying a file has found is known again as long as the file is the same, also to another program', async () => {
  await new BackupBook(parent).keep(report([problem('agent:a')]), '2026-01-02T00:00:00.000Z');
  const book = new BackupBook(parent);
  const known = async (change: Partial<BackupInfo>) => (await book.verdicts([{ ...info, ...change }])).get(info.file);
  expect(await known({})).toEqual({
    verifiedAt: '2026-01-02T00:00:00.000Z',
    ok: false,
    against: 'checksums',
    states: 3,
    sound: 2,
    problems: [problem('agent:a')],
    more: 0,
  });
  expect(await known({ fileBytes: 101 })).toBeUndefined();
  expect(await known({ modifiedAt: '2026-01-01T00:00:00.001Z' })).toBeUndefined();
});

test('the latest verification counts, and of very many problems the first are kept and the others counted', async () => {
  const book = new BackupBook(parent);
  await book.keep(report([]), '2026-01-02T00:00:00.000Z');
  await book.keep({ ...report(Array.from({ length: 70 }, (_, i) => problem(`agent:${i}`))), more: 5 }, 'later');
  const found = (await book.verdicts([info])).get(info.file);
  expect(found).toMatchObject({ verifiedAt: 'later', ok: false, more: 25 });
  expect(found?.problems).toHaveLength(50);
});

test('folders are kept for each source, once, and can be forgotten', async () => {
  const book = new BackupBook(parent);
  await Promise.all([book.addFolder('/a', '/x'), book.addFolder('/a', '/y'), book.addFolder('/b', '/z')]);
  await book.addFolder('/a', '/x');
  expect(await book.folders('/a')).toEqual(['/y', '/x']);
  await book.forgetFolder('/a', '/x');
  expect(await book.folders('/a')).toEqual(['/y']);
  expect(await book.folders('/b')).toEqual(['/z']);
});

test('a damaged book is set aside, and another one begun', async () => {
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const book = new BackupBook(parent);
  await book.addFolder('/a', '/x');
  writeFileSync(join(parent, 'backups', 'book.json'), '{"folders": [');
  expect(await book.folders('/a')).toEqual([]);
  expect(told).toHaveBeenCalledOnce();
  told.mockRestore();
  await book.addFolder('/a', '/y');
  expect(await book.folders('/a')).toEqual(['/y']);
  expect(readdirSync(join(parent, 'backups')).toSorted()).toEqual(['book.json', 'book.json.broken']);
});
