/** The design's own formats: folders, table and backup. */
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { codes, keys, makeDatabase, opened, temporaryFolder, text, write } from './test-support.ts';

const envelope = (data: unknown, type = 'state.AgentStateModule') =>
  `{"__type__": "${type}", "__version__": "1.0.0", "__timestamp__": "2025-09-10T08:00:00.123456", "state_data": ${JSON.stringify(data)}}`;

function age(path: string, seconds: number): void {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

describe('the folder layout', () => {
  it('categories are kinds, packed and plain files alike; backups is no category', async () => {
    const base = temporaryFolder();
    write(base, 'agents/planner.json', envelope({ agent_id: 'planner', status: 'AgentStatus.BUSY' }));
    write(base, 'agents/writer.json.gz', gzipSync(envelope({ status: 'idle' })));
    write(base, 'sessions/42.json', envelope({}, 'state.SessionStateModule'));
    write(base, 'conversations/c.json', envelope({}));
    write(base, 'tools/t.json', envelope({}));
    write(base, 'agents/team/nested.json', envelope({}));
    write(base, 'backups/planner_backup_20250910_080000.json', envelope({}));
    write(base, 'config.json', '{}');
    const source = await opened(base);
    expect(source.format).toBe('statescope-directory');
    expect(source.problems).toEqual([]);
    expect(keys(source)).toEqual([
      'agent:planner',
      'agent:team/nested',
      'agent:writer',
      'file:config',
      'conversation:c',
      'session:42',
      'tools:t',
    ]);
    expect(source.entries[0]).toMatchObject({
      type: 'state.AgentStateModule',
      status: 'busy',
      updatedAt: '2025-09-10T08:00:00.123456',
      location: 'agents/planner.json',
    });
    expect(source.entries[2]).toMatchObject({ status: 'idle', location: 'agents/writer.json.gz' });
  });

  it('the base may lie below the folder that is opened, and there may be several', async () => {
    const folder = temporaryFolder();
    write(folder, 'store/agents/planner.json', envelope({}));
    write(folder, 'store/cache/rates.json', envelope({}));
    write(folder, 'store/backups/planner_backup.json', envelope({}));
    write(folder, 'other/store/sessions/42.json', envelope({}));
    write(folder, 'other/store/agents/planner.json', envelope({}));
    write(folder, 'elsewhere/x.json', envelope({}));
    const source = await opened(folder);
    expect(source.format).toBe('statescope-directory');
    expect(keys(source)).toEqual([
      'file:elsewhere/x',
      'agent:planner',
      'session:42',
      'agent:store/agents/planner',
      'cache:rates',
    ]);
  });

  it('folders of envelopes without a named category are categories all the same', async () => {
    const base = temporaryFolder();
    write(base, 'tools/t.json', envelope({}));
    expect(keys(await opened(base))).toEqual(['tools:t']);
  });

  it('a state is its whole envelope, unpacked', async () => {
    const base = temporaryFolder();
    const content = envelope({ a: 1 });
    write(base, 'agents/writer.json.gz', gzipSync(content));
    const source = await opened(base);
    expect(await text(source, 'agent:writer')).toBe(content);
    const { metadata } = await source.read('agent:writer');
    expect(metadata).toMatchObject({
      version: '1.0.0',
      fields: [{ name: '__timestamp__', value: '2025-09-10T08:00:00.123456' }],
    });
  });

  it('of x.json and x.json.gz the newest is shown, and the other one is reported', async () => {
    const base = temporaryFolder();
    age(write(base, 'agents/a.json', envelope({ from: 'plain' })), 60);
    age(write(base, 'agents/a.json.gz', gzipSync(envelope({ from: 'packed' }))), 3600);
    age(write(base, 'agents/b.json', envelope({ from: 'plain' })), 3600);
    age(write(base, 'agents/b.json.gz', gzipSync(envelope({ from: 'packed' }))), 60);
    const source = await opened(base);
    expect(keys(source)).toEqual(['agent:a', 'agent:b']);
    expect(await text(source, 'agent:a')).toContain('plain');
    expect(await text(source, 'agent:b')).toContain('packed');
    expect(source.problems).toMatchObject([
      { code: 'duplicate-state', location: 'agents/a.json.gz', key: 'agent:a', severity: 'warning' },
      { code: 'duplicate-state', location: 'agents/b.json', key: 'agent:b' },
    ]);
  });

  it('a newest file that is broken does not hide the older one', async () => {
    const base = temporaryFolder();
    age(write(base, 'agents/a.json', envelope({ from: 'plain' })), 3600);
    age(write(base, 'agents/a.json.gz', 'no gzip'), 60);
    const source = await opened(base);
    expect(await text(source, 'agent:a')).toContain('plain');
    expect(codes(source).toSorted()).toEqual(['duplicate-state', 'not-json']);
  });

  it('a file without an envelope is shown and reported', async () => {
    const base = temporaryFolder();
    write(base, 'agents/a.json', envelope({}));
    write(base, 'agents/bare.json', '{"status":"idle"}');
    const source = await opened(base);
    expect(keys(source)).toEqual(['agent:a', 'agent:bare']);
    expect(source.problems).toMatchObject([{ code: 'unexpected-value', key: 'agent:bare', severity: 'warning' }]);
  });

  it('a corrupt file is reported, and the rest opens', async () => {
    const base = temporaryFolder();
    write(base, 'agents/a.json', envelope({}));
    write(base, 'agents/half.json', envelope({ text: 'long' }).slice(0, -9));
    write(base, 'sessions/bad.json', 'oops');
    write(base, 'sessions/empty.json', '');
    const source = await opened(base);
    expect(keys(source)).toEqual(['agent:a', 'agent:half']);
    expect(source.problems).toMatchObject([
      { location: 'sessions/bad.json', code: 'not-json', offset: 0, key: null },
      { location: 'sessions/empty.json', code: 'empty', key: null },
      { location: 'agents/half.json', code: 'truncated', key: 'agent:half' },
    ]);
  });

  it('a database among the files is read as well', async () => {
    const base = temporaryFolder();
    write(base, 'agents/a.json', envelope({}));
    makeDatabase(join(base, 'states.db'), (database) => {
      database.exec(
        "CREATE TABLE agent_states (state_id, category, state_data); INSERT INTO agent_states VALUES ('b', 'agents', '{}'), ('a', 'agents', '{}')",
      );
    });
    const source = await opened(base);
    expect(source.format).toBe('statescope-directory');
    expect(keys(source)).toEqual(['agent:a', 'agent:b', 'agent:states.db/a']);
    expect(source.entries[1]?.location).toBe('states.db/agent_states/1');
    expect(await text(source, 'agent:states.db/a')).toBe('{}');
  });

  it('a folder with only a database opens as that', async () => {
    const base = temporaryFolder();
    makeDatabase(join(base, 'states.db'), (database) => {
      database.exec("CREATE TABLE as_session (session_id, session_data); INSERT INTO as_session VALUES ('a', '{}')");
    });
    expect((await opened(base)).format).toBe('agentscope-sqlite-session');
  });
});

function table(path: string, rows: string): string {
  return makeDatabase(path, (database) => {
    database.exec(`
      CREATE TABLE agent_states (
        state_id TEXT NOT NULL, category TEXT NOT NULL, state_type TEXT NOT NULL, state_version TEXT NOT NULL,
        state_data TEXT NOT NULL, metadata TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (state_id, category));
      INSERT INTO agent_states VALUES ${rows};
    `);
  });
}

describe('the table agent_states', () => {
  it('rows are keyed by category and id; the value is the column as it is stored', async () => {
    const source = await opened(
      table(
        join(temporaryFolder(), 'x.db'),
        `('planner', 'agents', 'state.Agent', '1.2.0', '{"status": "AgentStatus.BUSY", "n": 553.0}', '{"tags": ["a"]}', '2026-11-22 17:00:44', '2026-11-22 17:00:45.5+02:00'),
         ('planner', 'sessions', 't', '1', '[]', NULL, NULL, 1700000000),
         ('c', 'conversations', 't', '1', X'7B7D', NULL, NULL, NULL),
         ('x', 'tools', 't', '1', '{}', NULL, NULL, NULL)`,
      ),
    );
    expect(source.format).toBe('agent-states-sqlite');
    expect(keys(source)).toEqual(['agent:planner', 'session:planner', 'conversation:c', 'tools:x']);
    expect(source.entries[0]).toMatchObject({
      type: 'state.Agent',
      status: 'busy',
      updatedAt: '2026-11-22T17:00:45.5+02:00',
      location: 'agent_states/1',
    });
    // A number is no time that the format knows: never a guess.
    expect(source.entries[1]?.updatedAt).toBeNull();
    expect(await text(source, 'agent:planner')).toBe('{"status": "AgentStatus.BUSY", "n": 553.0}');
    const { metadata } = await source.read('agent:planner');
    expect(metadata).toMatchObject({
      table: 'agent_states',
      createdAt: '2026-11-22T17:00:44',
      version: '1.2.0',
      fields: [
        { name: 'category', value: 'agents' },
        { name: 'metadata', value: '{"tags": ["a"]}' },
      ],
    });
  });

  it('bad rows are problems with table, row and offset; the rest stays', async () => {
    const source = await opened(
      table(
        join(temporaryFolder(), 'x.db'),
        `('a', 'agents', 't', '1', '{"x": 1}', NULL, NULL, NULL), ('b', 'agents', 't', '1', 'oops', NULL, NULL, NULL),
         ('c', 'agents', 't', '1', '', NULL, NULL, NULL), ('d', 'agents', 't', '1', '{"x": [1, ', NULL, NULL, NULL)`,
      ),
    );
    expect(keys(source)).toEqual(['agent:a', 'agent:d']);
    expect(source.problems).toMatchObject([
      { location: 'agent_states/2', code: 'not-json', offset: 0, key: null },
      { location: 'agent_states/3', code: 'empty', key: null },
      { location: 'agent_states/4', code: 'truncated', offset: 10, key: 'agent:d' },
    ]);
  });

  it('text with a lone surrogate keeps its bytes', async () => {
    const source = await opened(
      table(
        join(temporaryFolder(), 'x.db'),
        `('a', 'agents', 't', '1', CAST(X'7B2261223A22EDA0BD227D' AS TEXT), NULL, NULL, NULL)`,
      ),
    );
    const { bytes } = await source.read('agent:a');
    expect(Buffer.from(bytes).toString('latin1')).toBe('{"a":"\xed\xa0\xbd"}');
    expect(codes(source)).toEqual(['invalid-utf8']);
  });

  it('a database in UTF-16 reads the same', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'x.db'), (database) => {
      database.pragma("encoding = 'UTF-16le'");
      database.exec(
        "CREATE TABLE agent_states (state_id, category, state_data); INSERT INTO agent_states VALUES ('a', 'agents', '{\"城\":\"杭州 🚄\"}')",
      );
    });
    expect(await text(await opened(path), 'agent:a')).toBe('{"城":"杭州 🚄"}');
  });

  it('a view of that name is not run', async () => {
    const path = makeDatabase(join(temporaryFolder(), 'x.db'), (database) => {
      database.exec(
        "CREATE VIEW agent_states AS SELECT 'a' AS state_id, 'b' AS category, '{}' AS state_data; CREATE TABLE as_session (session_id, session_data)",
      );
    });
    const source = await opened(path);
    expect(source.format).toBe('agentscope-sqlite-session');
    expect(source.entries).toEqual([]);
  });
});

