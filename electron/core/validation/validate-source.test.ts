import { chmodSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../shared/json/parse.ts';
import { queryJsonPath } from '../../../shared/json/query.ts';
import { defineStateType } from '../../../shared/state/state-type.ts';
import type { Source } from '../sources/source.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { knownTypes } from './known-types.ts';
import { type ValidationRun, validateSource } from './validate-source.ts';

const WORKSPACE = fileURLToPath(new URL('../../../assets/sample-workspace', import.meta.url));
const quiet: ValidationRun = { signal: new AbortController().signal, onProgress: () => undefined };

async function found(source: Source): Promise<string[]> {
  return (await validateSource(source, knownTypes(), quiet)).map(({ key, at, rule }) => `${key} ${at} ${rule}`);
}
const agent = (data: object, more: object = {}): string =>
  JSON.stringify({
    __type__: 'robot.AgentStateModule',
    __version__: '1.0.0',
    state_data: {
      agent_id: 'a',
      status: 'idle',
      current_task_id: null,
      conversation_context: [],
      performance_metrics: {},
      ...data,
    },
    ...more,
  });

describe('validating a source', () => {
  test('the sample workspace has the one fault that its README tells, and its checksums fit', async () => {
    expect(await found(await opened(WORKSPACE))).toEqual(['conversation:incident-2291 $ truncated']);
  });

  test('tells what breaks the rules of a known type, its version and its checksum, by the path of the value', async () => {
    const folder = temporaryFolder();
    write(folder, 'agents/good.json', agent({}));
    write(folder, 'agents/status.json', agent({ status: 'asleep', agent_id: 7 }));
    write(folder, 'agents/old.json', agent({}, { __version__: '0.1' }));
    write(folder, 'agents/sum.json', agent({}, { __metadata__: { checksum: 'f00' } }));
    write(folder, 'agents/tag.json', agent({ extra: { __custom_type__: 'no.Such', __data__: [] } }));
    const source = await opened(folder);
    expect(await found(source)).toEqual([
      "agent:old $['__version__'] version",
      "agent:status $['state_data']['agent_id'] is-text",
      "agent:status $['state_data']['status'] enum-member",
      "agent:sum $['state_data'] checksum",
      "agent:tag $['state_data']['extra'] unknown-type",
    ]);
    for (const { key, at } of await validateSource(source, knownTypes(), quiet)) {
      const { document } = parseJson((await source.read(key)).bytes);
      expect(document && queryJsonPath(document, at)).toMatchObject({ ok: true, nodes: [expect.any(Number)] });
    }
  });

  test('a checksum in the metadata column is verified, and the tags of a column are read', async () => {
    const path = `${temporaryFolder()}/store.db`;
    const database = new Sqlite(path);
    database.exec('CREATE TABLE agent_states (state_id, category, state_type, state_version, state_data, metadata)');
    const insert = database.prepare('INSERT INTO agent_states VALUES (?, ?, ?, ?, ?, ?)');
    const metadata = JSON.stringify({ created_at: '2025-09-10T08:00:00Z', checksum: 'f00' });
    insert.run('x', 'agents', 'robot.Other', '1.0.0', '{"a": {"__custom_type__": "no.Such", "__data__": 1}}', metadata);
    insert.run('y', 'agents', 'robot.AgentStateModule', '1.0.0', '{"agent_id": 1}', null);
    database.close();
    const findings = await found(await opened(path));
    expect(findings).toContain("agent:x $['a'] unknown-type");
    expect(findings).toContain('agent:x $ checksum');
    expect(findings).toContain("agent:y $['agent_id'] is-text");
    expect(findings).toContain("agent:y $['status'] required");
  });

  test('data is not asked for tags where it is plain, and what is expired is no finding', async () => {
    const folder = temporaryFolder();
    write(folder, 'plain.json', '{"x": {"__custom_type__": "no.Such", "__data__": 1}}');
    const metadata = { checksum: null, ttl_seconds: 0, updated_at: '2020-01-01T00:00:00Z' };
    write(folder, 'old.json', agent({}, { __metadata__: metadata }));
    expect(await found(await opened(folder))).toEqual([]);
  });

  test('a file in which no state can be read is told by its place', async () => {
    const folder = temporaryFolder();
    write(folder, 'good.json', '{"a": 1}');
    write(folder, 'sub/bad.json', 'no JSON');
    write(folder, 'locked.json', '{"a": 1}');
    const isRoot = process.getuid?.() === 0;
    if (!isRoot) chmodSync(`${folder}/locked.json`, 0);
    expect(await found(await opened(folder))).toEqual([
      ...(isRoot ? [] : ['locked.json $ permission-denied']),
      'sub/bad.json $ not-json',
    ]);
  });

  test('a state that is gone when its turn comes is a finding and stops nothing', async () => {
    const folder = temporaryFolder();
    const gone = write(folder, 'a.json', '{"a": 1}');
    write(folder, 'b.json', agent({ agent_id: 7 }));
    const source = await opened(folder);
    rmSync(gone);
    expect(await found(source)).toEqual(['file:a $ not-found', "file:b $['state_data']['agent_id'] is-text"]);
  });

  test('types of a program of its own count as well', async () => {
    const folder = temporaryFolder();
    write(folder, 'p.json', '{"__type__": "robots.Planner", "__version__": "2", "state_data": {"goal": ""}}');
    const rule = { rule: 'has-goal', check: (goal: unknown) => goal !== '' || 'a planner needs a goal' };
    const type = defineStateType({
      name: 'robots.Planner',
      schemaVersion: '2',
      attributes: [{ key: 'goal', rules: [rule] }],
    });
    const types = knownTypes().registerStateType({ type });
    expect(await validateSource(await opened(folder), types, quiet)).toMatchObject([
      {
        key: 'file:p',
        path: ['state_data', 'goal'],
        rule: 'has-goal',
        message: 'a planner needs a goal',
        problem: null,
      },
    ]);
  });

  test('tells how far it is, lets others have their turn, and ends when it is cancelled', async () => {
    const source = await opened(WORKSPACE);
    const controller = new AbortController();
    const seen: number[] = [];
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const run = validateSource(source, knownTypes(), {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        expect(total).toBe(source.entries.length);
        if (seen.push(done) === 20) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    clearInterval(timer);
    expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at));
    expect(turns).toBeGreaterThan(0);
  });
});
