import { copyFileSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import Sqlite from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { StateEdit } from '../../../shared/ipc/writing.ts';
import { documentOf, nodeAt } from '../../../shared/json/test-support.ts';
import { lockOfStore } from '../persistence/file-lock.ts';
import { openSource } from '../sources/open-source.ts';
import { SourceError } from '../sources/source-error.ts';
import { fixture, temporaryFolder, write } from '../sources/test-support.ts';
import { EditableWorkspace } from './editable-workspace.ts';

interface Editing {
  readonly workspace: EditableWorkspace;
  readonly told: WorkspaceSummary[];
  readonly safety: string;
}

async function edit(location: string, armed = true): Promise<Editing> {
  const told: WorkspaceSummary[] = [];
  const safety = temporaryFolder();
  const workspace = await EditableWorkspace.open(
    {
      id: 'w',
      context: { safetyFolder: safety },
      open: (options) => openSource(location, options),
      onChanged: (summary) => told.push(summary),
    },
    {},
  );
  onTestFinished(() => workspace.close());
  if (armed) workspace.arm({ armed: true });
  return { workspace, told, safety };
}

/** Sets the value at a path, as a person does who sees the state now. */
async function set(workspace: EditableWorkspace, key: string, path: (string | number)[], text: string) {
  const { revision } = await workspace.openState({ key });
  const { document } = await workspace.reading.state(key);
  return workspace.apply({ key, revision, edit: { op: 'set', node: nodeAt(document, ...path), text } });
}

const SESSION = '{"agent": {"memory": {"content": []}, "score": 553.0, "name": "Friday"}}\n';
const ENVELOPE = JSON.stringify({
  __type__: 'robots.AgentStateModule',
  __version__: '1.0.0',
  __timestamp__: '2025-09-10T08:00:00.000000',
  state_data: {
    agent_id: 'planner',
    status: { __custom_type__: 'enum', __enum_type__: 'robots.AgentStatus', __data__: 'idle' },
    current_task_id: null,
    conversation_context: [],
    performance_metrics: {},
  },
});

describe('an edit of a file', () => {
  test('changes the bytes of the value and no other, and can be taken back and done again', async () => {
    const path = write(temporaryFolder(), 'friday.json', SESSION);
    const { workspace, told } = await edit(path);
    const outcome = await set(workspace, 'session:friday', ['agent', 'score'], '554');
    expect(outcome).toMatchObject({ status: 'written' });
    expect(readFileSync(path, 'utf8')).toBe(SESSION.replace('553.0', '554'));
    expect(told.at(-1)).toMatchObject({ generation: 1, armed: true });
    expect(await workspace.reading.copyText({ key: 'session:friday', node: 0, what: 'text' })).toContain('554');

    const undo = 'undo' in outcome ? (outcome.undo ?? '') : '';
    const undone = await workspace.undo({ undo });
    expect(undone).toMatchObject({ status: 'written' });
    expect(readFileSync(path, 'utf8')).toBe(SESSION);
    const redo = 'undo' in undone ? (undone.undo ?? '') : '';
    expect(await workspace.undo({ undo: redo })).toMatchObject({ status: 'written' });
    expect(readFileSync(path, 'utf8')).toBe(SESSION.replace('553.0', '554'));
    expect(await workspace.undo({ undo })).toEqual({ status: 'missing' });
  });

  test('keeps a packed file packed', async () => {
    const path = write(temporaryFolder(), 'friday.json.gz', gzipSync(SESSION));
    const { workspace } = await edit(path);
    expect(await set(workspace, 'session:friday', ['agent', 'name'], '"Saturday"')).toMatchObject({
      status: 'written',
    });
    expect(gunzipSync(readFileSync(path)).toString()).toBe(SESSION.replace('Friday', 'Saturday'));
  });

  test('leaves nothing beside the file, and its copy in the safety folder', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'friday.json', SESSION);
    const { workspace, safety } = await edit(path);
    await set(workspace, 'session:friday', ['agent', 'score'], '1');
    expect(readdirSync(folder)).toEqual(['friday.json']);
    expect(readdirSync(safety)).toHaveLength(1);
  });

  test('is refused while writing is not allowed, and after it was ended', async () => {
    const path = write(temporaryFolder(), 'friday.json', SESSION);
    const { workspace } = await edit(path, false);
    await expect(set(workspace, 'session:friday', ['agent', 'score'], '1')).rejects.toMatchObject({
      code: 'not-armed',
    });
    workspace.arm({ armed: true });
    workspace.arm({ armed: false });
    await expect(set(workspace, 'session:friday', ['agent', 'score'], '1')).rejects.toMatchObject({
      code: 'not-armed',
    });
    expect(readFileSync(path, 'utf8')).toBe(SESSION);
  });

  test('is a conflict when another program has written since, and then nothing is written', async () => {
    const path = write(temporaryFolder(), 'friday.json', SESSION);
    const { workspace } = await edit(path);
    const { revision } = await workspace.openState({ key: 'session:friday' });
    const theirs = SESSION.replace('Friday', 'Monday');
    writeFileSync(path, theirs);
    const change: StateEdit = { op: 'set', node: nodeAt(documentOf(SESSION), 'agent', 'score'), text: '1' };
    expect(await workspace.apply({ key: 'session:friday', revision, edit: change })).toEqual({
      status: 'conflict',
      gone: false,
    });
    expect(readFileSync(path, 'utf8')).toBe(theirs);
    expect(await workspace.compare({ key: 'session:friday' })).toMatchObject({
      status: 'changed',
      differences: [{ kind: 'changed', path: "$['agent']['name']", before: '"Friday"', after: '"Monday"' }],
    });
    await workspace.reload();
    expect(await set(workspace, 'session:friday', ['agent', 'score'], '1')).toMatchObject({ status: 'written' });
    expect(readFileSync(path, 'utf8')).toBe(theirs.replace('553.0', '1'));
  });

  test('taking it back is a conflict when another program has written since', async () => {
    const path = write(temporaryFolder(), 'friday.json', SESSION);
    const { workspace } = await edit(path);
    const outcome = await set(workspace, 'session:friday', ['agent', 'score'], '1');
    writeFileSync(path, '{"agent": {"memory": {"content": []}}}');
    expect(await workspace.undo({ undo: 'undo' in outcome ? (outcome.undo ?? '') : '' })).toMatchObject({
      status: 'conflict',
    });
    expect(readFileSync(path, 'utf8')).toBe('{"agent": {"memory": {"content": []}}}');
  });

  test('of a text that is not the one shown is a conflict', async () => {
    const path = write(temporaryFolder(), 'friday.json', SESSION);
    const { workspace } = await edit(path);
    const change: StateEdit = { op: 'remove', node: 1 };
    expect(await workspace.apply({ key: 'session:friday', revision: 'other', edit: change })).toEqual({
      status: 'conflict',
      gone: false,
    });
  });
});

