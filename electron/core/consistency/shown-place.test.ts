import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { FindingPlace } from '../../../shared/ipc/consistency.ts';
import { openSource } from '../sources/open-source.ts';
import { Workspace } from '../workspace/workspace.ts';
import { shownPlace } from './shown-place.ts';

const folder = mkdtempSync(join(tmpdir(), 'statescope-place-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What is shown of a place in a state with this text. */
async function placeIn(text: string, { path = [], offset = null }: Partial<FindingPlace>, pagedAbove?: number) {
  const file = join(folder, 'friday.json');
  writeFileSync(file, text);
  const workspace = new Workspace(
    await openSource(file, pagedAbove === undefined ? {} : { indexAbove: 1 }),
    undefined,
    pagedAbove,
  );
  const key = workspace.source.entries[0]?.key ?? '';
  const shown = await shownPlace(workspace, { key, location: 'friday.json', path, at: '', offset });
  await workspace.close();
  return shown;
}

const MESSAGES = JSON.stringify({
  friday: {
    memory: { content: [0, 1, 2].map((at) => [{ id: `m${at}`, role: 'user', content: `text ${at}`, name: 'u' }, []]) },
  },
});

test('a value is shown among its neighbours, at most two on each side', async () => {
  const text = '{"a":1,"b":[1,2],"status":"busy","d":null,"e":{},"f":0}';
  const { excerpt } = await placeIn(text, { path: ['status'], offset: text.indexOf('"busy"') });
  expect(excerpt).toMatchObject({ kind: 'values', more: true });
  expect(excerpt?.kind === 'values' && excerpt.lines.map(({ name, text, isPlace }) => [name, text, isPlace])).toEqual([
    ['a', '1', false],
    ['b', '[1,2]', false],
    ['status', '"busy"', true],
    ['d', 'null', false],
    ['e', '{}', false],
  ]);
});

test('of a name that is there twice, the byte tells which one is meant', async () => {
  const text = '{"1":"first","1":"second"}';
  const { excerpt } = await placeIn(text, { path: ['1'], offset: text.indexOf('"first"') });
  expect(excerpt?.kind === 'values' && excerpt.lines.map(({ isPlace }) => isPlace)).toEqual([true, false]);
});

test('for something that is missing, what it should be in is shown, and nothing is marked', async () => {
  const { node, excerpt } = await placeIn('{"state":{"a":1}}', { path: ['state', 'status'] });
  expect(node).toBe(1);
  expect(excerpt).toMatchObject({ kind: 'values', in: 'state', lines: [{ name: 'a', isPlace: false }], more: false });
});

test('bytes that are no value are shown as text', async () => {
  const text = '{"a":"状态\u0001 behind"}';
  const { excerpt } = await placeIn(text, { path: ['a'], offset: Buffer.from(text).indexOf('\u0001') });
  expect(excerpt).toMatchObject({ kind: 'text', before: '{"a":"状态', after: '\u0001 behind"}', cutBefore: false });
});

test('where only a byte of the text is known, the last value before it is the place', async () => {
  const text = '{"a":1,"b":[2,"cut o';
  const { node, excerpt } = await placeIn(text, { offset: text.length });
  expect(node).toBe(4);
  expect(excerpt).toMatchObject({ kind: 'text', before: text, after: '' });
});

test('within a message, its conversation and its number are told', async () => {
  const { message } = await placeIn(MESSAGES, { path: ['friday', 'memory', 'content', 1, 0, 'content'] });
  expect(message).toMatchObject({ index: 1 });
  expect((await placeIn(MESSAGES, { path: ['friday', 'memory'] })).message).toBeNull();
});

test('a state that is read in parts is shown by its bytes', async () => {
  const offset = MESSAGES.indexOf('"text 1"');
  const { node, excerpt } = await placeIn(MESSAGES, { path: ['friday'], offset }, 10);
  expect(node).toBe(offset);
  expect(excerpt).toMatchObject({ kind: 'text' });
  expect(excerpt?.kind === 'text' && excerpt.after).toMatch(/^"text 1"/);
});

test('a place outside of all states leads nowhere', async () => {
  const workspace = new Workspace(await openSource(folder));
  const place = { location: '.', path: [], at: '$', offset: null };
  const nowhere = { node: null, message: null, excerpt: null };
  expect(await shownPlace(workspace, { ...place, key: null })).toEqual(nowhere);
  expect(await shownPlace(workspace, { ...place, key: 'agent:gone' })).toEqual(nowhere);
  await workspace.close();
});
