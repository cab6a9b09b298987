/** Carries out a plan, and takes it back: each as one unit that is written whole or not at all. */
import type { RestoreOutcome, RestoreProgress, UndoRestoreOutcome } from '../../../shared/ipc/restore.ts';
import { textRevision } from '../writing/state-writer.ts';
import { inTheWay } from './checks.ts';
import { type Plan, revisionBefore } from './plan.ts';
import { UndoLog } from './undo-log.ts';
import { readEach, type UnitOutcome, type UnitRun, type UnitStep, writeAll } from './unit.ts';

/** Copies of whole states, kept where all snapshots of the source are. */
export interface SafetyCopies {
  /** Of states as the source was read last. The id of the snapshot; null where none was taken. */
  take(keys: readonly string[], reason: 'before-restore' | 'before-undo'): Promise<string | null>;
  /** Null when it is not there any more. */
  read(id: string, key: string): Promise<Uint8Array | null>;
}

export interface ApplyRun extends Omit<UnitRun, 'onStep'> {
  readonly log: UndoLog;
  /** Null where none are kept. */
  readonly copies: SafetyCopies | null;
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined;
  /** At once after all is written and verified. */
  readonly onWritten?: ((keys: readonly string[], undo: string) => void) | undefined;
}

/** @param accepted codes of errors among the plan's checks. @throws SourceError when the safety copy cannot be made; nothing has changed then. */
export async function applyRestore(plan: Plan, accepted: readonly string[], run: ApplyRun): Promise<RestoreOutcome> {
  const checks = inTheWay(plan.checks, accepted);
  if (checks.length > 0) return { status: 'blocked', checks };
  const work = plan.states.filter(({ action }) => action !== 'same');
  const keys = work.map(({ key }) => key);
  if (keys.length === 0) return { status: 'nothing' };
  const tell = progressOf(run, keys.length);
  tell('saving', 0, keys[0] ?? '');
  const stored = await readEach(plan.states, run.readBack);
  const stale = plan.states.filter((state, at) => revisionOfText(stored[at] ?? null) !== revisionBefore(state));
  if (stale.length > 0) return { status: 'stale', keys: stale.map(({ key }) => key) };
  const snapshot = await copyOf(work, 'before-restore', run);
  const id = UndoLog.newId();
  const record = { id, restoredAt: new Date().toISOString(), from: plan.request.from, snapshot };
  const states = work.map((state) => {
    const { key, keyNow, after, place } = state;
    return { key, keyBefore: keyNow, before: revisionBefore(state), after: revisionOfText(after), trash: null, place };
  });
  // Before the first write: after a crash in the middle it says what may have been written.
  await run.log.put({ ...record, pending: true, states });
  const outcome = await writeAll(work, { ...run, onStep: tell });
  if (outcome.status === 'rolled-back') {
    if (outcome.left.length > 0) return told(outcome);
    await run.log.remove(id);
    return outcome.why === 'conflict' ? { status: 'stale', keys: [outcome.key] } : told(outcome);
  }
  await run.log.put({
    ...record,
    pending: false,
    states: outcome.made.map(({ step, revision, trash }) => {
      const { key, keyNow, before, place } = step;
      return { key, keyBefore: keyNow, before: revisionOfText(before), after: revision, trash, place };
    }),
  });
  run.onWritten?.(keys, id);
  return { status: 'restored', undo: id, keys, snapshot };
}

/** Refused when any of its states is neither as the restore left it nor as it was before. */
export async function undoRestore(undo: string, run: ApplyRun): Promise<UndoRestoreOutcome> {
  const record = await run.log.read(undo);
  if (record === null) return { status: 'missing' };
  const pairs = record.states.map(({ key, keyBefore }) => ({ key, keyNow: keyBefore }));
  const stored = await readEach(pairs, run.readBack);
  const steps: UnitStep[] = [];
  const changed: string[] = [];
  for (const [at, { key, keyBefore, before, after, trash, place }] of record.states.entries()) {
    const now = stored[at] ?? null;
    const revision = revisionOfText(now);
    // A text of which only the tail was cut off is the same, and what it was taken from has a copy.
    if (revision === before && (before !== after || trash === null)) continue;
    const text =
      before === null || record.snapshot === null ? null : await run.copies?.read(record.snapshot, keyBefore);
    const isKept = before === null || text != null || trash !== null;
    if (revision !== after || !isKept) changed.push(key);
    // Where there is no snapshot any more, the copy in the trash has it; what it says is verified by its revision.
    else {
      const after = before === null ? null : (text ?? { revision: before });
      steps.push({ key: keyBefore, keyNow: key, before: now, after, place, copy: trash });
    }
  }
  if (changed.length > 0) return { status: 'changed', keys: changed };
  const tell = progressOf(run, steps.length);
  await copyOf(steps, 'before-undo', run);
  const outcome = await writeAll(steps, { ...run, onStep: tell });
  if (outcome.status === 'rolled-back') {
    const isOthers = outcome.why === 'conflict' && outcome.left.length === 0;
    return isOthers ? { status: 'changed', keys: [outcome.key] } : told(outcome);
  }
  await run.log.remove(undo);
  const keys = steps.map(({ key }) => key);
  run.onWritten?.(keys, undo);
  return { status: 'undone', keys };
}

function told({ key, reason, left }: Extract<UnitOutcome, { status: 'rolled-back' }>) {
  return { status: 'rolled-back', key, reason, left } as const;
}

async function copyOf(
  states: readonly Pick<UnitStep, 'keyNow' | 'before'>[],
  reason: 'before-restore' | 'before-undo',
  { copies }: ApplyRun,
): Promise<string | null> {
  const keys = states.filter(({ before }) => before !== null).map(({ keyNow }) => keyNow);
  return keys.length === 0 || copies === null ? null : copies.take(keys, reason);
}

function revisionOfText(text: Uint8Array | null): string | null {
  return text === null ? null : textRevision(text);
}

function progressOf({ onProgress }: ApplyRun, total: number) {
  return (phase: RestoreProgress['phase'], done: number, key: string) => onProgress?.({ phase, done, total, key });
}
