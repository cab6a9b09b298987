import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ANY } from '../persistence/backend.ts';
import { recordOf } from '../persistence/behaviour-suite.ts';
import { openFilesystemBackend } from '../persistence/filesystem-backend.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { failure, keys, opened, temporaryFolder, text, write } from './test-support.ts';

const YAML = `persistence:
  default_backend: files
  backends:
    cache: {type: memory}
    files: {type: filesystem, base_path: ./data/states, compression: true}
    db: {type: sqlite, path: agents.db}
  rules:
    - {pattern: "agent:*", backend: db, ttl: 60}
    - {pattern: "session:*", backend: files}
`;

async function workspace(yaml = YAML) {
  const folder = temporaryFolder();
  const path = write(folder, 'persistence.yaml', yaml);
  const put = async (backend: 'files' | 'db', key: string, json: string) => {
    const store =
      backend === 'db'
        ? await openSqliteBackend({ path: join(folder, 'agents.db'), create: true })
        : await openFilesystemBackend({ basePath: join(folder, 'data', 'states'), compression: true });
    await store.save(key, recordOf(json, { timestamp: '2026-01-01T00:00:00.000Z' }), ANY);
    await store.close();
  };
  return { folder, path, put };
}

describe('all backends are one workspace', () => {
  test('with what each state falls to', async () => {
    const { path, put } = await workspace();
    await put('db', 'agent:a', '{"a": 1}');
    await put('files', 'session:s', '{"s": 1}');
    await put('files', 'note:n', '{"n": 1}');
    const source = await opened(path);
    expect(source).toMatchObject({ format: 'persistence', location: path });
    expect(keys(source).toSorted()).toEqual(['agent:a', 'note:n', 'session:s']);
    expect(source.problems).toMatchObject([{ location: 'cache', code: 'backend-empty', severity: 'warning' }]);
    expect(await text(source, 'agent:a')).toBe('{"a": 1}');
    const { metadata } = await source.read('agent:a');
    const facts = Object.fromEntries(metadata.fields.map(({ name, value }) => [name, value]));
    expect(facts).toMatchObject({ backend: 'db', rule: 'agent:*', ttl: '60', expires_at: '2026-01-01T00:01:00.000Z' });
    const noted = (await source.read('note:n')).metadata.fields;
    expect(noted).toContainEqual({ name: 'rule', value: 'default_backend' });
    expect(noted.map(({ name }) => name)).not.toContain('ttl');
    expect(source.entries.find(({ key }) => key === 'agent:a')?.location).toMatch(/^db\/agent_states\//);
  });

  test('that nobody has written to yet are no failure', async () => {
    const { path } = await workspace();
    const source = await opened(path);
    expect(source.problems.map(({ location, code }) => [location, code])).toEqual([
      ['cache', 'backend-empty'],
      ['files', 'backend-empty'],
      ['db', 'backend-empty'],
    ]);
  });

  test('a key in two of them: the one that its rule names is shown', async () => {
    const { path, put } = await workspace();
    await put('files', 'agent:a', '"files"');
    await put('db', 'agent:a', '"db"');
    const source = await opened(path);
    expect(keys(source)).toEqual(['agent:a']);
    expect(await text(source, 'agent:a')).toBe('"db"');
    expect(source.problems).toContainEqual(
      expect.objectContaining({ code: 'duplicate-state', key: 'agent:a', location: 'files', severity: 'warning' }),
    );
  });

  test('a state where its rule does not put it is shown, and says where it belongs', async () => {
    const { path, put } = await workspace();
    await put('files', 'agent:a', '"files"');
    const source = await opened(path);
    const { fields } = (await source.read('agent:a')).metadata;
    expect(fields).toContainEqual({ name: 'backend', value: 'files' });
    expect(fields).toContainEqual({ name: 'belongs_to', value: 'db' });
  });

  test('a backend that cannot be opened is a problem, the rest opens', async () => {
    const { folder, path, put } = await workspace();
    await put('files', 'session:s', '1');
    mkdirSync(join(folder, 'agents.db'));
    const source = await opened(path);
    expect(keys(source)).toEqual(['session:s']);
    expect(source.problems).toContainEqual(expect.objectContaining({ location: 'db', code: 'backend-closed' }));
  });

  test('a server that is not there neither, and its password is told nowhere', async () => {
    const { path, put } = await workspace(
      YAML.replace(
        'db: {type: sqlite, path: agents.db}',
        'db: {type: postgresql, connection_string: "postgresql://me:hunter2@127.0.0.1:1/db"}',
      ),
    );
    await put('files', 'session:s', '1');
    const source = await opened(path);
    expect(keys(source)).toEqual(['session:s']);
    expect(source.problems.map(({ code }) => code)).toContain('backend-closed');
    expect(JSON.stringify(source.problems)).not.toContain('hunter2');
  });

  test('encrypted states are shown with the passphrase', async () => {
    const folder = temporaryFolder();
    const yaml =
      'persistence:\n  default_backend: f\n  backends:\n    f: {type: filesystem, base_path: d, encryption: true}\n';
    const path = write(folder, 'persistence.yaml', yaml);
    const store = await openFilesystemBackend({
      basePath: join(folder, 'd'),
      compression: false,
      passphrase: 'hunter2',
    });
    await store.save('agent:a', recordOf('{"a": 1}'), ANY);
    await store.close();
    const source = await opened(path, { secret: 'hunter2' });
    expect(source.problems).toEqual([]);
    expect(await text(source, 'agent:a')).toBe('{"a": 1}');
    expect((await opened(path)).problems).toMatchObject([{ location: 'f', code: 'backend-closed' }]);
  });
});

test('faults are told with all their lines', async () => {
  const path = write(temporaryFolder(), 'persistence.yaml', 'persistence:\n  default_backend: 1\n  odd: 2\n');
  const error = await failure(opened(path));
  expect(error.code).toBe('bad-config');
  expect(error.details['location']).toBe(path);
  expect(error.details['reason']).toMatch(/line 2, column 20[^]*line 3, column 3/);
});

test('a warning is a problem of the workspace', async () => {
  const path = write(temporaryFolder(), 'p.yml', YAML.replace('"session:*"', '"agent:x"'));
  expect((await opened(path)).problems).toContainEqual(
    expect.objectContaining({ code: 'config-warning', severity: 'warning', location: '.:9' }),
  );
});

test('changes of states and of the file itself are seen', async () => {
  const { path, put } = await workspace();
  await put('db', 'agent:a', '1');
  await put('files', 'session:s', '1');
  const source = await opened(path);
  expect(await source.changed()).toEqual(new Set());
  await put('files', 'session:s', '2');
  expect(await source.changed()).not.toEqual(new Set());
  appendFileSync(path, '# changed\n');
  expect(await source.changed()).toBeNull();
});

test('a YAML file that is something else says what is expected', async () => {
  const path = write(temporaryFolder(), 'docker-compose.yml', 'services: {}\n');
  const error = await failure(opened(path));
  expect(error).toMatchObject({ code: 'bad-config' });
  expect(error.message).toContain('persistence');
});
