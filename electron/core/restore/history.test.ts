/** Every restore is in the history, with what changed in each state. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { followSource } from '../live/follow-source.ts';
import { LiveSession } from '../live/live-session.ts';
import { openMoment } from '../snapshots/moments.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { copiesOf } from './copies.ts';
import { Restoring } from './restoring.ts';

const textOf = (name: string, n: number) => `{"agent": {"name": "${name}", "n": ${n}, "memory": {"content": []}}}\n`;

test('a moment of the journal is put back; the changes are told as a restore, with one mark, and the snapshots are kept', async () => {
  const [folder, data] = [temporaryFolder(), temporaryFolder()];
  for (const name of ['a', 'b']) write(folder, `${name}.json`, textOf(name, 1));
  const open = () => openSource(folder);
  const ignore = () => undefined;
  const workspace = await EditableWorkspace.open(
    {
      id: 'w',
      context: { safetyFolder: join(data, 'safety') },
      snapshotFolder: join(data, 'snapshots'),
      open,
      onChanged: ignore,
      onWritten: (key, how) => live.wrote([key], how),
    },
    {},
  );
  const live: LiveSession = new LiveSession({
    location: workspace.source.location,
    bytes: workspace.source.bytes,
    isEncrypted: false,
    folder: join(data, 'journals'),
    follow: (feed) => followSource(workspace, open, feed),
    onStatus: ignore,
    onBroken: ignore,
  });
  onTestFinished(async () => {
    await live.close();
    await workspace.close();
  });
  await live.start();
  const lastSeq = live.readableJournal()?.lastSeq ?? 0;
  workspace.arm({ armed: true });
  for (const key of ['session:a', 'session:b']) {
    const { revision } = await workspace.openState({ key });
    const { document } = await workspace.reading.state(key);
    const agent = document.member(0, 'agent') ?? 0;
    const node = document.member(agent, 'n') ?? 0;
    await workspace.apply({ key, revision, edit: { op: 'set', node, text: '2' } });
  }
  const restoring = new Restoring({
    target: workspace,
    folder: join(data, 'safety'),
    moment: (ref) =>
      openMoment(ref, { now: workspace.source, journal: live.readableJournal(), snapshots: workspace.snapshots, open }),
    copies: copiesOf(workspace),
    onWritten: (keys, how, mark) => live.wrote(keys, how, mark ?? undefined),
  });
  const from = { at: 'seq', seq: lastSeq } as const;
  const request = { from, picks: null, mode: 'replace', removeOthers: false, migrate: false } as const;
  const { plan } = await restoring.plan(request);
  const outcome = await restoring.apply(plan, []);
  expect(outcome).toMatchObject({ status: 'restored', keys: ['session:a', 'session:b'] });
  expect(readFileSync(join(folder, 'a.json'), 'utf8')).toBe(textOf('a', 1));

  const page = live.page({ query: '', cursor: null, direction: 'older', limit: 2 });
  const rows = 'rows' in page ? page.rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)) : [];
  expect(rows.map(({ key, path, type, origin, old, new: next }) => [key, path, type, origin, old, next])).toEqual([
    ['session:a', 'agent.n', 'snapshot_restore', 'statescope', '2', '1'],
    ['session:b', 'agent.n', 'snapshot_restore', 'statescope', '2', '1'],
  ]);
  expect(live.readableJournal()?.marks()).toMatchObject([{ kind: 'restore', name: `#${lastSeq}`, key: 'session:a' }]);

  // The snapshot from before it is a moment like any other, and leads back.
  const [kept] = workspace.snapshots?.list({ offset: 0, limit: 10 }).rows ?? [];
  expect(kept).toMatchObject({ reason: 'before-restore', states: 2 });
  const back = await restoring.plan({ ...request, from: { at: 'snapshot', snapshot: kept?.id ?? '' } });
  expect(await restoring.apply(back.plan, [])).toMatchObject({ status: 'restored' });
  expect(readFileSync(join(folder, 'b.json'), 'utf8')).toBe(textOf('b', 2));
});
