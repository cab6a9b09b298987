/** Gathers what the rules find into the report: bounded, grouped and in order. */
import {
  CHECK_GROUPS,
  type CheckNotRun,
  type ConsistencyCheckRun,
  type ConsistencyFinding,
  FINDING_SEVERITIES,
  type FindingPlace,
  type FindingSeverity,
} from '../../../shared/ipc/consistency.ts';
import { createTranslator } from '../texts.ts';
import type { Found, Rule } from './rule.ts';

const english = createTranslator(() => 'en');

/** Of one rule; more of the same teach nobody anything, and are counted. */
const MOST_OF_A_RULE = 2000;

interface Tally {
  readonly rule: Pick<Rule, 'id' | 'group' | 'severity'>;
  lookedAt: number;
  found: number;
  notRun: CheckNotRun | null;
  readonly findings: ConsistencyFinding[];
}

export class ReportBuilder {
  readonly #tallies = new Map<string, Tally>();
  readonly #ids = new Set<string>();
  readonly #severities: ReadonlyMap<string, FindingSeverity>;
  readonly #counts = { error: 0, warning: 0, note: 0 };
  #left = 0;

  /** @param severities that a rules file gives instead of the rule's own */
  constructor(
    rules: readonly Pick<Rule, 'id' | 'group' | 'severity'>[],
    severities: ReadonlyMap<string, FindingSeverity>,
  ) {
    this.#severities = severities;
    for (const rule of rules) this.#tallies.set(rule.id, { rule, lookedAt: 0, found: 0, notRun: null, findings: [] });
  }

  lookedAt(rule: string): void {
    this.#tally(rule).lookedAt += 1;
  }

  notRun(rule: string, why: CheckNotRun): void {
    this.#tally(rule).notRun = why;
  }

  /** @param placeOf asked only for findings that are kept: there may be millions */
  add(rule: string, placeOf: () => FindingPlace, found: Found): void {
    const tally = this.#tally(rule);
    const { group, severity: worst } = tally.rule;
    const severity = this.#severities.get(rule) ?? found.severity ?? worst;
    tally.found += 1;
    this.#counts[severity] += 1;
    if (tally.findings.length >= MOST_OF_A_RULE) {
      this.#left += 1;
      return;
    }
    const place = placeOf();
    const { details = {}, related = [], repair = null } = found;
    const foundKey = found.foundKey === undefined ? `consistency.rules.${rule}.found` : found.foundKey;
    const message = found.message ?? (foundKey === null ? '' : english(foundKey, details));
    const id = this.#idOf(rule, place);
    tally.findings.push({ id, rule, group, severity, ...place, message, details, foundKey, related, repair });
  }

  /** @param keys of the source's states in their order */
  finish(keys: readonly string[]) {
    const order = new Map(keys.map((key, at) => [key, at]));
    const position = ({ key }: FindingPlace) => (key === null ? keys.length : (order.get(key) ?? keys.length));
    const tallies = [...this.#tallies.values()];
    const byGroup = (a: { group: ConsistencyFinding['group'] }, b: { group: ConsistencyFinding['group'] }) =>
      CHECK_GROUPS.indexOf(a.group) - CHECK_GROUPS.indexOf(b.group);
    const bySeverity = (a: ConsistencyFinding, b: ConsistencyFinding) =>
      FINDING_SEVERITIES.indexOf(a.severity) - FINDING_SEVERITIES.indexOf(b.severity);
    const checks: ConsistencyCheckRun[] = tallies.map(({ rule, lookedAt, found, notRun }) => {
      const severity = this.#severities.get(rule.id) ?? rule.severity;
      return { rule: rule.id, group: rule.group, severity, lookedAt, found, notRun };
    });
    const findings = tallies
      .flatMap((tally) => tally.findings)
      .toSorted((a, b) => byGroup(a, b) || bySeverity(a, b) || position(a) - position(b));
    const isConsistent = this.#counts.error === 0;
    return { checks: checks.toSorted(byGroup), findings, left: this.#left, counts: { ...this.#counts }, isConsistent };
  }

  #idOf(rule: string, { key, location, at }: FindingPlace): string {
    const base = `${rule}|${key ?? location}|${at}`;
    let id = base;
    for (let n = 2; this.#ids.has(id); n++) id = `${base}#${n}`;
    this.#ids.add(id);
    return id;
  }

  #tally(rule: string): Tally {
    const tally = this.#tallies.get(rule);
    if (tally === undefined) throw new RangeError(`there is no rule ${rule}`);
    return tally;
  }
}
