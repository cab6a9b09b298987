import type { ConsistencyFinding, ConsistencyReport } from '../../shared/ipc/consistency.ts';
import type { AppliedRepair, RepairedCopy, RepairPlanInfo } from '../../shared/ipc/repairs.ts';
import type { RestoreOutcome } from '../../shared/ipc/restore.ts';
import { doctorsPart } from '../core/doctor/diagnose.ts';
import { Repairing } from '../core/doctor/repairing.ts';
import { repairsOf } from '../core/doctor/repairs.ts';
import { openSource } from '../core/sources/open-source.ts';
import type { Source } from '../core/sources/source.ts';
import { checkedSource, tellReport } from './check.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { restoreProgress, tellOutcome } from './restore.ts';
import { withRestoring } from './restore-target.ts';

export interface DoctorOptions {
  /** Rules; empty: all of the doctor's. */
  readonly only: readonly string[];
  /** By rule: the repair to be made, or `none`. */
  readonly choose: ReadonlyMap<string, string>;
  /** Where a repaired copy shall be; null for none. */
  readonly repairTo: string | null;
  /** Repair in place. */
  readonly write: boolean;
  readonly json: boolean;
  readonly followLinks: boolean;
  readonly signal: AbortSignal;
}

const NONE = 'none';

/** `doctor SOURCE`: what is wrong with texts and conversations, explained; repaired in a copy, or in place. Exit code 1 when errors are left. */
export async function doctor(output: Output, location: string, options: DoctorOptions): Promise<void> {
  const { only, choose, repairTo, write, json, followLinks, signal } = options;
  await withRestoring(output, location, options, async ({ restoring, workspace }) => {
    const check = async (source: Source) =>
      doctorsPart(await checkedSource(output, source, { rules: null, signal }), only);
    const report = await check(workspace.source);
    if (!json) tellReport(output, report);
    const wrong = report.findings.find((finding) => !isOffered(finding, choose));
    if (wrong !== undefined) {
      tellWrongChoice(output, wrong);
      return;
    }
    if (repairTo === null && !write) {
      if (json) output.json({ report });
      else if (report.findings.some(({ repair }) => repair !== null))
        output.write(`${output.translate('cli.doctorHow')}\n`);
      if (!report.isConsistent) output.exitCode = EXIT.findings;
      return;
    }
    const repairing = new Repairing({ target: workspace, restoring, check, name: output.translate('cli.doctorName') });
    const plan = await repairing.plan({ picks: null }, { signal, choose: (finding) => chosen(finding, choose) });
    if (!json) tellRepairs(output, plan);
    const line = new ProgressLine(output);
    const run = { signal, onProgress: restoreProgress(output, line) };
    if (repairTo !== null) {
      const copy = plan.repairs.length === 0 ? null : await repairing.copyTo(plan.plan, repairTo, run);
      line.clear();
      const left = copy === null ? report : await checkedCopy(copy, { followLinks, signal }, check);
      tellCopy(output, { report, plan, copy, left }, json);
      return;
    }
    const outcome = await repairing.apply(plan.plan, [], run);
    line.clear();
    const left = await check(workspace.source);
    if (json) output.json({ report, plan, outcome, left });
    tellInPlace(output, plan, outcome, json);
    if (!left.isConsistent) output.exitCode = EXIT.findings;
  });
}

function chosen(finding: ConsistencyFinding, choose: DoctorOptions['choose']): string | null {
  const choice = choose.get(finding.rule);
  if (choice === NONE) return null;
  return choice ?? repairsOf(finding)[0]?.id ?? null;
}

function isOffered(finding: ConsistencyFinding, choose: DoctorOptions['choose']): boolean {
  const choice = choose.get(finding.rule);
  const offered = repairsOf(finding);
  return choice === undefined || choice === NONE || offered.length === 0 || offered.some(({ id }) => id === choice);
}

function tellWrongChoice(output: Output, finding: ConsistencyFinding): void {
  const offered = [...repairsOf(finding).map(({ id }) => id), NONE].join(', ');
  output.error(`statescope: ${output.translate('cli.doctorNoSuchRepair', { rule: finding.rule, offered })}\n`);
  output.exitCode = EXIT.unusable;
}

async function checkedCopy(
  { path }: RepairedCopy,
  options: Pick<DoctorOptions, 'followLinks' | 'signal'>,
  check: (source: Source) => Promise<ConsistencyReport>,
): Promise<ConsistencyReport> {
  const source = await openSource(path, options);
  try {
    return await check(source);
  } finally {
    await source.close();
  }
}

interface CopyTold {
  readonly report: ConsistencyReport;
  readonly plan: RepairPlanInfo;
  /** Null: nothing could be repaired, so there is none. */
  readonly copy: RepairedCopy | null;
  /** What is wrong with it. */
  readonly left: ConsistencyReport;
}

function tellCopy(output: Output, told: CopyTold, json: boolean): void {
  const { copy, left } = told;
  if (!left.isConsistent) output.exitCode = EXIT.findings;
  if (json) output.json(told);
  else if (copy === null) output.write(`${output.translate('cli.doctorNothing')}\n`);
  else {
    output.write(`${output.translate('cli.doctorCopied', { path: copy.path, states: copy.states })}\n`);
    tellLeft(output, left);
  }
}

function tellInPlace(output: Output, plan: RepairPlanInfo, outcome: RestoreOutcome, json: boolean): void {
  if (outcome.status === 'nothing') {
    if (!json) output.write(`${output.translate('cli.doctorNothing')}\n`);
    return;
  }
  if (outcome.status === 'blocked' && !json) {
    for (const { key, details } of plan.checks) {
      const reason = output.translate(`notWritable.${details['reason'] ?? ''}`, {}, details['reason'] ?? '');
      output.error(`statescope: ${output.translate('cli.doctorBlocked', { key: key ?? plan.location, reason })}\n`);
    }
  }
  tellOutcome(output, outcome, json);
}

function tellLeft(output: Output, { counts }: ConsistencyReport): void {
  if (counts.error + counts.warning > 0) output.write(`${output.translate('cli.doctorLeft', counts)}\n`);
}

function tellRepairs(output: Output, { repairs, refused }: RepairPlanInfo): void {
  const t = output.translate;
  for (const repair of repairs) output.write(`${repairLine(output, repair)}\n`);
  for (const { finding, why } of refused) {
    output.write(`${t('cli.doctorRefused', { finding, why: t(`consistency.refused.${why}`) })}\n`);
  }
}

function repairLine({ translate: t }: Output, { key, at, repair, details, lost }: AppliedRepair): string {
  const lines = [`${key}  ${at}  ${t(`consistency.repairs.${repair}`, details, repair)}`];
  if (lost !== null) {
    const { bytes, at: of, isMessage } = lost;
    lines.push(`  ${t(isMessage ? 'consistency.lostMessage' : 'consistency.lost', { count: bytes, at: of })}`);
  }
  return lines.map((line) => line.replaceAll('\n', '\\n')).join('\n');
}
