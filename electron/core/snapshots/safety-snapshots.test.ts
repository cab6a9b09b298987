import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { nodeAt } from '../../../shared/json/test-support.ts';
import { ABSENT } from '../persistence/backend.ts';
import { recordOf } from '../persistence/behaviour-suite.ts';
import { openStore } from '../persistence/open-store.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { SafetySnapshots } from './safety-snapshots.ts';
import { snapshotsFile } from './snapshot-store.ts';
import { codeOf } from './test-support.ts';

const FRIDAY = '{"agent": {"memory": {"content": []}, "score": 553.0, "name": "Friday"}}\n';

async function editing(location: string, snapshotFolder = temporaryFolder()) {
  let taken = 0;
  const workspace = await EditableWorkspace.open(
    {
      id: 'w',
      context: { safetyFolder: temporaryFolder() },
      snapshotFolder,
      seq: () => 12,
      onSnapshot: () => (taken += 1),
      open: (options) => openSource(location, options),
      onChanged: () => undefined,
    },
    {},
  );
  onTestFinished(() => workspace.close());
  workspace.arm({ armed: true });
  const set = async (key: string, text: string) => {
    const { revision } = await workspace.openState({ key });
    const { document } = await workspace.reading.state(key);
    const node = nodeAt(document, 'agent', 'score');
    return workspace.apply({ key, revision, edit: { op: 'set', node, text } });
  };
  const told = () =>
    (workspace.snapshots?.list({ limit: 20 }).rows ?? []).map(({ id, reason, states, firstKey, seq }) => {
      const text = Buffer.from(workspace.snapshots?.read(id, firstKey) ?? []).toString();
      return { reason, states, firstKey, seq, score: /"score": ([\d.]+)/.exec(text)?.[1] };
    });
  return { workspace, set, told, counts: () => taken };
}

describe('before a state is written', () => {
  test('it alone is captured as it is stored, with the reason and the place in history', async () => {
    const folder = temporaryFolder();
    write(folder, 'friday.json', FRIDAY);
    write(folder, 'sunday.json', FRIDAY.replace('Friday', 'Sunday'));
    const { workspace, set, told, counts } = await editing(folder);
    const edited = await set('session:friday', '554');
    if (edited.status !== 'written') throw new Error(edited.status);
    const common = { states: 1, firstKey: 'session:friday', seq: 12 };
    expect(told()).toEqual([{ ...common, reason: 'before-edit', score: '553.0' }]);
    await workspace.undo({ undo: edited.undo ?? '' });
    const { revision } = await workspace.openState({ key: 'session:friday' });
    await workspace.remove({ key: 'session:friday', revision });
    expect(told().map(({ reason, score }) => [reason, score])).toEqual([
      ['before-delete', '553.0'],
      ['before-undo', '554'],
      ['before-edit', '553.0'],
    ]);
    expect(counts()).toBe(3);
    expect(readdirSync(folder)).toEqual(['sunday.json']);
  });

  test('nothing is left of the capture when nothing was written after all', async () => {
    const path = write(temporaryFolder(), 'friday.json', FRIDAY);
    const { workspace, told } = await editing(path);
    const { revision } = await workspace.openState({ key: 'session:friday' });
    const { document } = await workspace.reading.state('session:friday');
    writeFileSync(path, FRIDAY.replace('553.0', '1'));
    const edit = { op: 'set', node: nodeAt(document, 'agent', 'score'), text: '2' } as const;
    expect(await workspace.apply({ key: 'session:friday', revision, edit })).toMatchObject({ status: 'conflict' });
    expect(told()).toEqual([]);
  });

  test('and it cannot be captured, nothing is written', async () => {
    const path = write(temporaryFolder(), 'friday.json', FRIDAY);
    const folder = temporaryFolder();
    const { set } = await editing(path, folder);
    // Where the database is to be made there is a folder.
    mkdirSync(snapshotsFile(folder, path));
    expect(await codeOf(() => set('session:friday', '1'))).not.toBe('none');
    expect(readFileSync(path, 'utf8')).toBe(FRIDAY);
  });

  test('of a source that is encrypted where it lies, nothing is kept in plain text beside it', async () => {
    const location = temporaryFolder();
    const base = JSON.stringify(location);
    const backends = `{f: {type: filesystem, base_path: ${base}, encryption: true}}`;
    const yaml = write(temporaryFolder(), 'p.yaml', `persistence: {default_backend: f, backends: ${backends}}`);
    const store = await openStore(yaml, { create: true, env: { STATESCOPE_PASSPHRASE: 'open sesame' } });
    await store.save('agent:a', recordOf('"secret"'), ABSENT);
    await store.close();
    const folder = temporaryFolder();
    const source = await openSource(location, { secret: 'open sesame' });
    onTestFinished(() => source.close());
    const safety = new SafetySnapshots(folder, source.location);
    onTestFinished(() => safety.close());
    expect(source.entries.map(({ key }) => key)).toEqual(['agent:a']);
    expect(await safety.take(source, 'before-edit', ['agent:a'], null)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('of those that are taken by themselves, the newest stay', async () => {
  const source = await openSource(write(temporaryFolder(), 'friday.json', FRIDAY));
  onTestFinished(() => source.close());
  const safety = new SafetySnapshots(temporaryFolder(), source.location);
  onTestFinished(() => safety.close());
  for (let at = 0; at < 205; at += 1) await safety.take(source, 'before-edit', ['session:friday'], at);
  await safety.tidy();
  const { rows, total } = safety.store?.list({ limit: 1000 }) ?? { rows: [], total: 0 };
  expect([total, rows[0]?.seq, rows.at(-1)?.seq]).toEqual([200, 204, 5]);
});
