/** The change that broke a state. */
import type { JsonDocument } from '../../../shared/json/document.ts';
import { SourceError } from '../sources/source-error.ts';
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
}

export interface BisectResult {
  /** The first commit after which the expression is false; null when it is true at the end. */
  readonly found: CommitInfo | null;
  /** The commit before it, after which it was true; null when it was never true. */
  readonly before: CommitInfo | null;
  /** States that were opened. */
  readonly loads: number;
  readonly commits: number;
  readonly mode: BisectOptions['mode'];
}

const TURN_MS = 10;

/**
 * @throws SourceError `not-found` for a key without a state in the journal, `unsupported-value` where a state does not answer,
 * `cancelled`, `journal-corrupt`.
 */
export async function bisect(
  journal: Journal,
  key: string,
  expression: Expression,
  { mode, signal }: BisectOptions,
): Promise<BisectResult> {
  const commits = journal.commitsOf(key);
  if (commits.length === 0) {
    const message = `The journal ${journal.location} knows no state ${key}. Look at its keys, then ask again.`;
    throw new SourceError('not-found', message, { location: key });
  }
  const turns = new Turns(journal, signal);
  const search = mode === 'linear' ? everyState : halves;
  const { index, loads } = await search({ journal, key, expression, commits, turns });
  const info = (at: number): CommitInfo | null => infoOf(journal, commits[at]);
  return {
    found: index === null ? null : info(index),
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
    await turns.next();
    const middle = Math.floor((low + high) / 2);
    if (holdsAt(middle)) low = middle + 1;
    else high = middle;
  }
  return { index: high, loads };
}

async function everyState({ journal, key, expression, commits, turns }: Search): Promise<Found> {
  let loads = 0;
  for (const { seq, text } of journal.statesOf(key)) {
    await turns.next();
    const state = text();
    if (state === null) continue;
    loads += 1;
    if (!holds(key, seq, expression, state)) return { index: commits.indexOf(seq), loads };
  }
  return { index: null, loads };
}

function holds(key: string, seq: number, expression: Expression, text: Uint8Array | null): boolean {
  const document: JsonDocument | null = text === null ? null : wholeJson(text);
  if (document === null) return unanswered(key, seq, 'there is no state');
  const answer = evaluate(expression, document);
  return answer.ok ? answer.holds : unanswered(key, seq, answer.message);
}

function unanswered(key: string, seq: number, reason: string): never {
  const message = `${key} as of change ${seq} does not answer the expression: ${reason}. Change the expression.`;
  throw new SourceError('unsupported-value', message, { location: `${key}@${seq}`, key, reason });
}

/** The base that retention left is no commit of its own any more: it is known by its sequence only. */
function infoOf(journal: Journal, seq: number | undefined): CommitInfo | null {
  return seq === undefined ? null : journal.commitAt(seq);
}

/** Lets others have a turn every ten milliseconds, and hears of a cancel then. */
class Turns {
  readonly #journal: Journal;
  readonly #signal: AbortSignal | undefined;
  #began = performance.now();

  constructor(journal: Journal, signal: AbortSignal | undefined) {
    this.#journal = journal;
    this.#signal = signal;
  }

  async next(): Promise<void> {
    if (performance.now() - this.#began > TURN_MS) {
      await new Promise<void>((done) => setImmediate(done));
      this.#began = performance.now();
    }
    if (this.#signal?.aborted !== true) return;
    const location = this.#journal.location;
    throw new SourceError('cancelled', `Looking through ${location} was cancelled. Nothing was changed.`, { location });
  }
}
