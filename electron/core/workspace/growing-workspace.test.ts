/** What is shown of a big file while its states are still being found. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { WorkspaceSummary } from '../../../shared/ipc/model.ts';
import { openSource } from '../sources/open-source.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { EditableWorkspace } from './editable-workspace.ts';
import type { Workspace } from './workspace.ts';

const ROWS: Parameters<Workspace['explorerRows']>[0] = {
  filter: '',
  groupBy: 'kind',
  sort: 'key',
  collapsed: [],
  offset: 0,
  limit: 100,
};

async function grow(path: string, indexAbove = 0) {
  const told: WorkspaceSummary[] = [];
  const workspace = await EditableWorkspace.open(
    {
      id: 'w',
      growing: true,
      context: { safetyFolder: temporaryFolder() },
      open: (options) => openSource(path, { indexAbove, ...options }),
      onChanged: (summary) => told.push(summary),
    },
    {},
  );
  onTestFinished(() => workspace.close());
  return { workspace, told };
}

/** A hole is as long to go through as what it stands for, and takes no space. */
function writeWithHole(path: string, gigabytes: number): void {
  const file = openSync(path, 'w');
  writeSync(file, '{"states":{"agent:first":{"n":1},"agent:hole":"', 0);
  writeSync(file, '","agent:last":{"n":2}},"metadata":{"total_states":3}}', gigabytes * 2 ** 30);
  closeSync(file);
}

test('its first states are listed and read, and what needs all of them says that they are not known', async () => {
  const path = join(temporaryFolder(), 'hole.json');
  writeWithHole(path, 30);
  const { workspace, told } = await grow(path);
  expect(workspace.summary()).toMatchObject({ states: 1, indexing: { status: 'running' } });
  expect(workspace.reading.explorerRows(ROWS).rows).toMatchObject([{ group: 'agent' }, { key: 'agent:first' }]);
  expect((await workspace.openState({ key: 'agent:first' })).bytes).toBe(7);
  expect(() => workspace.assertWhole()).toThrow(expect.objectContaining({ code: 'still-indexing' }));
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(1), { timeout: 5000 });
  workspace.index({ go: false });
  await vi.waitFor(() => expect(workspace.summary().indexing?.status).toBe('stopped'));
  expect(told.at(-1)).toMatchObject({ states: 1, generation: 0, indexing: { status: 'stopped' } });
  expect(() => workspace.assertWhole()).toThrow(expect.objectContaining({ code: 'still-indexing' }));
});

test('stopped and gone on with, it ends with all states, told a few times a second', async () => {
  const states = Array.from({ length: 20_000 }, (_, n) => `"agent:${n}":{"status":"idle","text":"${'x'.repeat(900)}"}`);
  const path = write(temporaryFolder(), 'many.json', `{"states":{${states.join(',')}},"metadata":{}}`);
  const began = performance.now();
  const { workspace, told } = await grow(path);
  workspace.index({ go: false });
  await vi.waitFor(() => expect(workspace.summary().indexing?.status).toBe('stopped'));
  const part = workspace.summary().states;
  workspace.index({ go: true });
  await vi.waitFor(() => expect(workspace.summary().indexing).toBeNull(), { timeout: 10_000 });
  expect(part).toBeLessThan(20_000);
  expect(told.at(-1)).toMatchObject({ states: 20_000, kinds: { agent: 20_000 }, generation: 0, indexing: null });
  expect(workspace.reading.explorerRows(ROWS)).toMatchObject({ total: 20_001, rows: { 1: { status: 'idle' } } });
  // Beside the answers to being stopped and gone on with.
  expect(told.length).toBeLessThanOrEqual(5 + ((performance.now() - began) / 1000) * 4);
  workspace.assertWhole();
});

test('what had promised to be a backup and is none is shown as what it is, anew', async () => {
  const states = Array.from({ length: 3000 }, (_, n) => `"agent:${n}":{"n":${n}}`).join(',');
  const path = write(temporaryFolder(), 'no-backup.json', `{"states":{${states}}}`);
  const { workspace, told } = await grow(path);
  await vi.waitFor(() => expect(workspace.summary().indexing).toBeNull());
  expect(workspace.summary()).toMatchObject({ format: 'json', states: 1 });
  expect(workspace.reading.explorerRows(ROWS).rows).toMatchObject([{ group: 'file' }, { key: 'file:no-backup' }]);
  expect((await workspace.openState({ key: 'file:no-backup' })).rootKind).toBe('object');
  expect(told.at(-1)?.indexing ?? null).toBeNull();
});
