import type {
  RestoreCheck,
  RestoreMode,
  RestoreOutcome,
  RestorePick,
  RestorePlan,
  RestoreProgress,
  RestoreRequest,
  RestoreRow,
} from '../../shared/ipc/restore.ts';
import type { Restoring } from '../core/restore/restoring.ts';
import { EXIT, type Output } from './output.ts';
import { parsePathText } from './path-text.ts';
import { ProgressLine } from './progress-line.ts';
import { withRestoring } from './restore-target.ts';

export interface RestoreOptions {
  readonly from: string;
  /** `KEY`, a pattern, or `KEY:PATH`. Empty: all states. */
  readonly only: readonly string[];
  readonly mode: RestoreMode;
  readonly removeOthers: boolean;
  readonly migrate: boolean;
  /** Accepts the errors that can be accepted. */
  readonly force: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly followLinks: boolean;
  readonly signal: AbortSignal;
}

/** Changes of one state that are printed; `--json` has more. */
const MOST_CHANGES = 20;
const SHORT = 60;

/** `restore SOURCE --from …`: prints the plan and its checks, and with `--write` carries it out. */
export async function restore(output: Output, location: string, options: RestoreOptions): Promise<void> {
  const { only, mode, removeOthers, migrate, force, write, json, signal } = options;
  await withRestoring(output, location, options, async ({ restoring, workspace, keysAt, momentOf }) => {
    const from = momentOf(options.from);
    const here = workspace.source.entries.flatMap(({ key, aliases }) => [key, ...aliases]);
    const keys = only.length === 0 ? [] : [...(await keysAt(from)), ...here];
    const picks = only.length === 0 ? null : only.map((text) => pickOf(text, keys));
    await carryOut(output, restoring, { from, picks, mode, removeOthers, migrate }, { force, write, json, signal });
  });
}

