import { afterEach, expect, test } from 'vitest';
import { FINDING_SEVERITIES } from '../../shared/ipc/consistency.ts';
import type { ConsistencyHead } from '../../shared/ipc/consistency-view.ts';
import {
  changeFindings,
  checkBegan,
  checkEnded,
  checkFailed,
  forgetReport,
  standOnFinding,
  toggleFindings,
  toggleSeverity,
  useConsistency,
} from './consistency-store.ts';

const HEAD: ConsistencyHead = {
  report: 'report-1',
  source: '/store',
  rulesFile: null,
  startedAt: '2026-11-20T10:30:00.000Z',
  finishedAt: '2026-11-20T10:30:01.000Z',
  states: 1,
  checks: [],
  left: 0,
  counts: { error: 1, warning: 0, note: 0 },
  isConsistent: false,
  faulty: 1,
  repairable: 1,
  generation: 1,
};
const state = () => useConsistency.getState();

afterEach(() => {
  forgetReport();
  changeFindings({ by: 'rule', severities: FINDING_SEVERITIES });
});

test('a check that is stopped or fails leaves the report before it', () => {
  checkEnded(HEAD);
  checkBegan();
  expect(state()).toMatchObject({ running: true, head: HEAD });
  checkFailed({ code: 'cancelled', message: '', details: {} });
  expect(state()).toMatchObject({ running: false, stopped: true, error: null, head: HEAD });
  checkBegan();
  checkFailed({ code: 'bad-config', message: 'line 3', details: {} });
  expect(state()).toMatchObject({ stopped: false, error: { code: 'bad-config' }, head: HEAD });
});

test('a new report is looked at where the one before was; other rows from their beginning', () => {
  checkEnded(HEAD);
  toggleFindings('rule busy');
  standOnFinding(7);
  checkEnded({ ...HEAD, report: 'report-2' });
  expect(state()).toMatchObject({ active: 7, toggled: ['rule busy'] });
  changeFindings({ text: 'coder' });
  expect(state()).toMatchObject({ active: 1, toggled: ['rule busy'] });
  changeFindings({ by: 'state' });
  expect(state().toggled).toEqual([]);
});

test('severities are switched one by one and keep their order', () => {
  toggleSeverity('error');
  expect(state().severities).toEqual(['warning', 'note']);
  toggleSeverity('error');
  expect(state().severities).toEqual(FINDING_SEVERITIES);
});

test('another source has no report yet, and no filter', () => {
  checkEnded(HEAD);
  changeFindings({ text: 'coder' });
  forgetReport();
  expect(state()).toMatchObject({ head: null, text: '', running: false });
});
