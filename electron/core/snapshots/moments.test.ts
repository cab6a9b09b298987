import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import { opened, temporaryFolder, write } from '../sources/test-support.ts';
import { openJournal } from '../tracking/journal.ts';
import { type MomentContext, openMoment } from './moments.ts';
import { codeOf, snapshots, state } from './test-support.ts';

async function moments(): Promise<MomentContext> {
  const now = await opened(
    write(temporaryFolder(), 'friday.json', '{"agent": {"memory": {"content": []}, "score": 3, "name": "Friday"}}'),
  );
  const journal = openJournal(join(temporaryFolder(), 'x.journal'), { source: now.location });
  onTestFinished(() => journal.close());
  const commit = (text: string) => ({
    key: 'session:friday',
    time: 1,
    type: 'external' as const,
    origin: 'x',
    content: { form: 'keyframe' as const, text: Buffer.from(text) },
    changes: [],
  });
  journal.append([commit('{"agent": {"score": 1}}'), commit('{"agent": {"score": 2}}')]);
  return { now, journal, snapshots: snapshots().store, open: openSource };
}

test('each moment is a source that has its states, and is only as open as it has to be', async () => {
  const context = await moments();
  const { now, snapshots: store } = context;
  const { id } = (await store?.take([state('session:friday', '{"agent": {"score": 9}}')], { reason: 'manual' })) ?? {
    id: '',
  };
  const scoreAt = async (ref: Parameters<typeof openMoment>[0], key = 'session:friday') => {
    const moment = await openMoment(ref, context);
    const { source } = moment;
    const { bytes } = await source.read(key);
    const isPast = ref.at === 'seq' || ref.at === 'snapshot';
    expect(source.writer({ safetyFolder: temporaryFolder() }) === 'past').toBe(isPast);
    await moment.release();
    await moment.release();
    return Buffer.from(bytes).toString().replaceAll(/\D/g, '');
  };
  expect(await scoreAt({ at: 'now' })).toBe('3');
  expect(await scoreAt({ at: 'seq', seq: 1 })).toBe('1');
  expect(await scoreAt({ at: 'seq', seq: 2 })).toBe('2');
  expect(await scoreAt({ at: 'snapshot', snapshot: id })).toBe('9');
  // What was there before is not closed with it.
  expect((await now.read('session:friday')).bytes.length).toBeGreaterThan(0);
  const elsewhere = await openMoment(
    { at: 'source', location: write(temporaryFolder(), 'x.json', '{"a": {"b": 7}}') },
    context,
  );
  expect(elsewhere.source.entries).toHaveLength(1);
  await elsewhere.release();
});

test('what is not there is told by its own code', async () => {
  const context = await moments();
  const code = (ref: Parameters<typeof openMoment>[0], changed: Partial<MomentContext> = {}) =>
    codeOf(() => openMoment(ref, { ...context, ...changed }));
  expect(await code({ at: 'seq', seq: 3 })).toBe('moment-forgotten');
  expect(await code({ at: 'seq', seq: 1 }, { journal: null })).toBe('moment-forgotten');
  expect(await code({ at: 'snapshot', snapshot: 's0' })).toBe('snapshot-missing');
  expect(await code({ at: 'snapshot', snapshot: 's0' }, { snapshots: null })).toBe('snapshot-missing');
  expect(await code({ at: 'source', location: join(temporaryFolder(), 'gone') })).toBe('path-missing');
});
