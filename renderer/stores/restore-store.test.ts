import { beforeEach, expect, test } from 'vitest';
import type { MomentRef } from '../../shared/ipc/moments.ts';
import type { RestoreChange, RestoreRow } from '../../shared/ipc/restore.ts';
import {
  changeRestore,
  isAllTicked,
  isStateOn,
  requestOf,
  restoreAsked,
  toggleChange,
  toggleState,
  useRestore,
} from './restore-store.ts';

const change = (kind: RestoreChange['kind'], ...path: (string | number)[]): RestoreChange => {
  return { kind, path, pathText: path.join('.'), before: '1', after: '2', chosen: true };
};
const row = (key: string, ...changes: RestoreChange[]): RestoreRow => {
  const counts = { added: 0, removed: 0, changed: changes.length };
  return { key, type: null, action: 'write', bytesBefore: 1, bytesAfter: 1, counts, changes, more: 0 };
};

const [came, went] = [change('added', 'list', 1), change('removed', 'list', 1)];
const [a, b] = [row('agent:a', came, went), row('agent:b', change('changed', 'x'))];
beforeEach(() => {
  restoreAsked({ from: { at: 'seq', seq: 3 }, keys: null, name: null });
  const plan = {
    plan: 'p',
    from: { at: 'seq', seq: 3 },
    location: '/x',
    mode: 'replace',
    checks: [],
    states: 2,
    possible: true,
  } as const;
  changeRestore({ all: { ...plan, rows: [a, b] } });
});

const picks = () => requestOf(useRestore.getState(), 'ticked')?.picks;

test('everything is ticked at first, and asked for as a whole', () => {
  expect(isAllTicked(useRestore.getState())).toBe(true);
  expect(picks()).toEqual([
    { key: 'agent:a', paths: null },
    { key: 'agent:b', paths: null },
  ]);
});

test('of what came and what went at the same path each is ticked for itself', () => {
  toggleState(b);
  toggleChange(a, went);
  expect(picks()).toEqual([{ key: 'agent:a', paths: [{ path: ['list', 1], side: 'then' }] }]);
});

test('a state without a ticked change is not ticked, and whole when it is ticked again', () => {
  toggleChange(a, came);
  toggleChange(a, went);
  expect(isStateOn(useRestore.getState(), a)).toBe(false);
  toggleChange(a, went);
  expect(picks()?.[0]).toEqual({ key: 'agent:a', paths: [{ path: ['list', 1], side: 'now' }] });
  toggleState(a);
  toggleState(a);
  expect(picks()?.[0]).toEqual({ key: 'agent:a', paths: null });
});

test('what the moment does not have is removed with all of it, and of a backup within what was chosen of it', () => {
  const asked = (from: MomentRef, keys: readonly string[] | null) => {
    restoreAsked({ from, keys, name: null });
    changeRestore({ removeOthers: true });
    return requestOf(useRestore.getState(), 'all');
  };
  const backup: MomentRef = { at: 'source', location: '/backups/a.json' };
  expect(asked({ at: 'snapshot', snapshot: 's1' }, null)).toMatchObject({ picks: null, removeOthers: true });
  expect(asked({ at: 'snapshot', snapshot: 's1' }, ['agent:a'])).toMatchObject({ removeOthers: false });
  expect(asked(backup, ['agent:*'])).toMatchObject({ picks: [{ key: 'agent:*', paths: null }], removeOthers: true });
});