describe('validators', () => {
  test('refuse a value that breaks a rule of its type, at its node, and nothing is written', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'agents/planner.json', ENVELOPE);
    const { workspace } = await edit(folder);
    const { revision, type, findings } = await workspace.openState({ key: 'agent:planner' });
    expect(type).toMatchObject({
      name: 'robots.AgentStateModule',
      stateClass: 'core',
      version: '1.0.0',
      migration: 'none-needed',
    });
    expect(type?.attributes.map(({ key, node }) => [key, node !== null])).toContainEqual(['status', true]);
    expect(findings).toEqual([]);
    const { document } = await workspace.reading.state('agent:planner');
    const node = nodeAt(document, 'state_data', 'status', '__data__');
    const change: StateEdit = { op: 'set', node, text: '"dancing"' };
    const refused = {
      status: 'findings',
      findings: ['enum-member', expect.any(String)].map((rule) => ({ pathText: "$['state_data']['status']", rule })),
    };
    expect(await workspace.check({ key: 'agent:planner', revision, edit: change })).toMatchObject(refused);
    expect(await workspace.apply({ key: 'agent:planner', revision, edit: change })).toMatchObject(refused);
    const removed: StateEdit = { op: 'remove', node: nodeAt(document, 'state_data', 'agent_id') };
    expect(await workspace.check({ key: 'agent:planner', revision, edit: removed })).toMatchObject({
      findings: [{ rule: 'required' }],
    });
    expect(readFileSync(path, 'utf8')).toBe(ENVELOPE);
  });

  test('let a state that breaks a rule be mended step by step', async () => {
    const folder = temporaryFolder();
    const broken = ENVELOPE.replace('"conversation_context":[]', '"conversation_context":5').replace('"planner"', '7');
    write(folder, 'agents/planner.json', broken);
    const { workspace } = await edit(folder);
    expect((await workspace.openState({ key: 'agent:planner' })).findings).toHaveLength(2);
    expect(await set(workspace, 'agent:planner', ['state_data', 'agent_id'], '"planner"')).toMatchObject({
      status: 'written',
    });
    expect((await workspace.openState({ key: 'agent:planner' })).findings).toHaveLength(1);
  });

  test('an envelope that is written says when, in the way it did before, and its checksum fits', async () => {
    const folder = temporaryFolder();
    const stored = ENVELOPE.replace(
      /}$/,
      ',"__metadata__":{"created_at":"2025-09-10T08:00:00Z","checksum":"00","tags":["x"],"other":12345678901234567890}}',
    );
    const path = write(folder, 'agents/planner.json', stored);
    const { workspace } = await edit(folder);
    expect(await set(workspace, 'agent:planner', ['state_data', 'current_task_id'], '"t-1"')).toMatchObject({
      status: 'written',
    });
    const after = readFileSync(path, 'utf8');
    expect(after).toMatch(/"__timestamp__":"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}"/);
    expect(after).not.toContain('2025-09-10T08:00:00.000000');
    expect(after).toContain('12345678901234567890');
    expect((await workspace.openState({ key: 'agent:planner' })).findings).toEqual([]);
  });

  test('mark what a type declares, and what breaks a rule, in the tree', async () => {
    const folder = temporaryFolder();
    write(folder, 'agents/planner.json', ENVELOPE.replace('"conversation_context":[]', '"conversation_context":5'));
    const { workspace } = await edit(folder);
    const { rows } = await workspace.reading.treeRows({
      key: 'agent:planner',
      expansion: { depth: 2, toggled: [] },
      offset: 0,
      limit: 100,
    });
    expect(rows.filter(({ declared }) => declared).map(({ name }) => name)).toContain('status');
    expect(rows.filter(({ finding }) => finding !== null).map(({ name }) => name)).toEqual(['conversation_context']);
  });
});