export interface CarryOutOptions {
  readonly force: boolean;
  readonly write: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

export function restoreProgress(output: Output, line: ProgressLine): (progress: RestoreProgress) => void {
  return ({ phase, done, total, key }) => line.show(output.translate(`restore.phases.${phase}`), done, total, key);
}

/** Prints what would be done and what speaks against it, and does it where that is wanted. */
export async function carryOut(
  output: Output,
  restoring: Restoring,
  request: RestoreRequest,
  { force, write, json, signal }: CarryOutOptions,
): Promise<void> {
  const line = new ProgressLine(output);
  const run = { signal, onProgress: restoreProgress(output, line) };
  const plan = await restoring.plan(request, run);
  line.clear();
  const accepted = force ? plan.checks.map(({ code }) => code) : [];
  const blocked = plan.checks.some(({ severity, acceptable }) => severity === 'error' && !(acceptable && force));
  if (!json) tellPlan(output, plan);
  if (!write || blocked || plan.states === 0) {
    if (json) output.json({ plan });
    else tellNotWritten(output, plan, { blocked, write });
    if (blocked) output.exitCode = EXIT.findings;
    return;
  }
  const outcome = await restoring.apply(plan.plan, accepted, run);
  line.clear();
  if (json) output.json({ plan, outcome });
  tellOutcome(output, outcome, json);
}

/** `undo SOURCE`: takes the last restore back. Without `--write` it says which one that is. */
export async function undo(
  output: Output,
  location: string,
  options: Pick<RestoreOptions, 'write' | 'json' | 'followLinks' | 'signal'>,
): Promise<void> {
  await withRestoring(output, location, options, async ({ restoring }) => {
    const [last] = await restoring.undoable();
    if (last === undefined) {
      if (options.json) output.json({ status: 'missing' });
      output.error(`statescope: ${output.translate('cli.nothingToUndo', { location })}\n`);
      output.exitCode = EXIT.missing;
      return;
    }
    const { restoredAt, keys } = last;
    if (!options.write) {
      if (options.json) output.json({ status: 'undoable', ...last });
      else
        output.write(
          `${output.translate('cli.undoable', { time: restoredAt, count: keys.length, keys: keys.join(', ') })}\n`,
        );
      return;
    }
    const outcome = await restoring.undo(last.undo, { signal: options.signal });
    if (options.json) output.json(outcome);
    if (outcome.status === 'undone') {
      if (!options.json) output.write(`${output.translate('restore.undone', { count: outcome.keys.length })}\n`);
      return;
    }
    output.exitCode = EXIT.missing;
    if (outcome.status === 'changed') {
      output.error(`statescope: ${output.translate('cli.undoChanged', { keys: outcome.keys.join(', ') })}\n`);
    } else if (outcome.status === 'rolled-back') tellRolledBack(output, outcome);
  });
}

/** The longest key that the text begins with; what follows its colon is a path. */
function pickOf(text: string, keys: readonly string[]): RestorePick {
  let found: string | null = null;
  for (const key of keys) {
    const begins = text === key || text.startsWith(`${key}:`);
    if (begins && key.length > (found?.length ?? -1)) found = key;
  }
  if (found === null || found === text) return { key: text, paths: null };
  const path = parsePathText(text.slice(found.length + 1));
  return path === null ? { key: text, paths: null } : { key: found, paths: [{ path, side: null }] };
}

function tellPlan(output: Output, { rows, checks }: RestorePlan): void {
  for (const row of rows) if (row.action !== 'same') output.write(`${rowText(output, row)}\n`);
  for (const check of checks) output.write(`${checkText(output, check)}\n`);
}

function rowText(output: Output, { key, action, counts, changes, more }: RestoreRow): string {
  const what =
    action === 'write'
      ? output.translate('restore.counts', { ...counts })
      : output.translate(`restore.actions.${action}`);
  const chosen = changes.filter((change) => change.chosen);
  const lines = chosen.slice(0, MOST_CHANGES).map(({ kind, pathText, before, after }) => {
    const sign = { added: '+', removed: '-', changed: '~' }[kind];
    const values = [before, after].filter((value) => value !== null).map(short);
    return `  ${sign} ${pathText || '$'}  ${values.join(' -> ')}`;
  });
  const rest = chosen.length - lines.length + more;
  if (rest > 0) lines.push(`  ${output.translate('cli.moreChanges', { count: rest })}`);
  return [`${key}  ${what}`, ...lines].join('\n');
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > SHORT ? `${line.slice(0, SHORT)}…` : line;
}

function checkText(output: Output, { code, severity, key, path, details }: RestoreCheck): string {
  const values = { ...details, key: key ?? '', path: path ?? '' };
  const reason = output.translate(`notWritable.${details['reason'] ?? ''}`, {}, details['reason'] ?? '');
  const message = output.translate(`findings.${details['rule'] ?? ''}`, { ...details }, details['message'] ?? '');
  const text =
    code === 'rule'
      ? output.translate('restore.check.rule', { ...values, message })
      : code === 'not-writable'
        ? output.translate(key === null ? 'restore.check.source-not-writable' : 'restore.check.not-writable', {
            ...values,
            reason,
          })
        : code === 'no-change' && details['nearest'] !== undefined
          ? output.translate('restore.check.no-change-alone', values)
          : output.translate(`restore.check.${code}`, values);
  return `${output.translate(`restore.severities.${severity}`)} [${code}]: ${text}`;
}

function tellNotWritten(
  output: Output,
  plan: RestorePlan,
  { blocked, write }: { readonly blocked: boolean; readonly write: boolean },
): void {
  if (blocked) {
    const text = plan.possible ? 'cli.restoreForce' : 'cli.restoreImpossible';
    output.error(`statescope: ${output.translate(text)}\n`);
  } else if (plan.states === 0) output.write(`${output.translate('restore.nothing')}\n`);
  else if (!write) output.write(`${output.translate('cli.restoreDry', { count: plan.states })}\n`);
}

export function tellOutcome(output: Output, outcome: RestoreOutcome, json: boolean): void {
  switch (outcome.status) {
    case 'restored':
      if (!json) output.write(`${output.translate('cli.restored', { count: outcome.keys.length })}\n`);
      return;
    case 'stale': {
      const text = output.translate('restore.stale', { count: outcome.keys.length, keys: outcome.keys.join(', ') });
      output.error(`statescope: ${text}\n`);
      break;
    }
    case 'rolled-back':
      tellRolledBack(output, outcome);
      break;
    case 'blocked':
    case 'nothing':
      break;
    default:
      outcome satisfies never;
  }
  output.exitCode = outcome.status === 'rolled-back' && outcome.reason === null ? EXIT.interrupted : EXIT.missing;
}

function tellRolledBack(
  output: Output,
  { key, reason, left }: Extract<RestoreOutcome, { status: 'rolled-back' }>,
): void {
  const why =
    reason === null ? output.translate('restore.stopped') : output.translate('restore.failed', { key, reason });
  const rest = left.map((each) => output.translate('restore.left', { ...each, trash: each.trash ?? '-' }));
  const lines = [why, ...(rest.length === 0 ? [output.translate('restore.asBefore')] : rest)];
  output.error(`statescope: ${lines.join('\n')}\n`);
}
