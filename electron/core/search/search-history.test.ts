import { describe, expect, it } from 'vitest';
import type { SearchQuery } from '../../../shared/ipc/search.ts';
import type { Journal } from '../tracking/journal.ts';
import { journals } from '../tracking/test-support.ts';
import { compileSearch } from './compile.ts';
import { searchHistory } from './search-history.ts';
import { Turns } from './turns.ts';

const QUERY: SearchQuery = { mode: 'text', text: '', caseSensitive: false, wholeWord: false, in: ['keys', 'values'] };
const bench = journals();

/** `agent:a $.task @3`; `until` for what was there before the change that is told. */
async function found(journal: Journal, query: Partial<SearchQuery>): Promise<string[]> {
  const search = compileSearch({ ...QUERY, ...query });
  if ('message' in search) throw new Error(search.message);
  const lines: string[] = [];
  for await (const step of searchHistory(journal, search, { turns: new Turns(() => false), wanted: () => Infinity })) {
    if (step.step !== 'hits') continue;
    for (const { path, moment } of step.hits) {
      lines.push(`${step.key} ${path} ${moment?.replaced === true ? 'until' : ''}@${moment?.seq}`);
    }
  }
  return lines;
}

describe('the history', () => {
  it('tells each value once, with the change that brought it', async () => {
    const { journal, writer, save } = bench.record();
    save('agent:a', { task: 'write the report', log: [] });
    save('agent:a', { task: 'check the report', log: ['x'] });
    save('agent:a', { task: 'write the report', log: ['x', 'y'] });
    save('agent:b', { task: 'report', log: [] });
    writer.flush();
    const lines = await found(journal, { text: 'REPORT' });
    expect(lines.map((line) => line.replace(/@.*/, ''))).toEqual([
      'agent:a $.task ',
      'agent:a $.task ',
      'agent:b $.task ',
    ]);
    const [first, second] = lines.map((line) => Number(line.split('@')[1]));
    expect(second).toBeGreaterThan(first ?? 0);
    // Going there shows it.
    const then = Buffer.from(journal.stateAt('agent:a', { seq: second ?? 0 }) ?? []).toString();
    expect(then).toContain('check the report');
  });

  it('finds what is gone, by a pattern and by a path as well', async () => {
    const { journal, writer, save } = bench.record();
    save('agent:a', { secret_plan: { step: 41 } });
    save('agent:a', { done: true });
    writer.flush();
    expect(await found(journal, { mode: 'regex', text: '^4\\d$' })).toEqual(['agent:a $.secret_plan.step @1']);
    expect(await found(journal, { mode: 'jsonpath', text: '$.secret_plan.step' })).toEqual([
      'agent:a $.secret_plan.step @1',
    ]);
    expect(await found(journal, { text: 'secret' })).toEqual(['agent:a $.secret_plan @1']);
    expect(await found(journal, { text: 'plan.step', in: ['paths'] })).toEqual(['agent:a $.secret_plan.step @1']);
  });

  it('finds a long value behind the beginning that a change shows', async () => {
    const { journal, writer, save } = bench.record();
    save('agent:a', { text: 'short' });
    save('agent:a', { text: `${'long '.repeat(5000)}needle` });
    save('agent:a', { text: 'short' });
    writer.flush();
    expect(await found(journal, { text: 'needle' })).toEqual(['agent:a $.text @2']);
  });
});