function metadata(total: number): string {
  return `"metadata": {"backup_name": "nightly", "created_at": "2025-09-10T08:00:00", "version": "1.0", "total_states": ${total}}`;
}

describe('the backup', () => {
  const states = `"states": {"agent:planner": ${envelope({ status: 'idle' })}, "session:42": {"status": "active", "n": 1.0}, "bare": "text", "7": 7}`;

  it.each([
    ['metadata first', `{${metadata(4)}, ${states}}`],
    ['states first', `{${states}, ${metadata(4)}}`],
  ])('lists the states under their own keys (%s)', async (_, content) => {
    const source = await opened(write(temporaryFolder(), 'b.json', content));
    expect(source.format).toBe('backup');
    expect(source.problems).toEqual([]);
    expect(source.entries).toMatchObject([
      { key: 'agent:planner', type: 'state.AgentStateModule', status: 'idle', updatedAt: '2025-09-10T08:00:00.123456' },
      { key: 'session:42', kind: 'session', id: '42', type: null, status: 'active', updatedAt: null },
      { key: 'state:bare', aliases: ['bare'] },
      { key: 'state:7' },
    ]);
    expect(await text(source, 'session:42')).toBe('{"status": "active", "n": 1.0}');
    expect(await text(source, 'state:bare')).toBe('"text"');
    const read = await source.read('session:42');
    expect(read.metadata.fields).toContainEqual({ name: 'backup.backup_name', value: 'nightly' });
  });

  it('opens packed', async () => {
    const source = await opened(write(temporaryFolder(), 'b.json.gz', gzipSync(`{${metadata(4)}, ${states}}`)));
    expect(source.format).toBe('backup');
    expect(await text(source, 'state:7')).toBe('7');
  });

  it('a wrong count is a warning', async () => {
    const source = await opened(write(temporaryFolder(), 'b.json', `{${metadata(9)}, ${states}}`));
    expect(source.problems).toMatchObject([
      { code: 'unexpected-value', severity: 'warning', details: { claimed: '9', found: 4 } },
    ]);
  });

  it('cut off: what stands before is listed, and the last state has the problem', async () => {
    const whole = `{${metadata(4)}, ${states}}`;
    const source = await opened(write(temporaryFolder(), 'b.json', whole.slice(0, whole.indexOf('active') + 3)));
    expect(keys(source)).toEqual(['agent:planner', 'session:42']);
    expect(source.problems).toMatchObject([{ code: 'truncated', key: 'session:42' }, { code: 'unexpected-value' }]);
    expect(await text(source, 'session:42')).toBe('{"status": "act');
  });

  it('cut off before its metadata', async () => {
    const source = await opened(write(temporaryFolder(), 'b.json', `{${states}`));
    expect(source.format).toBe('backup');
    expect(source.entries).toHaveLength(4);
  });

  it('a key that is there twice is shown twice', async () => {
    const source = await opened(write(temporaryFolder(), 'b.json', `{${metadata(2)}, "states": {"a:1": 1, "a:1": 2}}`));
    expect(keys(source)).toEqual(['a:1', 'a:1 (2)']);
    expect(await text(source, 'a:1 (2)')).toBe('2');
    expect(codes(source)).toEqual(['unexpected-value']);
  });

  it('names of members that mean something to JavaScript are plain data', async () => {
    const source = await opened(
      write(temporaryFolder(), 'b.json', `{${metadata(2)}, "states": {"__proto__": {"x": 1}, "constructor": {}}}`),
    );
    expect(keys(source)).toEqual(['state:__proto__', 'state:constructor']);
    expect(await text(source, 'state:__proto__')).toBe('{"x": 1}');
  });
});
