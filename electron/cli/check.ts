import { resolve } from 'node:path';
import {
  CHECK_GROUPS,
  type ConsistencyCheckRun,
  type ConsistencyFinding,
  type ConsistencyReport,
  FINDING_SEVERITIES,
  type FindingSeverity,
} from '../../shared/ipc/consistency.ts';
import { StateConsistencyChecker } from '../core/consistency/check-consistency.ts';
import { openRecorded } from '../core/consistency/open-recorded.ts';
import { readRulesFile, rulesOfFolder } from '../core/consistency/rules-file.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { padColumns, textWidth } from './text-width.ts';

export interface CheckOptions extends OpenOptions {
  /** A rules file; null: that of the folder, if it has one. */
  readonly rules: string | null;
  /** Findings that weigh less are left out. */
  readonly severity: FindingSeverity;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `check SOURCE`: whether the states are whole, fit together and can be true. Exit code 1 when there are errors. */
export function check(output: Output, location: string, options: CheckOptions): Promise<void> {
  return withSource(output, location, options, async (source) => {
    const report = await checkedSource(output, source, options);
    if (!report.isConsistent) output.exitCode = EXIT.findings;
    const weighs = ({ severity }: ConsistencyFinding) =>
      FINDING_SEVERITIES.indexOf(severity) <= FINDING_SEVERITIES.indexOf(options.severity);
    const shown = { ...report, findings: report.findings.filter(weighs) };
    if (options.json) output.json(shown);
    else {
      tellReport(output, shown);
      const count = shown.findings.filter(({ repair }) => repair !== null).length;
      if (count > 0) output.write(`${output.translate('cli.checkHow', { count })}\n`);
    }
  });
}

/** With what has been recorded of it here, and with its rules. @throws SourceError `cancelled`, `bad-config`. */
export async function checkedSource(
  output: Output,
  source: Source,
  { rules, signal }: Pick<CheckOptions, 'rules' | 'signal'>,
): Promise<ConsistencyReport> {
  const file = await (rules === null ? rulesOfFolder(source.location) : readRulesFile(resolve(rules)));
  const recorded = await openRecorded(dataFolder(), source.location);
  const line = new ProgressLine(output);
  try {
    return await new StateConsistencyChecker(source, { ...recorded, rules: file }).check({
      isCancelled: () => signal.aborted,
      onProgress: ({ done, total, key }) => line.show(output.translate('cli.checking'), done, total, key),
    });
  } finally {
    line.clear();
    recorded.close();
  }
}

export function tellReport(output: Output, report: ConsistencyReport): void {
  const t = output.translate;
  // What was found stands last, where a person at a terminal sees it first.
  tellChecks(output, report.checks);
  for (const group of CHECK_GROUPS) {
    const findings = report.findings.filter((finding) => finding.group === group);
    if (findings.length === 0) continue;
    output.write(`${t(`consistency.groups.${group}`)}\n`);
    for (const [rule, ofRule] of byRule(findings)) tellRule(output, rule, ofRule);
    output.write('\n');
  }
  const { counts, states, left } = report;
  if (left > 0) output.write(`${t('consistency.left', { count: left })}\n`);
  const ran = report.checks.filter(({ notRun }) => notRun === null).length;
  const values = { ...counts, states, ran, all: report.checks.length };
  output.write(`${t(report.isConsistent ? 'cli.consistent' : 'cli.inconsistent', values)}\n`);
}

function byRule(findings: readonly ConsistencyFinding[]): ReadonlyMap<string, readonly ConsistencyFinding[]> {
  const rules = new Map<string, ConsistencyFinding[]>();
  for (const finding of findings) rules.set(finding.rule, [...(rules.get(finding.rule) ?? []), finding]);
  return rules;
}

/** What it is and why it matters once, then each place. */
function tellRule(output: Output, rule: string, findings: readonly ConsistencyFinding[]): void {
  const t = output.translate;
  const why = t(`consistency.rules.${rule}.why`, {}, String(findings[0]?.details['why'] ?? ''));
  output.write(`\n  ${titleOf(output, rule)}\n`);
  if (why !== '') output.write(`  ${oneLine(why)}\n`);
  for (const finding of findings) {
    const { severity, key, location, at, offset, repair, details, foundKey, message } = finding;
    const found = foundKey === null ? message : t(foundKey, { ...details, message }, message);
    const place = offset === null ? location : `${location}, ${t('consistency.offset', { offset })}`;
    const said = { severity: t(`consistency.severities.${severity}`), found: oneLine(found) };
    output.write(`    ${t('cli.checkFinding', said)}\n`);
    output.write(`      ${oneLine(key ?? location)}  ${at}  (${oneLine(place)})\n`);
    if (repair === null) continue;
    const done = t(`consistency.repairs.${repair.id}`, { ...details, ...repair.details }, repair.id);
    output.write(`      ${t('cli.checkRepair', { repair: oneLine(done) })}\n`);
  }
}

/** Every rule with what it looked at, also those that found nothing. */
function tellChecks(output: Output, checks: readonly ConsistencyCheckRun[]): void {
  const t = output.translate;
  const rows = checks.map(({ rule, lookedAt, found, notRun }) => [
    titleOf(output, rule),
    notRun === null ? String(lookedAt) : '-',
    notRun === null ? String(found) : t(`consistency.notRun.${notRun.code}`, notRun.details),
  ]);
  const heads = (['rule', 'lookedAt', 'found'] as const).map((name) => t(`consistency.columns.${name}`));
  const widths = [0, 1].map((column) => Math.max(...[heads, ...rows].map((row) => textWidth(row[column] ?? ''))));
  for (const [title = '', looked = '', found = ''] of [heads, ...rows]) {
    const number = ' '.repeat((widths[1] ?? 0) - textWidth(looked)) + looked;
    output.write(`${padColumns(title, widths[0] ?? 0)}  ${number}  ${found}\n`);
  }
  output.write('\n');
}

/** A person's own rules go by their id. */
function titleOf({ translate }: Output, rule: string): string {
  return translate(`consistency.rules.${rule}.title`, {}, rule);
}

/** What stands in a state or in a rules file does not steer the terminal. */
function oneLine(text: string): string {
  return text
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll(/\p{Cc}/gu, ' ');
}
