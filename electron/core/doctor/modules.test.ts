/** Parts that a session has lost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../sources/test-support.ts';
import { findingsOf, open } from './test-support.ts';

const MEMORY = '"memory": {"content": []}';

async function found(...sessions: readonly string[]) {
  const folder = temporaryFolder();
  for (const [at, text] of sessions.entries()) writeFileSync(join(folder, `s${at}.json`), text);
  return (await findingsOf(await open(folder))).map(({ key, details, repair }) => [
    key,
    details['module'],
    repair?.edits?.[0],
  ]);
}

const set = (name: string, text: string) => ({ op: 'set', path: ['friday', name], text });

it('what all other sessions of the agent have is missing; an empty module, or the value of all others, can be put in', async () => {
  const whole = `{"friday": {${MEMORY}, "toolkit": {"active_groups": ["a"]}, "name": "Friday", "plan": {"x": 1}}}`;
  expect(await found(whole, `{"friday": {${MEMORY}}}`, whole)).toEqual([
    ['session:s1', 'toolkit', set('toolkit', '{"active_groups": []}')],
    ['session:s1', 'name', set('name', '"Friday"')],
    // What is in a module of another session is that one's.
    ['session:s1', 'plan', undefined],
  ]);
});

it('what the others have differently is missing, and only a person knows what it was', async () => {
  const named = (name: string) => `{"friday": {${MEMORY}, "name": "${name}"}}`;
  expect(await found(named('a'), named('b'), `{"friday": {${MEMORY}}}`)).toEqual([['session:s2', 'name', undefined]]);
});

it('nothing is missing that another session does not have either, or another agent has', async () => {
  const [bare, named] = [`{"friday": {${MEMORY}}}`, `{"friday": {${MEMORY}, "name": "x"}}`];
  expect(await found(bare, bare, named)).toEqual([]);
  expect(await found(bare, named.replace('friday', 'monday'))).toEqual([]);
  expect(await found(bare)).toEqual([]);
});
