import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixture, temporaryFolder, write } from '../sources/test-support.ts';
import { requestFrom, restoringInto } from './test-support.ts';

/** A folder with an agent and a session, as it was, and as it is. */
function twoMoments() {
  const [was, now] = [temporaryFolder(), temporaryFolder()];
  write(was, 'friday.json', '{ "agent": {"name": "Friday",  "score": 1.0, "memory": {"content": []}} }\n');
  write(now, 'friday.json', '{ "agent": {"name": "Friday!",  "score": 2.50, "memory": {"content": []}} }\n\n');
  write(was, 'monday.json', '{"agent": {"name": "Monday", "memory": {"content": []}}}');
  write(now, 'monday.json', '{"agent": {"name": "MONDAY", "memory": {"content": []}, "new": 1}}');
  return { was, now };
}

/** Every file of a folder with its bytes. */
function files(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile());
  return new Map(paths.map((path) => [relative(folder, path), readFileSync(path, 'latin1')]));
}

describe('a plan', () => {
  test('tells what would change, by path, and changes nothing', async () => {
    const { was, now } = twoMoments();
    const before = files(now);
    const { restoring } = await restoringInto(now);
    const plan = await restoring.plan(requestFrom(was));
    expect(plan).toMatchObject({ states: 2, possible: true, checks: [] });
    const [friday] = plan.rows;
    expect(friday).toMatchObject({ key: 'session:friday', action: 'write', counts: { changed: 2 } });
    expect(friday?.changes.map(({ pathText, before: old, after }) => [pathText, old, after])).toEqual([
      ['agent.name', '"Friday!"', '"Friday"'],
      ['agent.score', '2.50', '1.0'],
    ]);
    expect(files(now)).toEqual(before);
  });

  test('names keys and paths that there are not', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now);
    const path = ['agent', 'memory'];
    const picks = [
      { key: 'session:nobody', paths: null },
      { key: 'session:friday', paths: [{ path, side: null }] },
    ];
    const { checks, states } = await restoring.plan(requestFrom(was, { picks }));
    expect(checks.map(({ code, key }) => [code, key])).toEqual([
      ['not-then', 'session:nobody'],
      ['no-change', 'session:friday'],
    ]);
    expect(states).toBe(0);
  });

  test('of no picks is about nothing, of a pattern about what it matches', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now);
    expect((await restoring.plan(requestFrom(was, { picks: [] }))).rows).toEqual([]);
    const plan = await restoring.plan(requestFrom(was, { picks: [{ key: 'session:f*', paths: null }] }));
    expect(plan.rows.map(({ key }) => key)).toEqual(['session:friday']);
  });
});

