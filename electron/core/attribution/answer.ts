/** The one thing that a person came for: a few things that hold most of all. */
import type { AttributionView, SizeAnswer } from '../../../shared/ipc/attribution.ts';
import type { ConversationSizes } from './conversation-sizes.ts';
import type { SizeNode } from './size-node.ts';

/** So much of all is worth a headline. */
const MOST = 0.5;
const MANY_STATES = 6;

type Views = Readonly<Record<AttributionView, SizeNode>>;

/** Results of tools before messages before states before an attribute of all of them: what is nearest to its cause comes first. */
export function answerOf(views: Views, { largestResults, largestMessages }: ConversationSizes): SizeAnswer {
  const whole = views.state.bytes;
  if (whole === 0) return { what: 'nothing', count: 0, bytes: 0, name: '' };
  const states = views.state.parts.filter(({ kind }) => kind === 'state');
  return (
    few('tool-results', largestResults.list(), whole) ??
    few('messages', largestMessages.list(), whole) ??
    // That all of a few states are in these states says nothing.
    (views.state.count > MANY_STATES ? few('states', states.slice(0, 3), whole) : null) ??
    attribute(views.attribute, whole)
  );
}

/** As few as hold the most; null where three do not. */
function few(
  what: SizeAnswer['what'],
  largest: readonly { readonly bytes: number; readonly name: string }[],
  whole: number,
): SizeAnswer | null {
  let bytes = 0;
  for (const [at, each] of largest.entries()) {
    bytes += each.bytes;
    if (bytes >= whole * MOST) return { what, count: at + 1, bytes, name: at === 0 ? each.name : '' };
  }
  return null;
}

/** The deepest path that still holds the most; without one, the largest of the first level. */
function attribute(root: SizeNode, whole: number): SizeAnswer {
  const path: string[] = [];
  let at = root;
  while (true) {
    const [next] = at.parts.filter(({ kind }) => kind === 'value');
    if (next === undefined || (next.bytes < whole * MOST && path.length > 0)) break;
    path.push(next.name);
    at = next;
  }
  return { what: 'attribute', count: 1, bytes: at.bytes, name: path.join('.') };
}