describe('a state is deleted', () => {
  test('into the trash, out of which it comes back byte for byte', async () => {
    const folder = temporaryFolder();
    const path = write(folder, 'friday.json', SESSION);
    write(folder, 'monday.json', SESSION);
    const { workspace } = await edit(folder);
    const { revision } = await workspace.openState({ key: 'session:friday' });
    const outcome = await workspace.remove({ key: 'session:friday', revision });
    expect(outcome).toMatchObject({ status: 'written' });
    expect(existsSync(path)).toBe(false);
    expect(workspace.reading.source.entries.map(({ key }) => key)).toEqual(['session:monday']);
    const { rows } = await workspace.trashRows({ offset: 0, limit: 10 });
    expect(rows).toMatchObject([{ key: 'session:friday', reason: 'deleted' }]);
    expect(await workspace.restore({ id: rows[0]?.id ?? '' })).toMatchObject({ status: 'written' });
    expect(readFileSync(path, 'utf8')).toBe(SESSION);
    expect(await workspace.restore({ id: 'nothing' })).toEqual({ status: 'missing' });
  });
});

test('a folder of the design’s layout keeps what is deleted in its own backups, and any id comes back', async () => {
  const folder = temporaryFolder();
  const path = write(folder, 'agents/a%3Ab.json', ENVELOPE);
  write(folder, 'sessions/x.json', ENVELOPE);
  const { workspace, safety } = await edit(folder);
  const { revision } = await workspace.openState({ key: 'agent:a:b' });
  const outcome = await workspace.remove({ key: 'agent:a:b', revision });
  expect(outcome).toMatchObject({ status: 'written' });
  expect(existsSync(path)).toBe(false);
  expect(readdirSync(join(folder, 'backups', 'agents'))).toHaveLength(1);
  expect(readdirSync(safety)).toEqual([]);
  expect((await workspace.trashRows({ offset: 0, limit: 10 })).rows).toMatchObject([
    { key: 'agent:a:b', reason: 'deleted' },
  ]);
  expect(await workspace.undo({ undo: 'undo' in outcome ? (outcome.undo ?? '') : '' })).toMatchObject({
    status: 'written',
  });
  expect(readFileSync(path, 'utf8')).toBe(ENVELOPE);
});

test('an edit in a folder of the design’s layout waits for whoever else writes there', async () => {
  const folder = temporaryFolder();
  const path = write(folder, 'agents/planner.json', ENVELOPE);
  const { workspace } = await edit(folder);
  const other = lockOfStore(folder);
  onTestFinished(() => other.close());
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let begun = (): void => undefined;
  const begins = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const theirs = other.run(async () => {
    begun();
    await held;
  });
  await begins;
  const ours = set(workspace, 'agent:planner', ['state_data', 'current_task_id'], '"t-1"');
  await sleep(200);
  expect(readFileSync(path, 'utf8')).toBe(ENVELOPE);
  release();
  await theirs;
  expect(await ours).toMatchObject({ status: 'written' });
  expect(readFileSync(path, 'utf8')).toContain('"t-1"');
});