describe('restoring', () => {
  test('whole states makes them what they were, byte for byte, and undo makes them what they were before', async () => {
    const { was, now } = twoMoments();
    const before = files(now);
    const { restoring, workspace, copies, written } = await restoringInto(now);
    const { plan } = await restoring.plan(requestFrom(was));
    const outcome = await restoring.apply(plan, []);
    expect(outcome).toMatchObject({ status: 'restored', keys: ['session:friday', 'session:monday'] });
    const text = async (key: string) => (await workspace.reading.state(key)).document.rawText(0);
    expect(await text('session:friday')).toBe(readFileSync(join(was, 'friday.json'), 'utf8').trim());
    expect(readFileSync(join(now, 'monday.json'))).toEqual(readFileSync(join(was, 'monday.json')));
    expect(copies.taken.map(({ reason, texts }) => [reason, texts.size])).toEqual([['before-restore', 2]]);
    expect(written[0]?.slice(0, 2)).toEqual([['session:friday', 'session:monday'], 'snapshot_restore']);

    const undo = 'undo' in outcome ? outcome.undo : '';
    expect(await restoring.undo(undo)).toMatchObject({ status: 'undone' });
    expect(files(now)).toEqual(before);
    expect(copies.taken.map(({ reason }) => reason)).toEqual(['before-restore', 'before-undo']);
    expect(await restoring.undo(undo)).toEqual({ status: 'missing' });
  });

  test('one attribute changes the bytes of that attribute and no other', async () => {
    const { was, now } = twoMoments();
    const path = join(now, 'friday.json');
    const before = readFileSync(path, 'utf8');
    const { restoring } = await restoringInto(now);
    const paths = [{ path: ['agent', 'score'], side: null }];
    const { plan } = await restoring.plan(requestFrom(was, { picks: [{ key: 'session:friday', paths }] }));
    expect(await restoring.apply(plan, [])).toMatchObject({ status: 'restored', keys: ['session:friday'] });
    expect(readFileSync(path, 'utf8')).toBe(before.replace('2.50', '1.0'));
  });

  test('merging keeps what only the present has', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now);
    const { plan } = await restoring.plan(requestFrom(was, { mode: 'merge' }));
    await restoring.apply(plan, []);
    expect(readFileSync(join(now, 'monday.json'), 'utf8')).toBe(
      '{"agent": {"name": "Monday", "memory": {"content": []}, "new": 1}}',
    );
  });

  test('a state that is gone comes back to its place, and one that came since goes only when that is asked for', async () => {
    const { was, now } = twoMoments();
    rmSync(join(now, 'monday.json'));
    write(now, 'tuesday.json', '{"agent": {"memory": {"content": []}}}');
    const before = files(now);
    const { restoring } = await restoringInto(now);
    const kept = await restoring.plan(requestFrom(was));
    expect(kept.rows.map(({ key, action }) => [key, action])).toEqual([
      ['session:friday', 'write'],
      ['session:monday', 'create'],
    ]);
    const { plan, rows } = await restoring.plan(requestFrom(was, { removeOthers: true }));
    expect(rows.map(({ key, action }) => [key, action])).toContainEqual(['session:tuesday', 'remove']);
    const outcome = await restoring.apply(plan, []);
    expect(outcome.status).toBe('restored');
    expect(readdirSync(now).toSorted()).toEqual(['friday.json', 'monday.json']);
    await restoring.undo('undo' in outcome ? outcome.undo : '');
    expect(files(now)).toEqual(before);
  });

  test('is refused when another program has written since the preview, and another preview is right', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now);
    const { plan } = await restoring.plan(requestFrom(was));
    const theirs = '{"agent": {"name": "theirs", "memory": {"content": []}}}';
    writeFileSync(join(now, 'monday.json'), theirs);
    const before = files(now);
    expect(await restoring.apply(plan, [])).toEqual({ status: 'stale', keys: ['session:monday'] });
    expect(files(now)).toEqual(before);
    const again = await restoring.plan(requestFrom(was));
    expect(again.rows.find(({ key }) => key === 'session:monday')?.changes[0]).toMatchObject({ before: '"theirs"' });
    expect(await restoring.apply(again.plan, [])).toMatchObject({ status: 'restored' });
  });

  test('is refused while writing is not allowed', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now, { armed: false });
    const { plan } = await restoring.plan(requestFrom(was));
    await expect(restoring.apply(plan, [])).rejects.toMatchObject({ code: 'not-armed' });
  });

  test('that is stopped in the middle leaves everything as it was', async () => {
    const { was, now } = twoMoments();
    const before = files(now);
    const { restoring } = await restoringInto(now);
    const { plan } = await restoring.plan(requestFrom(was));
    const stop = new AbortController();
    const onProgress = ({ phase }: { phase: string }) => {
      if (phase === 'writing') stop.abort();
    };
    expect(await restoring.apply(plan, [], { signal: stop.signal, onProgress })).toEqual({
      status: 'rolled-back',
      key: 'session:monday',
      reason: null,
      left: [],
    });
    expect(files(now)).toEqual(before);
    expect(await restoring.undoable()).toEqual([]);
  });
});

