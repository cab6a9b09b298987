/** Several writes that count as one: all of them, or, as far as nobody else writes meanwhile, none. */
import { diffDocuments } from '../../../shared/diff/diff.ts';
import type { NotRolledBack } from '../../../shared/ipc/restore.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { ABSENT, type Conflict, type Missing, revisionOf } from '../persistence/backend.ts';
import {
  type Mending,
  notVerified,
  type StateWriter,
  textRevision,
  type WriteOptions,
  type Written,
} from '../writing/state-writer.ts';

/** One write. Texts are whole; null where there is no state. */
export interface UnitStep {
  /** By which it is listed once it is written. */
  readonly key: string;
  /** By which it is listed now. */
  readonly keyNow: string;
  readonly before: Uint8Array | null;
  /** `revision`: what the copy holds, of which no more is known. */
  readonly after: Uint8Array | { readonly revision: string } | null;
  readonly place: string | null;
  readonly labels?: WriteOptions['labels'];
  readonly mends?: Mending | undefined;
  /** A copy that has what it shall become, with all that a store keeps beside a text. */
  readonly copy?: string | null;
}

export interface MadeStep {
  readonly step: UnitStep;
  /** Of what is stored now. */
  readonly revision: string | null;
  readonly trash: string | null;
}

/** The texts as they are stored at this moment; null for a state that is not there. */
export type ReadBack = (keys: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array | null>>;

/** By whichever of its keys it is listed. */
export async function readEach(
  steps: readonly Pick<UnitStep, 'key' | 'keyNow'>[],
  readBack: ReadBack,
): Promise<(Uint8Array | null)[]> {
  const texts = await readBack([...new Set(steps.flatMap(({ key, keyNow }) => [key, keyNow]))]);
  return steps.map(({ key, keyNow }) => texts.get(key) ?? texts.get(keyNow) ?? null);
}

export type UnitOutcome =
  | { readonly status: 'made'; readonly made: readonly MadeStep[] }
  | {
      readonly status: 'rolled-back';
      readonly key: string;
      readonly why: 'stopped' | 'conflict' | 'failed';
      /** English; null for one that was stopped. */
      readonly reason: string | null;
      readonly left: readonly NotRolledBack[];
    };

export interface UnitRun {
  readonly writer: StateWriter;
  readonly readBack: ReadBack;
  readonly location: string;
  /** The writer has read back what it wrote, and it may go on changing. */
  readonly isLive?: boolean | undefined;
  /** Heard between two writes. */
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((phase: 'writing' | 'verifying' | 'rolling-back', done: number, key: string) => void) | undefined;
}

/** Writes, reads back, and compares. Never rejects for a write that failed. */
export async function writeAll(steps: readonly UnitStep[], run: UnitRun): Promise<UnitOutcome> {
  const made: MadeStep[] = [];
  const undoing = async (
    at: UnitStep,
    why: 'stopped' | 'conflict' | 'failed',
    reason: string | null,
    isUnsure: boolean,
  ) => {
    const left = await rollBack(made, isUnsure ? at : null, run);
    return { status: 'rolled-back', key: at.key, why, reason, left } as const;
  };
  const [first] = steps;
  if (first === undefined) return { status: 'made', made };
  let broken: Broken | null;
  try {
    broken = await together(run.writer, () => writeEach(steps, made, run));
  } catch (error) {
    broken = { step: first, why: 'failed', reason: messageOf(error), isUnsure: false };
  }
  if (broken !== null) return undoing(broken.step, broken.why, broken.reason, broken.isUnsure);
  if (run.isLive === true) return { status: 'made', made };
  run.onStep?.('verifying', steps.length, first.key);
  try {
    const stored = await readEach(steps, run.readBack);
    const wrong = made.find((each, at) => !isThere(each, stored[at] ?? null));
    if (wrong !== undefined) return await undoing(wrong.step, 'failed', notVerified(run.location).message, false);
  } catch (error) {
    return undoing(first, 'failed', messageOf(error), false);
  }
  return { status: 'made', made };
}

interface Broken {
  readonly step: UnitStep;
  readonly why: 'stopped' | 'conflict' | 'failed';
  readonly reason: string | null;
  /** It is not known whether the write has taken effect. */
  readonly isUnsure: boolean;
}

/** Adds to `made` what is written. Null when all is. */
async function writeEach(steps: readonly UnitStep[], made: MadeStep[], run: UnitRun): Promise<Broken | null> {
  for (const step of steps) {
    if (run.signal?.aborted === true) return { step, why: 'stopped', reason: null, isUnsure: false };
    run.onStep?.('writing', made.length, step.key);
    let outcome: Written | Conflict | Missing;
    try {
      outcome = await write(step, run.writer);
    } catch (error) {
      return { step, why: 'failed', reason: messageOf(error), isUnsure: true };
    }
    const { status } = outcome;
    if (status === 'conflict') {
      return { step, why: 'conflict', reason: 'another program has written it', isUnsure: false };
    }
    if (status === 'missing') return { step, why: 'failed', reason: 'it is not there any more', isUnsure: false };
    made.push({ step, revision: outcome.revision, trash: outcome.trash });
  }
  return null;
}

function together<T>(writer: StateWriter, work: () => Promise<T>): Promise<T> {
  return writer.together === undefined ? work() : writer.together(work);
}

async function write(
  { keyNow: key, before, after, place, labels, mends, copy }: UnitStep,
  writer: StateWriter,
): Promise<Written | Conflict | Missing> {
  const expected = before === null ? ABSENT : revisionOf(textRevision(before));
  if (after === null) return writer.remove(key, expected);
  if (copy != null) {
    const restored = await writer.restore(copy, expected);
    if (restored.status !== 'missing') return restored;
  }
  if ('revision' in after) return { status: 'missing' };
  return before === null
    ? writer.create(key, after, place, { labels })
    : writer.replace(key, after, expected, { labels, mends });
}

/** JSONB has its own order of names and its own spelling of numbers: there, equal values are the same. */
function isThere({ step: { after }, revision }: MadeStep, stored: Uint8Array | null): boolean {
  if (stored === null || after === null) return stored === after;
  if (textRevision(stored) !== revision) return false;
  if ('revision' in after) return after.revision === revision;
  return Buffer.from(stored).equals(after) || sameValue(stored, after);
}

export function sameValue(a: Uint8Array, b: Uint8Array): boolean {
  const [before, after] = [parseJson(a).document, parseJson(b).document];
  return before !== null && after !== null && diffDocuments(before, after, { limit: 0 }).equal;
}

/** From the last to the first. @param unsure a write of which it is not known whether it has taken effect. */
async function rollBack(
  made: readonly MadeStep[],
  unsure: UnitStep | null,
  { writer, readBack, onStep }: UnitRun,
): Promise<readonly NotRolledBack[]> {
  const left: NotRolledBack[] = [];
  const tryTo = async (key: string, trash: string | null, work: () => Promise<Written | Conflict | Missing>) => {
    try {
      const { status } = await work();
      if (status === 'conflict') left.push({ key, trash, reason: 'another program has written it meanwhile' });
      if (status === 'missing') left.push({ key, trash, reason: 'its copy is not there any more' });
    } catch (error) {
      left.push({ key, trash, reason: messageOf(error) });
    }
  };
  if (unsure !== null) await tryTo(unsure.key, null, () => takeBack(unsure, writer, readBack));
  for (const [at, { step, revision, trash }] of made.toReversed().entries()) {
    onStep?.('rolling-back', at, step.key);
    const expected = revision === null ? ABSENT : revisionOf(revision);
    await tryTo(step.key, trash, async () => {
      if (step.before === null) return writer.remove(step.keyNow, expected);
      const restored = trash === null ? ({ status: 'missing' } as const) : await writer.restore(trash, expected);
      if (restored.status !== 'missing') return restored;
      return step.after === null
        ? writer.create(step.keyNow, step.before, step.place)
        : writer.replace(step.keyNow, step.before, expected);
    });
  }
  return left;
}

const NOTHING_TO_DO = { status: 'written', revision: null, trash: null } as const;

async function takeBack(
  step: UnitStep,
  writer: StateWriter,
  readBack: ReadBack,
): Promise<Written | Conflict | Missing> {
  const { keyNow: key, before, after, place } = step;
  const [stored = null] = await readEach([step], readBack);
  const is = (text: UnitStep['after']) => {
    if (text === null || stored === null) return text === stored;
    if ('revision' in text) return textRevision(stored) === text.revision;
    return Buffer.from(stored).equals(text) || sameValue(stored, text);
  };
  if (is(before)) return NOTHING_TO_DO;
  if (!is(after)) return { status: 'conflict', current: stored === null ? null : textRevision(stored) };
  const expected = stored === null ? ABSENT : revisionOf(textRevision(stored));
  if (before === null) return writer.remove(key, expected);
  // Its latest copy has what a store keeps beside the text, too.
  const copy = (await writer.trash()).find((entry) => entry.key === key);
  const restored = copy === undefined ? ({ status: 'missing' } as const) : await writer.restore(copy.id, expected);
  if (restored.status === 'written' && restored.revision === textRevision(before)) return restored;
  if (restored.status === 'written') return writer.replace(key, before, revisionOf(restored.revision ?? ''));
  return stored === null ? writer.create(key, before, place) : writer.replace(key, before, expected);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