describe('a SQLite database', () => {
  test('an edit of a foreign cell keeps the other columns, and is taken back', async () => {
    const path = join(temporaryFolder(), 'session.db');
    copyFileSync(fixture('session.db'), path);
    const before = rows(path, 'as_session');
    const { workspace } = await edit(path);
    const key = workspace.reading.source.entries[0]?.key ?? '';
    const { document } = await workspace.reading.state(key);
    const { revision } = await workspace.openState({ key });
    const outcome = await workspace.apply({
      key,
      revision,
      edit: { op: 'insert', parent: 0, index: document.childCount(0), name: 'edited by hand', text: '1.0' },
    });
    expect(outcome).toMatchObject({ status: 'written' });
    const after = rows(path, 'as_session');
    expect(after.filter((row) => JSON.stringify(row).includes('edited by hand'))).toHaveLength(1);
    expect(after.map((row) => ({ ...row, session_data: '' }))).toEqual(
      before.map((row) => ({ ...row, session_data: '' })),
    );
    expect(await workspace.undo({ undo: 'undo' in outcome ? (outcome.undo ?? '') : '' })).toMatchObject({
      status: 'written',
    });
    expect(rows(path, 'as_session')).toEqual(before);
  });

  test('a writer that keeps its lock is waited for, then named', async () => {
    const path = join(temporaryFolder(), 'session.db');
    copyFileSync(fixture('session.db'), path);
    const { workspace } = await edit(path);
    const key = workspace.reading.source.entries[0]?.key ?? '';
    const other = new Sqlite(path);
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    await expect(set(workspace, key, [], '{}')).rejects.toMatchObject({ code: 'locked' });
  }, 20_000);

  test('a state of the design’s table is changed through its backend', async () => {
    const path = join(temporaryFolder(), 'store.db');
    const database = new Sqlite(path);
    database.exec(`CREATE TABLE agent_states (state_id TEXT NOT NULL, category TEXT NOT NULL, state_type TEXT NOT NULL,
      state_version TEXT NOT NULL, state_data TEXT NOT NULL, metadata TEXT, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
      updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (state_id, category));
      INSERT INTO agent_states VALUES ('planner', 'agents', 'x.Planner', '1.0.0', '{"n": 553.0}', NULL, '2025-01-01 00:00:00', '2025-01-01 00:00:00')`);
    database.close();
    const { workspace } = await edit(path);
    const outcome = await set(workspace, 'agent:planner', ['n'], '554');
    expect(outcome).toMatchObject({ status: 'written' });
    expect(rows(path, 'agent_states')).toMatchObject([{ state_data: '{"n": 554}', created_at: '2025-01-01 00:00:00' }]);
    expect(await workspace.undo({ undo: 'undo' in outcome ? (outcome.undo ?? '') : '' })).toMatchObject({
      status: 'written',
    });
    expect(rows(path, 'agent_states')).toMatchObject([{ state_data: '{"n": 553.0}' }]);
    const { revision } = await workspace.openState({ key: 'agent:planner' });
    expect(await workspace.remove({ key: 'agent:planner', revision })).toMatchObject({ status: 'written' });
    expect(rows(path, 'agent_states')).toEqual([]);
  });

  test('a state that is put together from several rows is only read', async () => {
    const path = join(temporaryFolder(), 'as.db');
    copyFileSync(fixture('as-2.x.db'), path);
    const { workspace } = await edit(path);
    const key = workspace.reading.source.entries.find(({ kind }) => kind === 'conversation')?.key ?? '';
    expect(await workspace.openState({ key })).toMatchObject({ notWritable: 'assembled' });
    await expect(set(workspace, key, [], '[]')).rejects.toMatchObject({ code: 'not-writable' });
  });
});

test('a source of which states are only read says why, and cannot be armed', async () => {
  const { workspace } = await edit(fixture('redis-session-1.0.21.keys.json'), false);
  expect(workspace.summary()).toMatchObject({ notWritable: 'part-of-file', armed: false });
  expect(() => workspace.arm({ armed: true })).toThrow(SourceError);
});

