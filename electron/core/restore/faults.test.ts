/** A restore of many states that fails in the middle leaves everything as it was, whatever the states are kept in. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ABSENT, type StateBackend } from '../persistence/backend.ts';
import { openFilesystemBackend } from '../persistence/filesystem-backend.ts';
import { openPostgresBackend } from '../persistence/postgres-backend.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../persistence/postgres-test-server.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { openSource } from '../sources/open-source.ts';
import { makeDatabase, temporaryFolder, write } from '../sources/test-support.ts';
import type { EditableWorkspace } from '../workspace/editable-workspace.ts';
import type { StateWriter } from '../writing/state-writer.ts';
import { requestFrom, restoringInto } from './test-support.ts';

let server: PostgresTestServer;
beforeAll(async () => {
  server = await startPostgresTestServer();
}, 60_000);
afterAll(() => server?.close(), 60_000);

interface Moments {
  readonly was: string;
  readonly now: string;
}

const IDS = ['a', 'b', 'c', 'd'];
const textOf = (id: string, when: string) => `{"id": "${id}",  "when": "${when}", "memory": {"content": []}}`;

async function fill(backend: StateBackend, when: string): Promise<void> {
  // Of the four, one is made and one is removed by the restore.
  for (const id of IDS.filter((each) => each !== (when === 'then' ? 'd' : 'a'))) {
    const stateData = Buffer.from(textOf(id, when));
    const metadata = Buffer.from('{"owner": "alice"}');
    await backend.save(`agent:${id}`, { type: 'x.Y', version: '1', timestamp: null, stateData, metadata }, ABSENT);
  }
  await backend.close();
}

const KINDS: Readonly<Record<string, () => Promise<Moments>>> = {
  'foreign files': async () => {
    const [was, now] = [temporaryFolder(), temporaryFolder()];
    for (const id of ['a', 'b', 'c']) write(was, `${id}.json`, `${textOf(id, 'then')}\n`);
    for (const id of ['b', 'c']) write(now, `${id}.json`, `${textOf(id, 'now')}\n\n`);
    write(now, 'd.json.gz', gzipSync(textOf('d', 'now')));
    return { was, now };
  },
  'a folder of the design': async () => {
    const [was, now] = [temporaryFolder(), temporaryFolder()];
    await fill(await openFilesystemBackend({ basePath: was, compression: false }), 'then');
    await fill(await openFilesystemBackend({ basePath: now, compression: true }), 'now');
    return { was, now };
  },
  'a SQLite store': async () => {
    const [was, now] = [join(temporaryFolder(), 'then.db'), join(temporaryFolder(), 'now.db')];
    await fill(await openSqliteBackend({ path: was, create: true }), 'then');
    await fill(await openSqliteBackend({ path: now, create: true }), 'now');
    return { was, now };
  },
  PostgreSQL: async () => {
    const [was, now] = [server.url(await server.makeDatabase()), server.url(await server.makeDatabase())];
    await fill(await openPostgresBackend({ url: was, create: true }), 'then');
    await fill(await openPostgresBackend({ url: now, create: true }), 'now');
    return { was, now };
  },
  'a foreign SQLite database': async () => {
    const make = (when: string) =>
      makeDatabase(join(temporaryFolder(), 'foreign.db'), (database) => {
        database.exec('CREATE TABLE as_session (session_id TEXT PRIMARY KEY, session_data TEXT)');
        const insert = database.prepare('INSERT INTO as_session VALUES (?, ?)');
        for (const id of ['b', 'c']) insert.run(id, ` ${textOf(id, when)}\n`);
      });
    return { was: make('then'), now: make('now') };
  },
};

/** What is there: texts, and what stands beside them. */
async function contents(location: string, what: 'all' | 'labels' = 'all'): Promise<readonly unknown[]> {
  const source = await openSource(location, {});
  try {
    const all = source.entries.map(async ({ key }) => {
      const { bytes, metadata } = await source.read(key);
      const fields = what === 'all' ? metadata.fields.filter(({ name }) => name === 'metadata') : [];
      return [key, Buffer.from(bytes).toString(), metadata.type, metadata.version, fields];
    });
    return (await Promise.all(all)).map((each) => JSON.stringify(each)).toSorted();
  } finally {
    await source.close();
  }
}

/** Fails at one of the writes: before it, or after it has taken effect. */
function failing(writer: StateWriter, at: number, when: 'before' | 'after'): StateWriter {
  let count = 0;
  const guard = async <T>(work: () => Promise<T>): Promise<T> => {
    count += 1;
    if (count === at && when === 'before') throw new Error('the disk is full');
    const made = await work();
    if (count === at) throw new Error('the connection was lost');
    return made;
  };
  return {
    refusal: (key, what) => writer.refusal(key, what),
    createRefusal: (key, place) => writer.createRefusal(key, place),
    replace: (...input) => guard(() => writer.replace(...input)),
    create: (...input) => guard(() => writer.create(...input)),
    remove: (...input) => guard(() => writer.remove(...input)),
    restore: (...input) => writer.restore(...input),
    trash: (options) => writer.trash(options),
  };
}

