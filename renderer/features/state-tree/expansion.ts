/** Which nodes of the tree are open: all above `depth`, except those toggled by hand. */
import type { Expansion } from '../../../shared/ipc/contract.ts';
import type { PathStep } from '../../../shared/ipc/model.ts';

/** Deep enough for every document; the engine takes no larger number. */
export const ALL_DEPTHS = 1_000_000;

export function toDepth(depth: number): Expansion {
  return { depth, toggled: [] };
}

/** Opens a closed node or closes an open one. */
export function toggleNode(expansion: Expansion, node: number): Expansion {
  const toggled = expansion.toggled.includes(node)
    ? expansion.toggled.filter((each) => each !== node)
    : [...expansion.toggled, node];
  return { ...expansion, toggled };
}

/**
 * The nearest node to a selected one that is still shown when only rows down to `depth` are. `steps` lead from below
 * the root to the selected node; of a deep path `left` of them are missing after the first `HEAD_STEPS`.
 */
export function nearestShown(steps: readonly PathStep[], left: number, depth: number): number {
  const index = Math.min(depth, steps.length + left) - 1;
  if (left === 0 || index < HEAD_STEPS) return steps[index]?.node ?? 0;
  return steps[Math.max(index - left, HEAD_STEPS - 1)]?.node ?? 0;
}

/** Steps of a deep path that the engine tells from its beginning. */
const HEAD_STEPS = 8;

/** Which steps of a long path stand for themselves; the others are behind one "…". */
export function elideSteps(
  steps: readonly PathStep[],
  maxShown: number,
): { readonly head: readonly PathStep[]; readonly hidden: readonly PathStep[]; readonly tail: readonly PathStep[] } {
  if (steps.length <= maxShown) return { head: steps, hidden: [], tail: [] };
  const tailCount = maxShown - 2;
  return {
    head: steps.slice(0, 1),
    hidden: steps.slice(1, steps.length - tailCount),
    tail: steps.slice(steps.length - tailCount),
  };
}
