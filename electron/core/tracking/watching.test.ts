import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bisect } from './bisect.ts';
import { type Expression, parseExpression } from './expression.ts';
import { journals, textOf } from './test-support.ts';
import { Watches, type WatchResult } from './watches.ts';

const bench = journals();

function expression(text: string): Expression {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.expression;
}

describe('a watch', () => {
  function watching(name?: string) {
    const recording = bench.record(name);
    const watches = new Watches(recording.journal);
    const results: WatchResult[] = [];
    watches.onResult((result) => results.push(result));
    recording.recorder.onCommit(watches.evaluate);
    return { ...recording, watches, results };
  }

  test('is asked after every commit of the states that it is for, and tells when it breaks and is mended', () => {
    const { watches, results, set, recorder } = watching();
    watches.add({ name: 'short', keys: 'agent:*', expression: 'count($.list) <= 2' });
    for (const list of [[1], [1, 2], [1, 2, 3], [1, 2, 3, 4], []]) set('agent:a', ['list'], list);
    set('session:s', ['list'], [1, 2, 3]);
    set('agent:b', ['list'], [1, 2, 3]);
    expect(results.map(({ key, turn }) => [key, turn])).toEqual([
      ['agent:a', 'first'],
      ['agent:a', null],
      ['agent:a', 'broken'],
      ['agent:a', null],
      ['agent:a', 'mended'],
      ['agent:b', 'first'],
    ]);
    recorder.recordRemoved('agent:a', { origin: 'watch' });
    expect(results).toHaveLength(6);
  });

  test('a state that does not answer in between hides no break', () => {
    const { watches, results, set } = watching();
    watches.add({ name: 'few', keys: '*', expression: '$.n < 5' });
    for (const n of [1, [], 9]) set('agent:a', ['n'], n);
    expect(results.map(({ turn, evaluation }) => [turn, evaluation.ok])).toEqual([
      ['first', true],
      [null, false],
      ['broken', true],
    ]);
  });

  test('keeps its values, where they changed, and itself in the journal', () => {
    const first = watching();
    const watch = first.watches.add({ name: 'few', keys: '*', expression: '$.n < 5' });
    for (const n of [1, 2, 2, 7]) first.set('agent:a', ['n'], n);
    first.set('agent:a', ['other'], 1);
    first.writer.flush();
    const values = first.watches.history(watch.id, 'agent:a');
    expect(values.map(({ value, holds }) => [value, holds])).toEqual([
      ['1', true],
      ['2', true],
      ['7', false],
    ]);
    expect(() => first.watches.add({ name: 'bad', keys: '*', expression: '$.n <' })).toThrow(/character 6/);
    first.journal.close();

    const again = watching();
    expect(again.watches.list).toEqual([watch]);
    again.set('agent:a', ['n'], 8);
    again.set('agent:a', ['n'], 1);
    expect(again.results.map(({ turn }) => turn)).toEqual([null, 'mended']);
    expect(again.watches.remove(watch.id)).toBe(true);
    expect(again.watches.history(watch.id, 'agent:a')).toEqual([]);
  });

  test('keeps a thousand values at most', () => {
    const { watches, writer, set } = watching();
    const { id } = watches.add({ name: 'n', keys: '*', expression: '$.n < 5' });
    for (let n = 0; n < 1500; n++) set('agent:a', ['n'], n);
    writer.flush();
    const values = watches.history(id, 'agent:a', 5000);
    expect(values).toHaveLength(1000);
    expect(values.at(-1)?.value).toBe('1499');
  });
});