describe.each(Object.entries(KINDS))('%s', (kind, make) => {
  const removeOthers = kind !== 'a foreign SQLite database';

  test('is restored whole, and undone whole', async () => {
    const { was, now } = await make();
    const before = await contents(now);
    const { restoring } = await restoringInto(now);
    const shown = await restoring.plan(requestFrom(was, { removeOthers }));
    expect(shown).toMatchObject({ possible: true, checks: [] });
    const outcome = await restoring.apply(shown.plan, []);
    expect(outcome).toMatchObject({ status: 'restored' });
    // A store writes its own metadata of what is put back.
    expect(await contents(now, 'labels')).toEqual(await contents(was, 'labels'));
    expect(await restoring.undo('undo' in outcome ? outcome.undo : '')).toMatchObject({ status: 'undone' });
    expect(await contents(now)).toEqual(before);
  });

  test('is as it was when a write fails in the middle, and when it is not known whether the write took effect', async () => {
    const { was, now } = await make();
    const before = await contents(now);
    const last = removeOthers ? 4 : 2;
    const faults = [['before', 2], ...Array.from({ length: last }, (_, at) => ['after', at + 1] as const)] as const;
    for (const [when, at] of faults) {
      const writer = (own: EditableWorkspace['writer']) => (typeof own === 'string' ? own : failing(own, at, when));
      const { restoring } = await restoringInto(now, { writer });
      const { plan } = await restoring.plan(requestFrom(was, { removeOthers }));
      const outcome = await restoring.apply(plan, []);
      expect(outcome, `${when} ${at}`).toMatchObject({ status: 'rolled-back', left: [] });
      expect(await contents(now), `${when} ${at}`).toEqual(before);
      expect(await restoring.undoable()).toEqual([]);
    }
  });
});

test('a restore that a crash has cut off can be taken back: what it had written, and nothing else', async () => {
  const { was, now } = await (KINDS['a SQLite store'] as () => Promise<Moments>)();
  const before = await contents(now);
  let crash = (): void => undefined;
  const crashed = new Promise<void>((resolve) => {
    crash = resolve;
  });
  let arrived = (): void => undefined;
  const second = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const stuck = (own: StateWriter): StateWriter => ({
    ...failing(own, 0, 'before'),
    replace: async (key, ...rest) => {
      if (key !== 'agent:c') return own.replace(key, ...rest);
      arrived();
      await crashed;
      throw new Error('it is dead');
    },
    restore: () => Promise.reject(new Error('it is dead')),
    remove: () => Promise.reject(new Error('it is dead')),
  });
  const first = await restoringInto(now, { writer: (own) => (typeof own === 'string' ? own : stuck(own)) });
  const { plan } = await first.restoring.plan(requestFrom(was));
  const dying = first.restoring.apply(plan, []);
  await second;
  expect(await contents(now)).not.toEqual(before);
  const { restoring } = await first.beside();
  const [undoable] = await restoring.undoable();
  expect(undoable).toMatchObject({ unfinished: true, keys: ['agent:a', 'agent:b', 'agent:c'] });
  expect(await restoring.undo(undoable?.undo ?? '')).toMatchObject({ status: 'undone' });
  const texts = (all: readonly unknown[]) => all.map((each) => (JSON.parse(String(each)) as unknown[]).slice(0, 4));
  expect(texts(await contents(now))).toEqual(texts(before));
  crash();
  await dying;
});

test('what another program has written in the middle stays, and is told with the place of its copy', async () => {
  const { was, now } = await (KINDS['foreign files'] as () => Promise<Moments>)();
  const theirs = textOf('b', 'theirs');
  const meddling = (own: StateWriter): StateWriter => ({
    ...failing(own, 3, 'before'),
    replace: async (key, ...rest) => {
      if (key.endsWith(':c')) {
        write(now, 'b.json', theirs);
        throw new Error('the disk is full');
      }
      return own.replace(key, ...rest);
    },
  });
  const { restoring } = await restoringInto(now, {
    writer: (own) => (typeof own === 'string' ? own : meddling(own)),
  });
  const { plan } = await restoring.plan(
    requestFrom(was, { picks: ['b', 'c'].map((id) => ({ key: `*:${id}`, paths: null })) }),
  );
  const outcome = await restoring.apply(plan, []);
  expect(outcome).toMatchObject({
    status: 'rolled-back',
    key: expect.stringMatching(/:c$/),
    reason: 'the disk is full',
  });
  const [left] = 'left' in outcome ? outcome.left : [];
  expect(left).toMatchObject({ key: expect.stringMatching(/:b$/), trash: expect.stringMatching(/./) });
  expect((await restoring.undoable()).map(({ unfinished }) => unfinished)).toEqual([true]);
  expect(readFileSync(join(now, 'b.json'), 'utf8')).toBe(theirs);
});
