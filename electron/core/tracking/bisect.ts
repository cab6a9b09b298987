/** The change that broke a state. */
import type { Unanswered } from '../../../shared/ipc/history.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { SourceError } from '../sources/source-error.ts';
import { breakingChange } from './breaking-change.ts';
import { type Expression, evaluate } from './expression.ts';
import type { Journal } from './journal.ts';
import type { CommitInfo } from './journal-types.ts';
import { wholeJson } from './state-overlay.ts';

export interface BisectOptions {
  /**
   * `assume-monotone`: once it is false it stays false. Then few states tell; where it was true again meanwhile, one of the
   * changes is found after which it is false, and not always the first. `linear`: every state is looked at.
   */
  readonly mode: 'assume-monotone' | 'linear';
  readonly signal?: AbortSignal | undefined;
  /** States that were looked at, of those that are to be; a hundred times a second at most. */
  readonly onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

export interface BisectResult {
  /** The first commit after which the expression is false; null when it is true at the end. */
  readonly found: CommitInfo | null;
  /** Sequence of the first of its changes that has it be false; null where nothing was found. */
  readonly change: number | null;
  /** The commit before it, after which it was true; null when it was never true. */
  readonly before: CommitInfo | null;
  /** States that were opened. */
  readonly loads: number;
  readonly commits: number;
  readonly mode: BisectOptions['mode'];
}

const TURN_MS = 10;

/**
 * @throws SourceError `not-found` for a key without a state in the journal, `unanswered` where a state does not answer,
 * `cancelled`, `journal-corrupt`.
 */
export async function bisect(
  journal: Journal,
  key: string,
  expression: Expression,
  { mode, signal, onProgress }: BisectOptions,
): Promise<BisectResult> {
  const commits = journal.commitsOf(key);
  if (commits.length === 0) {
    const message = `The journal ${journal.location} knows no state ${key}. Look at its keys, then ask again.`;
    throw new SourceError('not-found', message, { location: key });
  }
  const total = mode === 'linear' ? commits.length : Math.ceil(Math.log2(commits.length)) + 1;
  const turns = new Turns(journal, signal, (done) => onProgress?.({ done: Math.min(done, total), total }));
  const search = mode === 'linear' ? everyState : halves;
  const { index, loads } = await search({ journal, key, expression, commits, turns });
  const info = (at: number): CommitInfo | null => infoOf(journal, commits[at]);
  const found = index === null ? null : info(index);
  const change =
    index === null || found === null
      ? null
      : breakingChange(journal, key, expression, { commit: found.seq, before: commits[index - 1] ?? null });
  return {
    found,
    change,
    before: index === null ? null : info(index - 1),
    loads,
    commits: commits.length,
    mode,
  };
}

interface Search {
  readonly journal: Journal;
  readonly key: string;
  readonly expression: Expression;
  readonly commits: readonly number[];
  readonly turns: Turns;
}

interface Found {
  readonly index: number | null;
  readonly loads: number;
}

/** At most two more than the logarithm of the commits. */
async function halves({ journal, key, expression, commits, turns }: Search): Promise<Found> {
  let loads = 0;
  const holdsAt = (at: number): boolean => {
    loads += 1;
    const seq = commits[at] ?? 0;
    return holds(key, seq, expression, journal.stateAt(key, { seq }));
  };
  if (holdsAt(commits.length - 1)) return { index: null, loads };
  let low = 0;
  let high = commits.length - 1;
  while (low < high) {
    await turns.next(loads);
    const middle = Math.floor((low + high) / 2);
    if (holdsAt(middle)) low = middle + 1;
    else high = middle;
  }
  return { index: high, loads };
}

async function everyState({ journal, key, expression, commits, turns }: Search): Promise<Found> {
  let loads = 0;
  for (const { seq, text } of journal.statesOf(key)) {
    await turns.next(loads);
    const state = text();
    if (state === null) continue;
    loads += 1;
    if (!holds(key, seq, expression, state)) return { index: commits.indexOf(seq), loads };
  }
  return { index: null, loads };
}

function holds(key: string, seq: number, expression: Expression, text: Uint8Array | null): boolean {
  const document: JsonDocument | null = text === null ? null : wholeJson(text);
  if (document === null) return unanswered(key, seq, NO_STATE);
  const answer = evaluate(expression, document);
  return answer.ok ? answer.holds : unanswered(key, seq, answer);
}

const NO_STATE: Unanswered = { code: 'no-state', params: {}, message: 'there is no state' };

function unanswered(key: string, change: number, { code, params, message: reason }: Unanswered): never {
  const message = `${key} as of change ${change} does not answer the expression: ${reason}. Change the expression.`;
  throw new SourceError('unanswered', message, { ...params, location: `${key}@${change}`, key, change, answer: code });
}

/** The base that retention left is no commit of its own any more: it is known by its sequence only. */
function infoOf(journal: Journal, seq: number | undefined): CommitInfo | null {
  return seq === undefined ? null : journal.commitAt(seq);
}

/** Lets others have a turn every ten milliseconds, and hears of a cancel then. */
class Turns {
  readonly #journal: Journal;
  readonly #signal: AbortSignal | undefined;
  readonly #tell: (done: number) => void;
  #began = performance.now();

  constructor(journal: Journal, signal: AbortSignal | undefined, tell: (done: number) => void) {
    this.#journal = journal;
    this.#signal = signal;
    this.#tell = tell;
  }

  async next(done: number): Promise<void> {
    if (performance.now() - this.#began > TURN_MS) {
      this.#tell(done);
      await new Promise<void>((done) => setImmediate(done));
      this.#began = performance.now();
    }
    if (this.#signal?.aborted !== true) return;
    const location = this.#journal.location;
    throw new SourceError('cancelled', `Looking through ${location} was cancelled. Nothing was changed.`, { location });
  }
}
