import { afterEach, expect, test } from 'vitest';
import type { ConsistencyFinding } from '../../shared/ipc/consistency.ts';
import { repairAsked, toggleRepair, useRepair, whichOf } from './repair-store.ts';

const FINDING: ConsistencyFinding = {
  id: 'dangling-tool-call|session:a|$[0]',
  rule: 'dangling-tool-call',
  group: 'conversation',
  severity: 'error',
  message: 'The call has no result',
  details: {},
  foundKey: null,
  key: 'session:a',
  location: 'a.json',
  path: [0],
  at: '$[0]',
  offset: 1,
  related: [],
  repair: { id: 'answer-call', details: {}, edits: null },
};
const CHOICES = [FINDING.repair, { id: 'remove-call', details: {}, edits: null }].flatMap((each) => each ?? []);

const which = () => whichOf(useRepair.getState());
afterEach(() => repairAsked(null));

test('nobody has asked: nothing is planned', () => {
  expect(which()).toBeNull();
});

test('for one finding, the chosen repair is asked for', () => {
  repairAsked({ finding: FINDING, choices: CHOICES, choice: 'remove-call' });
  expect(which()).toEqual({ only: { finding: FINDING.id, key: 'session:a', repair: 'remove-call' } });
});

test('of a file that holds no state there is nothing to repair', () => {
  repairAsked({ finding: { ...FINDING, key: null }, choices: CHOICES, choice: 'answer-call' });
  expect(which()).toBeNull();
});

test('of all that is wrong, what a person unticks stays, until it is ticked again', () => {
  repairAsked({ finding: null, choices: [], choice: null });
  expect(which()).toEqual({ except: [] });
  toggleRepair('a');
  toggleRepair('b');
  expect(which()).toEqual({ except: ['a', 'b'] });
  toggleRepair('a');
  expect(which()).toEqual({ except: ['b'] });
  repairAsked({ finding: null, choices: [], choice: null });
  expect(which()).toEqual({ except: [] });
});
