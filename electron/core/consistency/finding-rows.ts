/** The findings of a report as rows of a list: filtered, grouped by rule or by state, opened and closed. */
import type { ConsistencyFinding, FindingSeverity } from '../../../shared/ipc/consistency.ts';
import { FINDING_SEVERITIES } from '../../../shared/ipc/consistency.ts';
import type { ConsistencyRow, FindingGrouping } from '../../../shared/ipc/consistency-view.ts';
import { repairsOf } from '../doctor/repairs.ts';

export interface FindingQuery {
  readonly by: FindingGrouping;
  /** In the key, the place or the message, whatever its capitals; empty for all. */
  readonly text: string;
  /** Rules whose names have the text in the person's language. */
  readonly rules: readonly string[];
  readonly severities: readonly FindingSeverity[];
  /** Ids of rows that are not as they are at first. */
  readonly toggled: readonly string[];
}

/** So many of one kind are shown at first; of more, a person opens what they want to see. */
const OPEN_AT_FIRST = 20;

export function findingRows(findings: readonly ConsistencyFinding[], query: FindingQuery): ConsistencyRow[] {
  const chosen = findings.filter(accepts(query));
  const toggled = new Set(query.toggled);
  return query.by === 'rule' ? byRule(chosen, toggled) : byState(chosen, toggled);
}

function accepts({ text, rules, severities }: FindingQuery): (finding: ConsistencyFinding) => boolean {
  const wanted = text.trim().toLowerCase();
  const named = new Set(rules);
  return ({ severity, rule, key, location, at, message }) => {
    if (!severities.includes(severity)) return false;
    if (wanted === '' || named.has(rule)) return true;
    return [key ?? '', location, at, rule, message].some((each) => each.toLowerCase().includes(wanted));
  };
}

function byRule(findings: readonly ConsistencyFinding[], toggled: ReadonlySet<string>): ConsistencyRow[] {
  const rows: ConsistencyRow[] = [];
  for (const [group, ofGroup] of grouped(findings, (finding) => finding.group)) {
    const id = `group ${group}`;
    const open = !toggled.has(id);
    rows.push({ row: 'group', id, group, worst: worstOf(ofGroup), findings: ofGroup.length, open });
    if (!open) continue;
    for (const [rule, ofRule] of grouped(ofGroup, (finding) => finding.rule)) {
      // One finding says what its rule is by itself.
      if (ofRule.length === 1) {
        rows.push(...ofRule.map((finding) => rowOf(finding, 2, 'group')));
        continue;
      }
      const ruleId = `rule ${rule}`;
      const isOpen = ofRule.length <= OPEN_AT_FIRST !== toggled.has(ruleId);
      const worst = worstOf(ofRule);
      rows.push({ row: 'rule', id: ruleId, rule, worst, findings: ofRule.length, open: isOpen });
      if (!isOpen) continue;
      rows.push(...ofRule.map((finding) => rowOf(finding, 3, 'rule')));
    }
  }
  return rows;
}

/** The states in which the worst is wrong come first. */
function byState(findings: readonly ConsistencyFinding[], toggled: ReadonlySet<string>): ConsistencyRow[] {
  const rank = (severity: FindingSeverity) => FINDING_SEVERITIES.indexOf(severity);
  const groups = [...grouped(findings, ({ key, location }) => (key === null ? `file ${location}` : `state ${key}`))]
    .map(([id, members]) => ({ id, members, worst: worstOf(members) }))
    .toSorted((a, b) => rank(a.worst) - rank(b.worst));
  return groups.flatMap(({ id, members, worst }) => {
    const [first] = members;
    if (first === undefined) return [];
    const open = members.length <= OPEN_AT_FIRST !== toggled.has(id);
    const { key, location } = first;
    const head = { row: 'state', id, key, location, worst, findings: members.length, open } as const;
    if (!open) return [head];
    return [head, ...members.map((finding) => rowOf(finding, 2, 'state'))];
  });
}

function rowOf(finding: ConsistencyFinding, level: number, below: 'group' | 'rule' | 'state'): ConsistencyRow {
  return { row: 'finding', finding, repairs: repairsOf(finding), level, below };
}

function grouped<T, K extends string>(items: readonly T[], nameOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

function worstOf(findings: readonly ConsistencyFinding[]): FindingSeverity {
  return FINDING_SEVERITIES.find((severity) => findings.some((finding) => finding.severity === severity)) ?? 'note';
}
