import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  CHECK_GROUPS,
  type ConsistencyFinding,
  FINDING_SEVERITIES,
  type FindingSeverity,
} from '../../../shared/ipc/consistency.ts';
import { type FindingQuery, findingRows } from './finding-rows.ts';

function found(rule: string, key: string | null, severity: FindingSeverity = 'error', location = 'a.json') {
  const finding: ConsistencyFinding = {
    id: `${rule}|${key ?? location}|$`,
    rule,
    group: rule === 'dangling' ? 'relationships' : 'validity',
    severity,
    message: `${rule} of ${key}`,
    details: {},
    foundKey: null,
    key,
    location,
    path: [],
    at: '$',
    offset: null,
    related: [],
    repair: null,
  };
  return finding;
}

const ALL: FindingQuery = { by: 'rule', text: '', rules: [], severities: FINDING_SEVERITIES, toggled: [] };
const shown = (findings: readonly ConsistencyFinding[], query: Partial<FindingQuery> = {}) =>
  findingRows(findings, { ...ALL, ...query }).map((row) =>
    row.row === 'finding' ? `${'  '.repeat(row.level - 1)}${row.finding.id}` : `${row.id} (${row.findings})`,
  );

const THREE = [found('dangling', 's:1'), found('busy', 'a:1'), found('busy', 'a:2', 'warning')];

test('by rule: a rule that found one thing needs no heading of its own', () => {
  expect(shown(THREE)).toEqual([
    'group relationships (1)',
    '  dangling|s:1|$',
    'group validity (2)',
    'rule busy (2)',
    '    busy|a:1|$',
    '    busy|a:2|$',
  ]);
});

test('by state: the states with the worst faults come first, and files that hold no state are told by their place', () => {
  const findings = [
    found('busy', 'a:2', 'warning'),
    found('cut', null, 'error', 'x.json'),
    found('cut', null, 'note', 'y.json'),
  ];
  expect(shown(findings, { by: 'state' })).toEqual([
    'file x.json (1)',
    '  cut|x.json|$',
    'state a:2 (1)',
    '  busy|a:2|$',
    'file y.json (1)',
    '  cut|y.json|$',
  ]);
});

test('a rule that found very much is closed at first, so that the others are seen, and opens when asked', () => {
  const many = Array.from({ length: 500 }, (_, at) => found('busy', `a:${at}`));
  expect(shown([...many, found('other', 'b:1')])).toEqual(['group validity (501)', 'rule busy (500)', '  other|b:1|$']);
  expect(shown(many, { toggled: ['rule busy'] })).toHaveLength(502);
});

test('the filter reads keys, places and messages, and rules by the names that a person reads', () => {
  expect(shown(THREE, { text: 'A:2' })).toEqual(['group validity (1)', '  busy|a:2|$']);
  expect(shown(THREE, { text: '悬空', rules: ['dangling'] })).toEqual(['group relationships (1)', '  dangling|s:1|$']);
  expect(shown(THREE, { severities: ['warning'] })).toEqual(['group validity (1)', '  busy|a:2|$']);
  expect(shown(THREE, { text: 'nothing like it' })).toEqual([]);
});

test('with everything open each finding is there once, however they are grouped', () => {
  const any = fc.record({
    rule: fc.constantFrom('dangling', 'busy', 'cut'),
    key: fc.option(fc.constantFrom('a:1', 'a:2', '__proto__')),
    severity: fc.constantFrom(...FINDING_SEVERITIES),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 18 }), fc.constantFrom('rule', 'state'), (list, by) => {
      const findings = list.map(({ rule, key, severity }, at) => ({ ...found(rule, key, severity), id: String(at) }));
      // As a report orders them.
      findings.sort((a, b) => CHECK_GROUPS.indexOf(a.group) - CHECK_GROUPS.indexOf(b.group));
      const rows = findingRows(findings, { ...ALL, by });
      const ids = rows.flatMap((row) => (row.row === 'finding' ? [row.finding.id] : []));
      expect(ids.toSorted()).toEqual(findings.map(({ id }) => id).toSorted());
      const heads = rows.flatMap((row) => (row.row === 'finding' || row.row === 'rule' ? [] : [row.findings]));
      expect(heads.reduce((sum, each) => sum + each, 0)).toBe(findings.length);
    }),
  );
});
