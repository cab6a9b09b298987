import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HistoryRow } from '../../shared/ipc/history.ts';
import { type AskPage, type HistoryPager, historyPager } from './history-pager.ts';

function change(seq: number): HistoryRow {
  return {
    seq,
    commit: seq,
    time: seq,
    key: 'a:b',
    path: 'x',
    type: 'external',
    origin: 'file',
    kind: 'changed',
    old: '1',
    new: '2',
  };
}

/** A journal with these sequences, which hands out at most `patience` rows at once. */
function journal(seqs: readonly number[], patience = 1000): { ask: AskPage; questions: () => number } {
  let questions = 0;
  const ask: AskPage = ({ query, cursor, direction, limit }) => {
    questions += 1;
    const fits = (seq: number) => query === '' || seq % Number(query) === 0;
    const older = direction === 'older';
    const behind = seqs.filter((seq) => cursor === null || (older ? seq < cursor : seq > cursor));
    const ordered = older ? behind.toReversed() : behind;
    const looked = ordered.slice(0, patience);
    const rows = looked.filter(fits).slice(0, limit);
    const stoppedAt = rows.length >= limit ? rows.at(-1) : looked.at(-1);
    const next = stoppedAt === undefined || stoppedAt === ordered.at(-1) ? null : stoppedAt;
    return Promise.resolve({ ok: true, value: { rows: rows.map(change), next } });
  };
  return { ask, questions: () => questions };
}

async function seqsOf(pager: HistoryPager, offset: number, limit: number) {
  const page = await pager.load(offset, limit);
  if (!page.ok) throw new Error(page.error.message);
  return { total: page.value.total, seqs: page.value.rows.map((row) => row?.seq ?? null) };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);

test('without a query any place of a million changes is one question away, and the total is right at once', async () => {
  const { ask, questions } = journal([]);
  const far: AskPage = (question) => {
    if (question.direction === 'newer') return Promise.resolve({ ok: true, value: { rows: [change(1)], next: 1 } });
    void ask(question);
    const rows = numbers(1, question.limit).map((at) => change((question.cursor ?? 0) - at));
    return Promise.resolve({ ok: true, value: { rows, next: rows.at(-1)?.seq ?? null } });
  };
  const page = await seqsOf(historyPager(far, '', 1_000_000), 700_000, 200);
  expect(page.total).toBe(1_000_000);
  expect(page.seqs[0]).toBe(300_000);
  expect(page.seqs.at(-1)).toBe(299_801);
  expect(questions()).toBe(1);
});

test('a moment at which nothing changed keeps its row, so that no other row is shown for it', async () => {
  const { ask } = journal([3, 4, 6, 7]);
  expect(await seqsOf(historyPager(ask, '', 7), 0, 10)).toEqual({ total: 5, seqs: [7, 6, null, 4, 3] });
});

test('what comes later does not move the rows', async () => {
  const { ask } = journal(numbers(1, 20));
  expect(await seqsOf(historyPager(ask, '', 10), 0, 3)).toEqual({ total: 10, seqs: [10, 9, 8] });
  expect(await seqsOf(historyPager(ask, '2', 10), 0, 3)).toMatchObject({ seqs: [10, 8, 6] });
});

test('with a query the list grows by a page until its end is found', async () => {
  const pager = historyPager(journal(numbers(1, 100)).ask, '10', 100);
  expect(await seqsOf(pager, 0, 4)).toEqual({ total: 8, seqs: [100, 90, 80, 70] });
  expect(await seqsOf(pager, 4, 4)).toEqual({ total: 12, seqs: [60, 50, 40, 30] });
  expect(await seqsOf(pager, 8, 4)).toEqual({ total: 10, seqs: [20, 10] });
  expect(await seqsOf(pager, 0, 4)).toEqual({ total: 10, seqs: [100, 90, 80, 70] });
});

test('in whatever order pages are asked for, and however soon the engine gives up, each change is in its row once', async () => {
  const scene = fc.record({
    size: fc.integer({ min: 0, max: 120 }),
    patience: fc.integer({ min: 1, max: 50 }),
    modulus: fc.integer({ min: 1, max: 7 }),
    limit: fc.integer({ min: 1, max: 20 }),
    pages: fc.array(fc.integer({ min: 0, max: 10 }), { minLength: 1, maxLength: 8 }),
  });
  await fc.assert(
    fc.asyncProperty(scene, async ({ size, patience, modulus, limit, pages }) => {
      const pager = historyPager(journal(numbers(1, size), patience).ask, String(modulus), size);
      const wanted = numbers(1, size)
        .filter((seq) => seq % modulus === 0)
        .toReversed();
      const answers = await Promise.all(pages.map((page) => seqsOf(pager, page * limit, limit)));
      for (const [at, page] of pages.entries()) {
        expect(answers[at]?.seqs).toEqual(wanted.slice(page * limit, (page + 1) * limit));
      }
    }),
  );
});
