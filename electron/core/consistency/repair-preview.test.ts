import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ConsistencyReport } from '../../../shared/ipc/consistency.ts';
import { Repairing } from '../doctor/repairing.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { EditableWorkspace } from '../workspace/editable-workspace.ts';
import { StateConsistencyChecker } from './check-consistency.ts';
import { previewRepairs } from './repair-preview.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', '..', 'assets', 'sample-workspace');
const folder = mkdtempSync(join(tmpdir(), 'statescope-repairs-'));
const check = (source: Source) =>
  new StateConsistencyChecker(source).check({ isCancelled: () => false, onProgress: () => undefined });

let workspace: EditableWorkspace;
let repairing: Repairing;
let report: ConsistencyReport;
const isReported = (id: string) => report.findings.some((finding) => finding.id === id);

beforeAll(async () => {
  // After the sample was saved: what is repaired is stamped, and checked, with the time at which that is done.
  vi.setSystemTime(Date.UTC(2026, 11, 1));
  const context = { safetyFolder: join(folder, 'safety') };
  const open = () => openSource(SAMPLE);
  workspace = await EditableWorkspace.open({ id: 'w', context, open, onChanged: () => undefined }, {});
  const restoring = {
    applyPlan: () => {
      throw new Error('nothing is written in place here');
    },
  };
  repairing = new Repairing({ target: workspace, restoring, check, name: 'repair' });
  report = await check(workspace.source);
});
afterAll(async () => {
  vi.useRealTimers();
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

test('everything that is wrong is repaired, and what follows from that is marked; notes stay as they are', async () => {
  const { repairs, followUps, texts } = await previewRepairs(repairing, { except: [] }, {}, isReported);
  const asked = repairs.map(({ finding }) => finding).filter((id) => !followUps.includes(id));
  const wrong = report.findings.filter(({ severity, repair }) => severity !== 'note' && repair !== null);
  expect(asked.toSorted()).toEqual(wrong.map(({ id }) => id).toSorted());
  expect(followUps.length).toBeGreaterThan(0);
  expect(new Set(texts.map(({ key }) => key))).toEqual(new Set(repairs.map(({ key }) => key)));
  expect(texts.every(({ changes }) => changes.length > 0)).toBe(true);
});

test('what a person has unticked stays', async () => {
  const [first] = report.findings.filter(({ repair }) => repair !== null);
  const { repairs } = await previewRepairs(repairing, { except: [first?.id ?? ''] }, {}, isReported);
  expect(repairs.map(({ finding }) => finding)).not.toContain(first?.id);
});

test('one finding is repaired in the way that was chosen, and nothing else is', async () => {
  const call = report.findings.find(({ rule, key }) => rule === 'dangling-tool-call' && key === 'agent:researcher');
  const only = { finding: call?.id ?? '', key: 'agent:researcher', repair: 'remove-call' };
  const { repairs, texts } = await previewRepairs(repairing, { only }, {}, isReported);
  expect(repairs).toMatchObject([only]);
  expect(texts.map(({ key }) => key)).toEqual(['agent:researcher']);
});

test('in a copy of all of it nothing is wrong any more', async () => {
  const { plan } = await previewRepairs(repairing, { except: [] }, {}, isReported);
  const { path } = await repairing.copyTo(plan, join(folder, 'copy'));
  const copy = await openSource(path);
  const { findings } = await check(copy);
  await copy.close();
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});
