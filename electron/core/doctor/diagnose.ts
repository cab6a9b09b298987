/** What the session doctor has to say about a source: the report of a consistency check, as far as it is the doctor's business. */
import type { ConsistencyFinding, ConsistencyReport, FindingSeverity } from '../../../shared/ipc/consistency.ts';
import {
  type ConsistencyOptions,
  type ConsistencyRun,
  StateConsistencyChecker,
} from '../consistency/check-consistency.ts';
import type { Source } from '../sources/source.ts';
import { CONVERSATION_RULES } from './rules/index.ts';

/** The rules about conversations, and those about the text itself. */
export const DOCTOR_RULES: ReadonlySet<string> = new Set([
  'readable',
  'whole-text',
  'duplicate-key',
  'not-a-number',
  'lone-surrogate',
  ...CONVERSATION_RULES.map(({ id }) => id),
]);

export interface DiagnoseOptions extends ConsistencyOptions {
  /** Only these rules; empty or absent: the doctor's, and every finding that can be repaired. */
  readonly only?: readonly string[];
}

/** @throws SourceError `cancelled`. */
export async function diagnose(
  source: Source,
  { only = [], ...options }: DiagnoseOptions = {},
  run: ConsistencyRun = QUIET,
): Promise<ConsistencyReport> {
  return doctorsPart(await new StateConsistencyChecker(source, options).check(run), only);
}

/** @param only as in `DiagnoseOptions` */
export function doctorsPart(report: ConsistencyReport, only: readonly string[] = []): ConsistencyReport {
  const isAsked = (rule: string, repair: ConsistencyFinding['repair']) =>
    only.length > 0 ? only.includes(rule) : DOCTOR_RULES.has(rule) || repair !== null;
  const findings = report.findings.filter(({ rule, repair }) => isAsked(rule, repair));
  const found = new Set(findings.map(({ rule }) => rule));
  const checks = report.checks.filter(({ rule }) => found.has(rule) || isAsked(rule, null));
  const counts: Record<FindingSeverity, number> = { error: 0, warning: 0, note: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return { ...report, checks, findings, counts, isConsistent: counts.error === 0 };
}

const QUIET: ConsistencyRun = { isCancelled: () => false, onProgress: () => undefined };
