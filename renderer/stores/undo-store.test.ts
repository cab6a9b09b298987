import { beforeEach, expect, test } from 'vitest';
import { forgetWrites, useUndo, writeDone, writeRedone, writeUndone } from './undo-store.ts';

const write = (undo: string) => ({ key: 'agent:a', undo });
const names = (list: readonly { readonly undo: string }[]) => list.map(({ undo }) => undo);

beforeEach(forgetWrites);

test('the last write is undone first, and redone last', () => {
  for (const name of ['1', '2', '3']) writeDone(write(name));
  writeUndone(write('-3'));
  writeUndone(write('-2'));
  expect(names(useUndo.getState().done)).toEqual(['1']);
  expect(useUndo.getState().undone.at(-1)?.undo).toBe('-2');
  writeRedone(write('2 again'));
  expect(names(useUndo.getState().done)).toEqual(['1', '2 again']);
  expect(names(useUndo.getState().undone)).toEqual(['-3']);
});

test('a new write ends what could be redone', () => {
  writeDone(write('1'));
  writeUndone(write('-1'));
  writeDone(write('2'));
  expect(useUndo.getState().undone).toEqual([]);
});

test('what could not be undone is forgotten', () => {
  writeDone(write('1'));
  writeUndone(null);
  expect(useUndo.getState()).toEqual({ done: [], undone: [] });
});

test('fifty are kept', () => {
  for (let index = 0; index < 60; index += 1) writeDone(write(String(index)));
  expect(useUndo.getState().done).toHaveLength(50);
  expect(useUndo.getState().done[0]?.undo).toBe('10');
});