describe('bisect', () => {
  test('finds the first change after which it is false, in a logarithm of the states', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 400 }), fc.nat({ max: 420 }), async (commits, breaks) => {
        // The same numbers may come again.
        const { journal, writer, set } = bench.record(`${(runs += 1)}.db`);
        for (let at = 0; at < commits; at++)
          set('agent:a', at % 3 === 0 ? ['n'] : ['other', at], at >= breaks && at % 3 === 0 ? -1 - at : at);
        writer.flush();
        const question = expression('$.n >= 0');
        const wanted = Math.ceil(breaks / 3) * 3;
        for (const mode of ['assume-monotone', 'linear'] as const) {
          const result = await bisect(journal, 'agent:a', question, { mode });
          expect(result.found?.seq ?? null).toBe(wanted < commits ? wanted + 1 : null);
          expect(result.before?.seq ?? null).toBe(wanted < commits && wanted > 0 ? wanted : null);
          expect(result.commits).toBe(commits);
          if (mode === 'assume-monotone') expect(result.loads).toBeLessThanOrEqual(Math.ceil(Math.log2(commits)) + 2);
          else expect(result.loads).toBe(Math.min(commits, wanted + 1));
        }
        journal.close();
      }),
      { numRuns: 25 },
    );
  });

  test('linear sees what is mended again; a removed state is passed over', async () => {
    const { journal, writer, recorder, save } = bench.record();
    for (const n of [1, -1, 1, 1, 1]) save('agent:a', { n });
    recorder.recordRemoved('agent:a', { origin: 'watch' });
    save('agent:a', { n: 2 });
    writer.flush();
    const question = expression('$.n > 0');
    expect((await bisect(journal, 'agent:a', question, { mode: 'linear' })).found?.seq).toBe(2);
    expect((await bisect(journal, 'agent:a', question, { mode: 'assume-monotone' })).found).toBeNull();
  });

  test('of several changes in one save names the first that has it be false', async () => {
    const { journal, writer, save } = bench.record();
    save('agent:a', { first: 1, status: 'idle', list: [1], last: 1 });
    save('agent:a', { first: 2, status: 'error', list: [1, 2, 3], last: 2 });
    writer.flush();
    const named = async (text: string) => {
      const { change, found } = await bisect(journal, 'agent:a', expression(text), { mode: 'linear' });
      expect(found?.seq).toBe(2);
      return change === null ? null : journal.changeAt(change)?.path;
    };
    expect(await named('$.status != "error"')).toBe('status');
    expect(await named('count($.list) <= 2')).toBe('list[2]');
    expect(await named('$.first == 1 and $.last == 1')).toBe('first');
    // Each of the two alone does no harm.
    expect(await named('not ($.first == 2 and $.last == 2)')).toBe('last');
  });

  test('tells how far it has come, and hears of a cancel in between', async () => {
    const { journal, writer, set } = bench.record();
    for (let n = 0; n < 5000; n++) set('agent:a', ['n'], n);
    writer.flush();
    const controller = new AbortController();
    const told: { done: number; total: number }[] = [];
    const run = bisect(journal, 'agent:a', expression('$.n >= 0'), {
      mode: 'linear',
      signal: controller.signal,
      onProgress: (progress) => {
        told.push(progress);
        if (told.length === 2) controller.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(told.map(({ total }) => total)).toEqual([5000, 5000]);
    expect(told[1]?.done).toBeGreaterThan(told[0]?.done ?? 0);
  });

  test('says why it cannot answer', async () => {
    const { journal, writer, save } = bench.record();
    save('agent:a', { n: [] });
    writer.flush();
    const question = expression('$.n > 0');
    const code = (key: string, signal?: AbortSignal) =>
      bisect(journal, key, question, { mode: 'linear', signal }).catch(
        (error: unknown) => (error as { code: string }).code,
      );
    expect(await code('agent:a')).toBe('unanswered');
    expect(await code('agent:none')).toBe('not-found');
    expect(await code('agent:a', AbortSignal.abort())).toBe('cancelled');
  });

  test('works on what retention has left', async () => {
    const { journal, writer, set } = bench.record();
    for (let n = 0; n < 4000; n++) set('agent:a', ['n'], n < 3500 ? n : -n);
    writer.flush();
    await journal.retain(journal.planRetention({ maxChanges: 2500 }));
    for (const mode of ['assume-monotone', 'linear'] as const) {
      expect((await bisect(journal, 'agent:a', expression('$.n >= 0'), { mode })).found?.seq).toBe(3501);
    }
    expect(textOf(journal.stateAt('agent:a', { seq: 3501 }))).toBe('{"n":-3500}');
  });
});
