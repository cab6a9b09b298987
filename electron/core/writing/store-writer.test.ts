import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ABSENT, revisionOf, type StateBackend } from '../persistence/backend.ts';
import { openSqliteBackend } from '../persistence/sqlite-backend.ts';
import { SourceError } from '../sources/source-error.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { textRevision } from './state-writer.ts';
import { StoreWriter } from './store-writer.ts';

const text = (value: number) => Buffer.from(`{"v": ${value}}`);

/** A writer of a new database, with what it has opened. */
function writing(fails: () => boolean = () => false) {
  const path = join(temporaryFolder(), 'states.db');
  const opened: StateBackend[] = [];
  const closed: StateBackend[] = [];
  const writer = new StoreWriter(
    async () => {
      if (fails()) throw new SourceError('locked', 'It is locked.', { location: path });
      const backend = await openSqliteBackend({ path, create: true });
      const close = backend.close.bind(backend);
      backend.close = () => {
        closed.push(backend);
        return close();
      };
      opened.push(backend);
      return backend;
    },
    (key) => key,
  );
  return { writer, opened, closed };
}

test('writes that are made together open the store once, with the first of them, and close it after the last', async () => {
  const { writer, opened, closed } = writing();
  await writer.together(async () => undefined);
  expect(opened).toEqual([]);
  const trash = await writer.together(async () => {
    for (let at = 0; at < 5; at++) await writer.create(`agent:${at}`, text(at), null);
    const written = await writer.replace('agent:1', text(9), revisionOf(textRevision(text(1))));
    expect(closed).toEqual([]);
    return written.status === 'written' ? written.trash : null;
  });
  expect([opened.length, closed.length]).toEqual([1, 1]);
  const restored = await writer.together(() => writer.restore(trash ?? '', revisionOf(textRevision(text(9)))));
  expect(restored).toMatchObject({ status: 'written', revision: textRevision(text(1)) });
  await writer.create('agent:alone', text(1), null);
  expect([opened.length, closed.length]).toEqual([3, 3]);
});

test('a store that cannot be opened fails the write, and the next one tries again', async () => {
  let isLocked = true;
  const { writer } = writing(() => isLocked);
  await writer.together(async () => {
    await expect(writer.create('agent:a', text(1), null)).rejects.toMatchObject({ code: 'locked' });
    isLocked = false;
    expect(await writer.create('agent:a', text(1), null)).toMatchObject({ status: 'written' });
    expect(await writer.replace('agent:a', text(2), ABSENT)).toMatchObject({ status: 'conflict' });
  });
});
