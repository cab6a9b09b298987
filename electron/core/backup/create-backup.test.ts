import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFilesystemBackend } from '../persistence/filesystem-backend.ts';
import { openSource } from '../sources/open-source.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { readBackupInfo } from './backup-info.ts';
import { AWKWARD, agentFolder, backupOf, failureOf, plainState } from './backup-test-support.ts';
import { createBackup } from './create-backup.ts';
import { verifyBackup } from './verify-backup.ts';

const MANUAL = { origin: 'manual' } as const;

describe('a backup', () => {
  test('is in the format of the design document, and says what it is of', async () => {
    const folder = agentFolder(1);
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    const file = await backupOf({ location: folder, name: 'before the move', only: ['agent:plain-*'], now: () => at });
    const text = readFileSync(file, 'utf8');
    const { metadata, states } = JSON.parse(text) as { metadata: Record<string, unknown>; states: unknown };
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['metadata', 'states']);
    expect(states).toEqual({ 'agent:plain-0': JSON.parse(plainState(0)) });
    expect(metadata).toMatchObject({
      backup_name: 'before the move',
      created_at: '2026-01-02T03:04:05.000Z',
      version: '1.0',
      total_states: 1,
      origin: 'manual',
      source: { location: folder, format: 'statescope-directory' },
      only: ['agent:plain-*'],
    });
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  test('holds the bytes of every state as they are stored', async () => {
    const source = await opened(await backupOf({ location: agentFolder() }));
    for (const [name, text] of Object.entries(AWKWARD)) {
      expect(Buffer.from((await source.read(`agent:${name}`)).bytes).toString(), name).toBe(text);
    }
  });

  test('holds whatever JSON there is, and verifies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.json({ noUnicodeString: false }), { maxKeys: 60 }),
        async (states) => {
          const members = Object.entries(states).map(([name, text]) => `${JSON.stringify(`agent:x${name}`)}:${text}`);
          const folder = temporaryFolder();
          const from = write(
            folder,
            'from.json',
            `{"metadata":{"total_states":${members.length}},"states":{${members.join()}}}`,
          );
          const file = await backupOf({ location: from, file: join(folder, 'to.json') });
          expect(await verifyBackup(file)).toMatchObject({ ok: true, against: 'checksums', states: members.length });
          const [was, is] = [await openSource(from), await openSource(file)];
          expect(is.entries.map(({ key }) => key)).toEqual(was.entries.map(({ key }) => key));
          for (const { key } of was.entries) expect((await is.read(key)).bytes).toEqual((await was.read(key)).bytes);
          rmSync(folder, { recursive: true });
        },
      ),
      { numRuns: 4 },
    );
  });

  test('is the same text packed and encrypted', async () => {
    const location = agentFolder(40);
    const folder = temporaryFolder();
    const same = { location, name: 'n', now: () => 0 };
    const plain = readFileSync(await backupOf({ ...same, file: join(folder, 'a.json') }));
    const packed = await backupOf({ ...same, file: join(folder, 'a.json.gz') });
    expect(gunzipSync(readFileSync(packed)).equals(plain)).toBe(true);
    const file = await backupOf({ ...same, file: join(folder, 'a.statescope'), gzip: true, passphrase: 'pass' });
    expect(readFileSync(file).includes('agent')).toBe(false);
    const [one, other] = [await opened(packed), await opened(file, { secret: 'pass' })];
    expect(other.entries.map(({ key }) => key)).toEqual(one.entries.map(({ key }) => key));
    for (const { key } of one.entries) {
      expect(Buffer.from((await other.read(key)).bytes).equals((await one.read(key)).bytes)).toBe(true);
    }
    expect((await failureOf(openSource(file))).code).toBe('secret-needed');
    expect((await failureOf(openSource(file, { secret: 'no' }))).code).toBe('secret-wrong');
  });

  test('leaves a damaged state out and says so: it would make all that follows unreadable', async () => {
    const folder = agentFolder(2);
    write(folder, 'agents/broken.json', '{"agent_id": "broken", "memory": [');
    const source = await opened(folder);
    const file = join(temporaryFolder(), 'b.json');
    const { leftOut, states, info } = await createBackup(source, { ...MANUAL, file });
    expect(leftOut.map(({ key }) => key)).toEqual(['agent:broken']);
    expect(info.leftOut).toEqual(leftOut);
    expect(states).toBe(Object.keys(AWKWARD).length + 3);
    expect((await verifyBackup(file)).ok).toBe(true);
  });

  test('of an empty selection is empty; what fits nothing is told, and nothing at all is no backup', async () => {
    const source = await opened(agentFolder(2));
    const folder = temporaryFolder();
    const none = await createBackup(source, { ...MANUAL, file: join(folder, 'none.json'), only: [] });
    expect(none.states).toBe(0);
    const some = {
      ...MANUAL,
      file: join(folder, 'some.json'),
      only: ['agent:plain-*', 'tool:*'],
      keys: ['agent:nobody'],
    };
    expect(await createBackup(source, some)).toMatchObject({ states: 2, unmatched: ['agent:nobody', 'tool:*'] });
    const error = await failureOf(createBackup(source, { ...MANUAL, file: join(folder, 'no.json'), only: ['tool:*'] }));
    expect(error.code).toBe('not-found');
    expect(readdirSync(folder).toSorted()).toEqual(['none.json', 'some.json']);
  });

  test('of the same name is refused, and replaces the other only when told', async () => {
    const location = agentFolder(1);
    const file = await backupOf({ location, name: 'first' });
    expect((await failureOf(backupOf({ location, file, name: 'second' }))).code).toBe('file-exists');
    expect((await readBackupInfo(file)).name).toBe('first');
    await backupOf({ location, file, name: 'third', overwrite: true });
    expect((await readBackupInfo(file)).name).toBe('third');
  });

  test('of an encrypted store is encrypted, or allowed to be plain', async () => {
    const folder = temporaryFolder();
    const store = await openFilesystemBackend({ basePath: folder, compression: false, passphrase: 'p', create: true });
    await store.close();
    const source = await opened(folder, { secret: 'p' });
    const file = join(temporaryFolder(), 'b.json');
    expect((await failureOf(createBackup(source, { ...MANUAL, file }))).code).toBe('would-be-plain');
    expect(existsSync(file)).toBe(false);
    await createBackup(source, { ...MANUAL, file, allowPlain: true });
    await createBackup(source, { ...MANUAL, file, overwrite: true, passphrase: 'q' });
    expect((await readBackupInfo(file)).encrypted).toBe(true);
    const sealed = await opened(file, { secret: 'q' });
    const again = createBackup(sealed, { ...MANUAL, file: `${file}.json` });
    expect((await failureOf(again)).code).toBe('would-be-plain');
  });

  test('that is stopped leaves nothing', async () => {
    const source = await opened(agentFolder(5));
    for (const phase of ['checking', 'writing'] as const) {
      const folder = temporaryFolder();
      const stop = new AbortController();
      const run = { signal: stop.signal, onProgress: (now: { phase: string }) => now.phase === phase && stop.abort() };
      const error = await failureOf(createBackup(source, { ...MANUAL, file: join(folder, 'b.json') }, run));
      expect(error.code).toBe('cancelled');
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test('removes what a killed one left long ago, and nothing else', async () => {
    const folder = temporaryFolder();
    const names = [
      '.b.json.0123456789ab.tmp',
      '.b.json.ba9876543210.tmp',
      '.c.json.0123456789ab.tmp',
      '.b.json.mine.tmp',
    ];
    for (const name of names) write(folder, name, 'x');
    for (const name of [names[0], names[2], names[3]]) utimesSync(join(folder, name ?? ''), 0, 0);
    await backupOf({ location: agentFolder(1), file: join(folder, 'b.json') });
    expect(readdirSync(folder).toSorted()).toEqual([...names.slice(1), 'b.json'].toSorted());
  });
});

describe('a source that changes during its backup', () => {
  /** Writes once for each of the first `times` tries, at the named moment. */
  async function changing(
    times: number,
    phase: 'checking' | 'writing',
    change: (folder: string, time: number) => void,
  ) {
    const folder = agentFolder(4);
    const source = await opened(folder);
    const file = join(temporaryFolder(), 'b.json');
    let done = 0;
    const work = createBackup(
      source,
      { ...MANUAL, file, reopen: () => openSource(folder) },
      {
        onProgress: (now) => {
          if (now.phase === phase && now.done === 0 && done < times) change(folder, done++);
        },
      },
    );
    return { work, file };
  }

  test.each(['checking', 'writing'] as const)('is read again, and is of one moment: %s', async (phase) => {
    // The last one is written while the first is read or copied.
    const { work, file } = await changing(2, phase, (folder, time) =>
      writeFileSync(join(folder, 'agents', 'plain-3.json'), plainState(3, `time ${time}`)),
    );
    await work;
    const source = await opened(file);
    expect(Buffer.from((await source.read('agent:plain-3')).bytes).toString()).toBe(plainState(3, 'time 1'));
    expect((await verifyBackup(file)).ok).toBe(true);
  });

  test('states that are added meanwhile are in it', async () => {
    const { work, file } = await changing(1, 'checking', (folder) =>
      writeFileSync(join(folder, 'agents', 'new.json'), plainState(9)),
    );
    await work;
    expect((await opened(file)).entries.map(({ key }) => key)).toContain('agent:new');
  });

  test('without a pause is refused, and nothing is written', async () => {
    const { work, file } = await changing(100, 'writing', (folder, time) =>
      writeFileSync(join(folder, 'agents', 'plain-3.json'), plainState(3, `time ${time}`)),
    );
    const error = await failureOf(work);
    expect(error.code).toBe('source-changing');
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });
});
