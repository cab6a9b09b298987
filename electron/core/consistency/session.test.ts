import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { FINDING_SEVERITIES } from '../../../shared/ipc/consistency.ts';
import { openSource } from '../sources/open-source.ts';
import { SourceError } from '../sources/source-error.ts';
import { Workspace } from '../workspace/workspace.ts';
import { StateConsistencyChecker } from './check-consistency.ts';
import { ConsistencySession } from './session.ts';

const SAMPLE = join(import.meta.dirname, '..', '..', '..', 'assets', 'sample-workspace');
/** After the sample was saved, whatever the clock says. */
const NOW = Date.UTC(2026, 11, 1);
const ROWS = {
  by: 'rule',
  text: '',
  rules: [],
  severities: FINDING_SEVERITIES,
  toggled: [],
  offset: 0,
  limit: 1000,
} as const;
const QUIETLY = { isCancelled: () => false, onProgress: () => undefined };

let workspace: Workspace | null = null;
afterEach(() => workspace?.close());

async function sessionOf(location: string) {
  const opened = new Workspace(await openSource(location));
  workspace = opened;
  return new ConsistencySession({
    shown: () => ({ workspace: opened, generation: 3 }),
    check: (run) => new StateConsistencyChecker(opened.source, { now: NOW }).check(run),
  });
}

test('what came of a check is told in numbers, and its findings in rows', async () => {
  const session = await sessionOf(SAMPLE);
  expect(session.report()).toBeNull();
  const head = await session.run(QUIETLY);
  expect(session.report()).toBe(head);
  const { rows } = session.rows({ report: head.report, ...ROWS });
  const findings = rows.flatMap((row) => (row.row === 'finding' ? [row.finding] : []));
  const faults = findings.filter(({ severity }) => severity !== 'note');
  expect(faults).toHaveLength(head.counts.error + head.counts.warning);
  expect(head.faulty).toBe(new Set(faults.map(({ key, location }) => key ?? location)).size);
  expect(head.repairable).toBe(faults.filter(({ repair }) => repair !== null).length);
  expect(head.generation).toBe(3);
});

test('a finding leads to its place, and one that is not known leads nowhere', async () => {
  const session = await sessionOf(SAMPLE);
  const head = await session.run(QUIETLY);
  const { rows } = session.rows({ report: head.report, ...ROWS, text: 'agent:coder' });
  const row = rows.find((each) => each.row === 'finding');
  const id = row?.row === 'finding' ? row.finding.id : '';
  expect(await session.place(id, null)).toMatchObject({ excerpt: { kind: 'values' } });
  expect(await session.place(id, 99)).toBeNull();
  expect(await session.place('nothing|like|it', null)).toBeNull();
});

test('a check that is cancelled leaves the report before it as it is, and a new one takes its place', async () => {
  const session = await sessionOf(SAMPLE);
  const first = await session.run(QUIETLY);
  let asked = 0;
  const cancelled = session.run({ ...QUIETLY, isCancelled: () => ++asked > 3 });
  await expect(cancelled).rejects.toSatisfy((error) => error instanceof SourceError && error.code === 'cancelled');
  expect(session.report()).toBe(first);
  const second = await session.run(QUIETLY);
  expect(session.rows({ report: second.report, ...ROWS }).total).toBeGreaterThan(0);
  expect(session.rows({ report: first.report, ...ROWS }).total).toBe(0);
});
