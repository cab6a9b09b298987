/** Which of the changes of one commit has an expression no longer hold. */
import { type Expression, evaluate } from './expression.ts';
import type { Journal } from './journal.ts';
import { StateOverlay, wholeJson } from './state-overlay.ts';

/** A save of a foreign program may have thousands; each is tried by evaluating the expression. */
const MOST_TRIED = 500;

/**
 * The sequence of the first change of a commit after which the expression is false, when its changes are made one after the other
 * to the state before it. Where that tells nothing, as for a state that was just created, the first change of the commit.
 * @param before sequence of the key's commit before; null for none.
 */
export function breakingChange(
  journal: Journal,
  key: string,
  expression: Expression,
  { commit, before }: { readonly commit: number; readonly before: number | null },
): number {
  const text = before === null ? null : journal.stateAt(key, { seq: before });
  const document = text === null ? null : wholeJson(text);
  if (document === null) return commit;
  const state = new StateOverlay(document);
  for (let seq = commit; seq < commit + MOST_TRIED; seq += 1) {
    const change = journal.changeAt(seq);
    if (change?.commit !== commit) break;
    // Its values are the paths that it went from and to.
    if (change.kind === 'moved') continue;
    state.set(change.segments, change.new);
    const after = wholeJson(state.print());
    const answer = after === null ? null : evaluate(expression, after);
    if (answer?.ok === true && !answer.holds) return seq;
  }
  return commit;
}
