/** The formats that real programs write, read from what AgentScope 1.0.21 and 2.x wrote. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOf, codes, fixture, keys, makeDatabase, opened, temporaryFolder, text, write } from './test-support.ts';

describe('AgentScope 1.x JSONSession', () => {
  it('a file is one session, named by its whole stem, and read byte for byte', async () => {
    const source = await opened(fixture('jsonsession-1.0.21/alice_trip-planner.json'));
    expect(source.format).toBe('agentscope-json-session');
    expect(source.problems).toEqual([]);
    expect(source.entries).toMatchObject([
      {
        key: 'session:alice_trip-planner',
        kind: 'session',
        id: 'alice_trip-planner',
        type: 'JSONSession',
        bytes: 2819,
        location: '.',
      },
    ]);
    expect(source.entries[0]?.updatedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const { bytes, metadata } = await source.read('session:alice_trip-planner');
    expect(Buffer.from(bytes).equals(bytesOf('jsonsession-1.0.21/alice_trip-planner.json'))).toBe(true);
    expect(metadata.file).toBe(fixture('jsonsession-1.0.21/alice_trip-planner.json'));
  });

  it('a folder is a session for each file', async () => {
    const source = await opened(fixture('jsonsession-1.0.21'));
    expect(source.format).toBe('agentscope-json-session');
    expect(keys(source)).toEqual(['session:alice_trip-planner', 'session:qa']);
    expect(source.entries[1]?.location).toBe('qa.json');
    expect(await text(source, 'session:qa')).toBe(bytesOf('jsonsession-1.0.21/qa.json').toString());
  });

  it('sessions of several workspaces lie in subfolders (QwenPaw)', async () => {
    const folder = temporaryFolder();
    const session = bytesOf('jsonsession-1.0.21/qa.json');
    write(folder, 'workspaces/default/sessions/u1_s1.json', session);
    write(folder, 'workspaces/work/sessions/u1_s1.json', session);
    write(folder, 'workspaces/default/agent.json', '{"model": "qwen-max"}');
    write(folder, 'workspaces/default/jobs.json', '{"jobs": []}');
    write(folder, 'workspaces/default/chats.json', '{"chats": []}');
    const source = await opened(join(folder, 'workspaces'));
    expect(source.format).toBe('agentscope-json-session');
    expect(keys(source)).toEqual([
      'file:default/agent',
      'file:default/chats',
      'file:default/jobs',
      'session:default/sessions/u1_s1',
      'session:work/sessions/u1_s1',
    ]);
  });

  it.each([
    [
      'a list of messages (before 1.0.12)',
      '{"friday":{"memory":{"content":[{"name":"a","role":"user","content":"hi"}]}}}',
    ],
    [
      'messages with marks (from 1.0.12)',
      '{"friday":{"memory":{"content":[[{"name":"a","role":"user","content":"hi"},["hint"]]]}}}',
    ],
    ['with a summary (from 1.0.16)', '{"friday":{"memory":{"_compressed_summary":"","content":[]}}}'],
    ['memory that was saved by itself', '{"mem":{"content":[[{"name":"a","role":"user","content":"hi"},[]]]}}'],
    ['empty memory', '{"friday":{"memory":{"content":[]}}}'],
    ['a toolkit', '{"friday":{"toolkit":{"active_groups":[]}}}'],
    ['a system prompt', '{"friday":{"name":"Friday","_sys_prompt":"Be kind."},"other":{}}'],
  ])('is told by its modules: %s', async (_, content) => {
    const source = await opened(write(temporaryFolder(), 's.json', content));
    expect(source.format).toBe('agentscope-json-session');
    expect(await text(source, 'session:s')).toBe(content);
  });
});

describe('AgentScope 2.x', () => {
  it('an AgentState file is the session that it names; its stem is an alias', async () => {
    const source = await opened(fixture('agentstate-2.x.json'));
    expect(source.format).toBe('agentscope-2-state');
    expect(source.entries).toMatchObject([
      { key: 'session:385aa4bac4544062a4298eb59d2ef397', type: 'AgentState', aliases: ['session:agentstate-2.x'] },
    ]);
  });

  it('two files of one session are told apart by their names', async () => {
    const folder = temporaryFolder();
    write(folder, 'now.json', bytesOf('agentstate-2.x.json'));
    write(folder, 'older.json', bytesOf('agentstate-2.x.json'));
    const source = await opened(folder);
    expect(source.format).toBe('agentscope-2-state');
    expect(keys(source)).toEqual(['session:385aa4bac4544062a4298eb59d2ef397', 'session:older']);
    expect(source.entries[0]?.aliases).toEqual(['session:now']);
  });

  it('SQL storage: records, and the messages of a session as a conversation, in order', async () => {
    const source = await opened(fixture('as-2.x.db'));
    expect(source.format).toBe('agentscope-2-sql');
    expect(source.entries).toMatchObject([
      { key: 'agent:d04c6877aac647caa265fb346d7ca9b9', type: 'AgentRecord', updatedAt: '2026-11-22T17:00:45.625313' },
      {
        key: 'session:385aa4bac4544062a4298eb59d2ef397',
        location: 'sessions/1',
        updatedAt: '2026-11-22T17:00:45.640668',
      },
      { key: 'conversation:385aa4bac4544062a4298eb59d2ef397', updatedAt: '2026-11-22T17:00:45.646317' },
    ]);
    const messages = await text(source, 'conversation:385aa4bac4544062a4298eb59d2ef397');
    expect(messages).toMatch(/^\[\{"name": "alice", .*\},\{"name": "Friday", .*\}\]$/);
    expect(messages.length).toBe(source.entries[2]?.bytes);
    const { metadata } = await source.read('session:385aa4bac4544062a4298eb59d2ef397');
    expect(metadata).toMatchObject({
      table: 'sessions',
      createdAt: '2026-11-22T17:00:45.634673',
      type: 'SessionRecord',
    });
    expect(metadata.fields).toContainEqual({ name: 'user_id', value: 'alice' });
  });

  it('SQL storage: never the credentials, whatever the table is called', async () => {
    const path = join(temporaryFolder(), 'as.db');
    copyFileSync(fixture('as-2.x.db'), path);
    makeDatabase(path, (database) => {
      database.exec(`
        DELETE FROM credentials;
        INSERT INTO credentials VALUES ('alice', 'c1', '2026-01-01', '2026-01-01', '{"api_key": "TOP-SECRET"}');
        CREATE TABLE channel_user_credentials (id, payload);
        INSERT INTO channel_user_credentials VALUES ('c2', '{"token": "TOP-SECRET"}');
      `);
    });
    const source = await opened(path);
    expect(source.entries).toHaveLength(3);
    const values = await Promise.all(source.entries.map(async ({ key }) => JSON.stringify(await text(source, key))));
    expect(JSON.stringify([values, source.entries, source.problems])).not.toMatch(/SECRET|credentials|"c[12]"/);
  });

  it('SQL storage: every other kind of record', async () => {
    const path = join(temporaryFolder(), 'as.db');
    copyFileSync(fixture('as-2.x.db'), path);
    makeDatabase(path, (database) => {
      database.exec(`
        INSERT INTO schedules VALUES ('u', 'a', 's1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
        INSERT INTO teams VALUES ('u', 's', 't1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
        INSERT INTO knowledge_bases VALUES ('u', 'k1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
        INSERT INTO mcps VALUES ('u', 'm', 'm1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
        INSERT INTO skills VALUES ('u', 's', 'sk1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
        INSERT INTO knowledge_documents VALUES ('u', 'k1', NULL, 'PENDING', NULL, 'd1', '2026-01-01 00:00:00', '2026-01-02 00:00:00', '{}');
      `);
    });
    const source = await opened(path);
    expect(keys(source)).toEqual(
      expect.arrayContaining([
        'schedule:s1',
        'team:t1',
        'knowledge_base:k1',
        'mcp:m1',
        'skill:sk1',
        'knowledge_document:d1',
      ]),
    );
    expect(source.entries.find(({ key }) => key === 'knowledge_document:d1')?.status).toBe('pending');
  });
});

function redisValue(type: string, value: unknown) {
  return { type, ttl: -1, value };
}

describe('AgentScope in Redis', () => {
  it('a dump is its keys; a value is what its JSON string holds', async () => {
    const source = await opened(fixture('redis-session-1.0.21.keys.json'));
    expect(source.format).toBe('agentscope-redis-dump');
    expect(source.entries).toMatchObject([
      {
        key: 'session:alice/trip-planner',
        aliases: ['session:trip-planner', 'prod:user_id:alice:session:trip-planner:state'],
      },
      { key: 'session:default_user/qa', aliases: ['session:qa', 'prod:user_id:default_user:session:qa:state'] },
    ]);
    expect(await text(source, 'session:default_user/qa')).toBe(bytesOf('jsonsession-1.0.21/qa.json').toString());
    const { metadata } = await source.read('session:default_user/qa');
    expect(metadata.fields).toContainEqual({ name: 'redis.ttl', value: '3600' });
  });

  it('one session record of 2.x is a session', async () => {
    const source = await opened(fixture('redis-storage-2.x.session-value.json'));
    expect(source.format).toBe('agentscope-redis-dump');
    expect(source.entries).toMatchObject([
      {
        key: 'session:385aa4bac4544062a4298eb59d2ef397',
        type: 'SessionRecord',
        updatedAt: '2026-11-22T17:00:45.640668',
      },
    ]);
  });

  it('a dump of 2.x: records, lists of messages, other keys, and never credentials', async () => {
    const dump = {
      'agentscope:user:u1:session:s1': redisValue('string', '{"id":"s1","updated_at":"2026-01-02T03:04:05"}'),
      'agentscope:user:u1:session:s1:messages': redisValue('list', ['{"id": 1.0}', '{"id": 2}', '12345']),
      'agentscope:user:u1:agent:a1': redisValue('string', '{"id":"a1"}'),
      'agentscope:user:u1:agent:a1:session': redisValue('string', 's1'),
      'agentscope:user:u1:agents': redisValue('set', ['a1']),
      'agentscope:user:u1:credential:c1': redisValue('string', '{"api_key":"TOP-SECRET"}'),
      'agentscope:user:u1:credentials': redisValue('set', ['c1']),
      'agentscope:user:u2:session:s1': redisValue('string', '{"id":"s1","half'),
    };
    const source = await opened(write(temporaryFolder(), 'dump.json', JSON.stringify(dump)));
    expect(keys(source)).toEqual([
      'session:u1/s1',
      'conversation:u1/s1',
      'agent:u1/a1',
      'redis:agentscope:user:u1:agent:a1:session',
      'redis:agentscope:user:u1:agents',
      'session:u2/s1',
    ]);
    // Two users have a session s1: the short name means neither.
    expect(source.entries[0]?.aliases).toEqual(['agentscope:user:u1:session:s1']);
    expect(source.entries[0]?.updatedAt).toBe('2026-01-02T03:04:05');
    expect(await text(source, 'conversation:u1/s1')).toBe('[{"id": 1.0},{"id": 2},"12345"]');
    expect(await text(source, 'redis:agentscope:user:u1:agent:a1:session')).toBe('"s1"');
    expect(source.problems).toMatchObject([{ code: 'truncated', key: 'session:u2/s1', offset: 16 }]);
    expect(await text(source, 'session:u2/s1')).toBe('{"id":"s1","half');
  });

  it('a dump among other files is taken apart, so that its credentials stay hidden', async () => {
    const folder = temporaryFolder();
    write(
      folder,
      'dump.json',
      '{"a:user:u:credential:c":{"type":"string","value":"{\\"key\\":\\"TOP-SECRET\\"}"},"a:user:u:team:t":{"type":"string","value":"{}"}}',
    );
    write(folder, 'plain.json', '{}');
    const source = await opened(folder);
    expect(keys(source)).toEqual(['team:u/t', 'file:plain']);
  });

  it('lone surrogates inside a value survive', async () => {
    const source = await opened(
      write(temporaryFolder(), 'd.json', '{"p:user:u:team:t":{"type":"string","value":"{\\"a\\":\\"\\ud83d\\"}"}}'),
    );
    const { bytes } = await source.read('team:u/t');
    expect(Buffer.from(bytes).toString('latin1')).toBe('{"a":"\xed\xa0\xbd"}');
    expect(codes(source)).toEqual(['invalid-utf8']);
  });
});

function memory(path: string, more = ''): string {
  return makeDatabase(path, (database) => {
    database.exec(`
      CREATE TABLE users (id VARCHAR(255) PRIMARY KEY);
      CREATE TABLE session (id VARCHAR(255) PRIMARY KEY, user_id VARCHAR(255) NOT NULL);
      CREATE TABLE message (id VARCHAR(255) PRIMARY KEY, msg JSON NOT NULL, session_id VARCHAR(255) NOT NULL, "index" BIGINT NOT NULL);
      CREATE TABLE message_mark (msg_id VARCHAR(255), mark VARCHAR(255), PRIMARY KEY (msg_id, mark));
      INSERT INTO users VALUES ('alice');
      INSERT INTO session VALUES ('trip', 'alice'), ('empty', 'alice');
      INSERT INTO message VALUES ('alice-trip-m2', '{"id": "m2", "score": 553.0}', 'trip', 10);
      INSERT INTO message VALUES ('alice-trip-m1', '{"id": "m1", "big": 12345678901234567890}', 'trip', 2);
      INSERT INTO message_mark VALUES ('alice-trip-m1', 'hint'), ('alice-trip-m1', 'say "hi"');
      ${more}
    `);
  });
}

describe('AgentScope 1.x in SQLite', () => {
  it('as_session rows, with naive times', async () => {
    const source = await opened(fixture('session.db'));
    expect(source.format).toBe('agentscope-sqlite-session');
    expect(source.entries).toMatchObject([
      { key: 'session:alice', type: 'SqliteSession', updatedAt: '2026-11-22T17:00:44', location: 'as_session/1' },
      { key: 'session:bob', type: 'SqliteSession', updatedAt: '2026-11-22T17:00:44', location: 'as_session/2' },
    ]);
    expect(await text(source, 'session:bob')).toMatch(/^\{"friday_of_user":\{"memory":.*\}$/);
  });

  it('database memory: messages in their order, as they are stored, with their marks', async () => {
    const source = await opened(memory(join(temporaryFolder(), 'memory.db')));
    expect(source.format).toBe('agentscope-sqlalchemy-memory');
    expect(source.entries).toMatchObject([
      { key: 'session:trip', type: 'AsyncSQLAlchemyMemory', location: 'session/1' },
      { key: 'session:empty', location: 'session/2' },
    ]);
    const value = await text(source, 'session:trip');
    expect(value).toBe(
      '{"user_id":"alice","memory":{"content":[[{"id": "m1", "big": 12345678901234567890},["hint","say \\"hi\\""]],[{"id": "m2", "score": 553.0},[]]]}}',
    );
    expect(source.entries[0]?.bytes).toBe(value.length);
    expect(await text(source, 'session:empty')).toBe('{"user_id":"alice","memory":{"content":[]}}');
  });

  it('database memory: a broken message is shown as text and reported; orphans are a session of their own', async () => {
    const path = memory(
      join(temporaryFolder(), 'memory.db'),
      `INSERT INTO message VALUES ('x', '{"id": "m3', 'trip', 11), ('y', '{}', 'orphan', 1);`,
    );
    const source = await opened(path);
    expect(await text(source, 'session:trip')).toContain('[{"id": "m2", "score": 553.0},[]],["{\\"id\\": \\"m3",[]]]');
    expect(source.problems).toMatchObject([
      { code: 'truncated', location: 'message/3', key: 'session:trip', offset: 10 },
    ]);
    expect(await text(source, 'session:orphan')).toBe('{"user_id":null,"memory":{"content":[[{},[]]]}}');
  });
});

describe('any other JSON', () => {
  it.each([['{"a":1}'], ['[1,2]'], ['"text"'], ['12345678901234567890'], ['null'], ['{}']])(
    '%s is a plain tree',
    async (content) => {
      const source = await opened(write(temporaryFolder(), 'v1.2.json', content));
      expect(source.format).toBe('json');
      expect(source.entries).toMatchObject([{ key: 'file:v1.2', type: null, bytes: content.length }]);
      expect(await text(source, 'file:v1.2')).toBe(content);
    },
  );

  it('is told by content, not by name', async () => {
    const folder = temporaryFolder();
    copyFileSync(fixture('session.db'), join(folder, 'database.json'));
    expect((await opened(join(folder, 'database.json'))).format).toBe('agentscope-sqlite-session');
    const renamed = await opened(write(folder, 'state.txt', '{"a":1}'));
    expect(keys(renamed)).toEqual(['file:state']);
  });

  it('NaN, big integers and lone surrogates are read as they are', async () => {
    for (const name of ['edge/nan-bigint.json', 'edge/surrogate.json']) {
      const source = await opened(fixture(name));
      expect(source.format).toBe('agentscope-json-session');
      const { bytes } = await source.read(source.entries[0]?.key ?? '');
      expect(Buffer.from(bytes).equals(bytesOf(name))).toBe(true);
    }
  });

  it('status and type are found in the data', async () => {
    const folder = temporaryFolder();
    const status = async (value: string) => (await opened(write(folder, 'x.json', value))).entries[0]?.status;
    expect(await status('{"status":"busy"}')).toBe('busy');
    expect(await status('{"status":"AgentStatus.BUSY"}')).toBe('busy');
    expect(await status('{"status":{"__custom_type__":"enum","__data__":"busy"}}')).toBe('busy');
    expect(await status('{"state_data":{"status":{"__custom_type__":"enum","__data__":"Idle"}}}')).toBe('idle');
    expect(await status('{"status":7}')).toBeNull();
    const typed = await opened(write(folder, 'x.json', '{"__class__":"Agent","__module__":"a.b","x":1}'));
    expect(typed.entries[0]?.type).toBe('a.b.Agent');
  });
});
