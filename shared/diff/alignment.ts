import type { NodeId } from '../json/document.ts';
import type { Compared } from './compared.ts';

/** How the children of two containers match. */
export interface Alignment {
  /** Nodes of the children, in document order. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** For each child after, the position of the one before that it was; -1 for one that is new. */
  readonly beforeOf: Int32Array;
  /** 1 for each child after that has another place among those that stayed. */
  readonly moved: Uint8Array;
}

/** What is to be done about two containers' children: a pair to look into, a removal, or an addition. */
export interface Step {
  /** -1 for an addition. */
  readonly before: NodeId;
  /** -1 for a removal. */
  readonly after: NodeId;
  readonly moved: boolean;
}

/** The steps in the order of the container after; what was removed comes behind what it stood behind. */
export function stepsOf(compared: Compared, { before, after, beforeOf, moved }: Alignment): Step[] {
  const steps: Step[] = [];
  /** 0: removed, 1: moved away, 2: stayed. */
  const fate = new Uint8Array(before.length);
  for (let at = 0; at < after.length; at++) {
    const from = beforeOf[at] ?? -1;
    if (from >= 0) fate[from] = moved[at] === 1 ? 1 : 2;
  }
  let next = 0;
  const removeUntilNextThatStayed = (): void => {
    for (; next < before.length && fate[next] !== 2; next++) {
      if (fate[next] === 0) steps.push({ before: before[next] ?? -1, after: -1, moved: false });
    }
  };
  removeUntilNextThatStayed();
  for (let at = 0; at < after.length; at++) {
    const from = beforeOf[at] ?? -1;
    const node = after[at] ?? -1;
    if (from < 0) {
      steps.push({ before: -1, after: node, moved: false });
      continue;
    }
    const was = before[from] ?? -1;
    const isMoved = moved[at] === 1;
    if (isMoved || !compared.sameBytes(was, node)) steps.push({ before: was, after: node, moved: isMoved });
    // Members may stay in another order: then some that were passed already are met again.
    if (isMoved || from < next) continue;
    for (; next < from; next++) {
      if (fate[next] === 0) steps.push({ before: before[next] ?? -1, after: -1, moved: false });
    }
    next++;
    removeUntilNextThatStayed();
  }
  return steps;
}
