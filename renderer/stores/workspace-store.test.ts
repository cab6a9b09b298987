import { beforeEach, expect, test } from 'vitest';
import type { WorkspaceSummary } from '../../shared/ipc/model.ts';
import { useWorkspace, workspaceArmed, workspaceChanged, workspaceOpened, workspaceStale } from './workspace-store.ts';

const READ: WorkspaceSummary = {
  workspace: 'w',
  format: 'json',
  location: '/states',
  name: 'states',
  states: 1,
  kinds: { agent: 1 },
  bytes: 10,
  problems: 0,
  unfollowedLinks: 0,
  openedAt: '2026-11-22T10:00:00Z',
  generation: 1,
  armed: false,
  notWritable: null,
  asOf: null,
  indexing: null,
};
const now = () => useWorkspace.getState();

beforeEach(() => workspaceOpened(READ));

test('a later reading of the same source replaces the one before, and what was stale is not any more', () => {
  workspaceStale('w', ['agent:a']);
  workspaceChanged({ ...READ, generation: 2, states: 2 });
  expect(now().workspace?.states).toBe(2);
  expect(now().stale).toBeNull();
});

test('an earlier reading that comes late is not heard, nor is one of another source', () => {
  workspaceChanged({ ...READ, generation: 2, states: 2 });
  workspaceChanged(READ);
  workspaceChanged({ ...READ, workspace: 'other', generation: 9, states: 9 });
  expect(now().workspace?.states).toBe(2);
});

test('the same reading, armed, leaves what is stale', () => {
  workspaceStale('w', null);
  workspaceChanged({ ...READ, armed: true });
  expect(now().workspace?.armed).toBe(true);
  expect(now().stale).toEqual({ keys: null });
});

test('no keys: the source is again as it was read', () => {
  workspaceStale('w', ['agent:a']);
  expect(now().stale).toEqual({ keys: ['agent:a'] });
  workspaceStale('w', []);
  expect(now().stale).toBeNull();
});

test('arming is of the open source only', () => {
  workspaceArmed('other', true);
  expect(now().workspace?.armed).toBe(false);
  workspaceArmed('w', true);
  expect(now().workspace?.armed).toBe(true);
});