test('a damaged state is not edited: what follows the damage would be lost', async () => {
  const path = write(temporaryFolder(), 'cut.json', '{"agent": {"memory": {"content": []}, "x": 1, "y": [');
  const { workspace } = await edit(path);
  expect(await workspace.openState({ key: 'session:cut' })).toMatchObject({ notWritable: 'damaged' });
  await expect(set(workspace, 'session:cut', ['agent', 'x'], '2')).rejects.toMatchObject({ code: 'not-writable' });
});

test('tells which states others have changed, and that there are new ones', async () => {
  const folder = temporaryFolder();
  const path = write(folder, 'friday.json', SESSION);
  write(folder, 'monday.json', SESSION);
  const { workspace } = await edit(folder);
  expect(await workspace.changed()).toEqual(new Set());
  writeFileSync(path, `${SESSION} `);
  utimesSync(path, new Date(), new Date());
  expect(await workspace.changed()).toEqual(new Set(['session:friday']));
  write(folder, 'tuesday.json', SESSION);
  expect(await workspace.changed()).toBeNull();
  await workspace.reload();
  expect(await workspace.changed()).toEqual(new Set());
});

test('a persistence.yaml that was saved can be taken back, done again, and is in the trash', async () => {
  const folder = temporaryFolder();
  const yaml = 'persistence:\n  default_backend: a\n  backends:\n    a: { type: filesystem, base_path: ./a }\n';
  const path = write(folder, 'persistence.yaml', yaml);
  write(folder, 'a/agents/x.json', ENVELOPE);
  const { workspace } = await edit(path);
  const save = async (pattern: string) => {
    const revision = (await workspace.persistenceSettings({ edits: [] }))?.revision ?? '';
    const edits = [{ edit: 'add-rule' as const, at: 0, rule: { pattern, backend: 'a', ttl: null } }];
    return workspace.savePersistence({ edits, revision });
  };
  const saved = await save('agent:*');
  expect(readFileSync(path, 'utf8')).toContain('agent:*');
  const undone = await workspace.undo({ undo: ('undo' in saved && saved.undo) || '' });
  expect(readFileSync(path, 'utf8')).toBe(yaml);
  expect(await workspace.undo({ undo: ('undo' in undone && undone.undo) || '' })).toMatchObject({ status: 'written' });
  expect(readFileSync(path, 'utf8')).toContain('agent:*');

  const { rows: trash, total } = await workspace.trashRows({ offset: 0, limit: 10 });
  expect(total).toBe(3);
  expect(trash).toMatchObject([0, 1, 2].map(() => ({ key: 'persistence.yaml', reason: 'overwritten' })));
  expect(await workspace.restore({ id: trash.at(-1)?.id ?? '' })).toMatchObject({ status: 'written' });
  expect(readFileSync(path, 'utf8')).toBe(yaml);

  const again = await save('agent:*');
  writeFileSync(path, `${yaml}# another program\n`);
  expect(await workspace.undo({ undo: ('undo' in again && again.undo) || '' })).toMatchObject({ status: 'conflict' });
});

test('what was open and selected is found again after the state has changed', async () => {
  const path = write(
    temporaryFolder(),
    'x.json',
    '{"agent": {"memory": {"content": []}, "list": [1, {"a": 1}], "z": {"deep": 1}}}',
  );
  const { workspace } = await edit(path);
  const { document } = await workspace.reading.state('session:x');
  const open = nodeAt(document, 'agent', 'z');
  const selected = nodeAt(document, 'agent', 'z', 'deep');
  const { revision } = await workspace.openState({ key: 'session:x' });
  await workspace.apply({
    key: 'session:x',
    revision,
    edit: { op: 'insert', parent: nodeAt(document, 'agent', 'list'), index: 0, name: null, text: '{"new": [1, 2]}' },
  });
  await workspace.openState({ key: 'session:x' });
  const now = (await workspace.reading.state('session:x')).document;
  const carried = await workspace.carry({ key: 'session:x', expansion: { depth: 2, toggled: [open] }, node: selected });
  expect(carried).toMatchObject({
    node: nodeAt(now, 'agent', 'z', 'deep'),
    expansion: { toggled: [nodeAt(now, 'agent', 'z')] },
  });
});

function rows(path: string, table: string): Record<string, unknown>[] {
  const database = new Sqlite(path, { readonly: true });
  try {
    return database.prepare(`SELECT * FROM ${table}`).all() as Record<string, unknown>[];
  } finally {
    database.close();
  }
}