describe('undo', () => {
  test('is there after a restart', async () => {
    const { was, now } = twoMoments();
    const before = files(now);
    const first = await restoringInto(now);
    const { plan } = await first.restoring.plan(requestFrom(was));
    await first.restoring.apply(plan, []);
    const { restoring } = await first.again();
    const [undoable, ...others] = await restoring.undoable();
    expect(others).toEqual([]);
    expect(undoable).toMatchObject({ keys: ['session:friday', 'session:monday'], unfinished: false });
    expect(await restoring.undo(undoable?.undo ?? '')).toMatchObject({ status: 'undone' });
    expect(files(now)).toEqual(before);
    expect(await restoring.undoable()).toEqual([]);
  });

  test('is refused, and told, when somebody has written since', async () => {
    const { was, now } = twoMoments();
    const { restoring } = await restoringInto(now);
    const { plan } = await restoring.plan(requestFrom(was));
    const outcome = await restoring.apply(plan, []);
    writeFileSync(join(now, 'monday.json'), '{"agent": {"memory": {"content": []}}}');
    const before = files(now);
    const undo = 'undo' in outcome ? outcome.undo : '';
    expect(await restoring.undo(undo)).toEqual({ status: 'changed', keys: ['session:monday'] });
    expect(files(now)).toEqual(before);
  });

  test('finds the earlier texts in the snapshot when the trash has been emptied, and in the trash without a snapshot', async () => {
    for (const lost of ['trash', 'snapshot'] as const) {
      const { was, now } = twoMoments();
      const first = await restoringInto(now);
      const { plan } = await first.restoring.plan(
        requestFrom(was, { picks: [{ key: 'session:monday', paths: null }] }),
      );
      const before = readFileSync(join(now, 'monday.json'));
      const outcome = await first.restoring.apply(plan, []);
      if (lost === 'snapshot') first.copies.taken.length = 0;
      else rmSync(first.safety, { recursive: true });
      const undo = 'undo' in outcome ? outcome.undo : '';
      expect(await first.restoring.undo(undo)).toMatchObject({ status: 'undone' });
      expect(readFileSync(join(now, 'monday.json'))).toEqual(before);
    }
  });
});

const SAMPLES = [
  'jsonsession-1.0.21',
  'agentstate-2.x.json',
  'as-2.x.db',
  'session.db',
  join(import.meta.dirname, '../../../assets/sample-workspace'),
];

test.each(SAMPLES)('the real %s is broken, put back, and what it was, byte for byte', async (sample) => {
  const was = sample.includes('/') ? sample : fixture(sample);
  const now = join(temporaryFolder(), basename(was));
  cpSync(was, now, { recursive: true });
  const { restoring, workspace } = await restoringInto(now);
  const texts = new Map<string, string>();
  let broken = 0;
  for (const { key } of workspace.source.entries.slice(-12)) {
    const { document, revision } = { ...(await workspace.reading.state(key)), ...(await workspace.openState({ key })) };
    texts.set(key, document.rawText(0));
    const node = [...document.children(0)][0];
    const { writer } = workspace;
    if (node === undefined || typeof writer === 'string' || writer.refusal(key) !== null) continue;
    const outcome = await workspace.apply({ key, revision, edit: { op: 'set', node, text: '"broken"' } });
    if (outcome.status === 'written') broken += 1;
  }
  expect(broken).toBeGreaterThan(0);
  const shown = await restoring.plan(requestFrom(was));
  expect(shown.states).toBe(broken);
  const codes = shown.checks.map(({ code }) => code);
  expect(await restoring.apply(shown.plan, codes)).toMatchObject({ status: 'restored' });
  for (const [key, text] of texts) expect((await workspace.reading.state(key)).document.rawText(0), key).toBe(text);
  for (const [name, bytes] of statSync(now).isDirectory() ? files(was) : []) {
    // Beside the text of a store's row stands when it was written.
    if (name.endsWith('.json')) expect(files(now).get(name), name).toBe(bytes);
  }
});
