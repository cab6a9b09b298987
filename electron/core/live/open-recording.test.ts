/** Whatever a journal's file has become, nothing of it is lost, and the source opens. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { journalFile, type OpenedJournal, openJournalOf } from './open-recording.ts';

function opened(file: string): OpenedJournal {
  const result = openJournalOf(file, 'test');
  onTestFinished(() => result.journal?.close());
  return result;
}

test('each source has a journal of its own, in a folder that only its owner can look into', () => {
  const folder = join(temporaryFolder(), 'journals');
  expect(journalFile(folder, '/a')).toBe(journalFile(folder, '/a'));
  expect(journalFile(folder, '/a')).not.toBe(journalFile(folder, '/b'));
  expect(opened(journalFile(folder, '/a'))).toMatchObject({ problem: null, journal: { isRecording: true } });
  if (process.platform !== 'win32') expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('what is no journal any more is set aside as it is, and another one is begun', () => {
  const folder = temporaryFolder();
  const file = journalFile(folder, '/a');
  const garbage = Buffer.alloc(9000, 'garbage');
  writeFileSync(file, garbage);
  const { journal, problem } = opened(file);
  const [aside = ''] = readdirSync(folder).filter((name) => name.includes('.damaged-'));
  expect(journal?.isRecording).toBe(true);
  expect(problem?.setAside).toBe(join(folder, aside));
  expect(readFileSync(join(folder, aside)).equals(garbage)).toBe(true);
});

test('the database of another program is left alone', () => {
  const file = journalFile(temporaryFolder(), '/a');
  const database = new Sqlite(file);
  database.exec('CREATE TABLE theirs (x)');
  database.close();
  const before = readFileSync(file);
  expect(opened(file)).toMatchObject({ journal: null, problem: { code: 'journal-foreign', setAside: null } });
  expect(readFileSync(file).equals(before)).toBe(true);
});

test('a folder in its place is told, and no reason to fail', () => {
  const file = journalFile(temporaryFolder(), '/a');
  mkdirSync(file);
  expect(opened(file)).toMatchObject({ journal: null, problem: { code: 'unreadable' } });
});
