/** A store, or a part of one, that may only be read: it is read, every write is refused, and nothing changes. */
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { Neighbour } from '../sources/test-support.ts';
import { ANY } from './backend.ts';
import { openStoreSpec, plainRecord, type StoreSpec } from './fixtures/store-spec.ts';

const PROGRAM = '../../persistence/fixtures/read-only-process.ts';

/** By path, a hash of every file below the folder, but for those that are there to lock it. */
function contents(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => !/lock\.db$|-wal$|-shm$/.test(path));
  return new Map(paths.toSorted().map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]));
}

/** For everybody. */
function setModes(folder: string, files: number, folders: number): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).toReversed()) {
    chmodSync(join(entry.parentPath, entry.name), entry.isFile() ? files : folders);
  }
  chmodSync(folder, folders);
}

/** With two states, and an entry in the trash. */
async function makeStore(specOf: (folder: string) => StoreSpec): Promise<{ folder: string; spec: StoreSpec }> {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => {
    setModes(folder, 0o666, 0o777);
    rmSync(folder, { recursive: true });
  });
  const spec = specOf(folder);
  const backend = await openStoreSpec(spec);
  for (const key of ['agent:planner', 'agent:planner', 'session:s']) await backend.save(key, plainRecord('"old"'), ANY);
  await backend.close();
  return { folder, spec };
}

const files = (basePath: string): StoreSpec => ({ kind: 'filesystem', basePath, compression: false });
const sqlite = (folder: string): StoreSpec => ({ kind: 'sqlite', path: join(folder, 'states.db'), create: true });

let refusals = 0;
afterAll(() => {
  console.log(`survived: files and SQLite, read-only: ${refusals} writes refused as read-only, nothing changed`);
});

const there = { keys: ['agent:planner', 'session:s'], load: 'found', trash: 1 };
const CALLS = ['save', 'add', 'remove', 'restore'] as const;
type Answer = Readonly<Record<(typeof CALLS)[number], string>>;

describe.skipIf(process.platform === 'win32')('what may only be read is read and not changed', () => {
  it.each([
    ['files: everything', files, '', CALLS],
    ['files: the folder of the states', files, 'agents', CALLS],
    // What replaces nothing needs no trash.
    ['files: the trash', files, 'backups', ['save', 'remove', 'restore']],
    ['SQLite: the database', sqlite, 'states.db', CALLS],
  ] as const)('%s', async (_, specOf, part, refused) => {
    const { folder, spec } = await makeStore(specOf);
    setModes(folder, 0o666, 0o777);
    if (part.endsWith('.db')) chmodSync(join(folder, part), 0o444);
    else setModes(join(folder, part), 0o444, 0o555);
    const before = contents(folder);
    const answer = await new Neighbour(PROGRAM, JSON.stringify(spec)).line<Answer>();
    expect(answer).toMatchObject(there);
    expect(CALLS.filter((call) => answer[call] === 'read-only')).toEqual(refused);
    const added = refused.length === CALLS.length ? [] : ['agent:new'];
    expect(answer).toMatchObject({ after: { ...there, keys: [...added, ...there.keys] } });
    const after = contents(folder);
    expect(new Map([...after].filter(([path]) => !path.endsWith('new.json')))).toEqual(before);
    refusals += refused.length;
  });

  it('files: a folder that may not even be read is told as such', async () => {
    const { folder, spec } = await makeStore(files);
    setModes(folder, 0o666, 0o777);
    chmodSync(join(folder, 'sessions'), 0);
    expect(await new Neighbour(PROGRAM, JSON.stringify(spec)).line()).toEqual({ refused: 'permission-denied' });
    chmodSync(join(folder, 'sessions'), 0o777);
  });

  it('SQLite: a database in WAL mode cannot even be opened where nothing may be made beside it', async () => {
    const { folder, spec } = await makeStore(sqlite);
    const before = contents(folder);
    setModes(folder, 0o444, 0o555);
    expect(await new Neighbour(PROGRAM, JSON.stringify(spec)).line()).toEqual({ refused: 'read-only' });
    expect(contents(folder)).toEqual(before);
    refusals++;
  });
});
