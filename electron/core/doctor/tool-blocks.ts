/** The tool calls and tool results of a conversation, with where each stands. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { textOf, unwrap } from '../../../shared/messages/message-shape.ts';

export interface ToolBlock {
  readonly node: NodeId;
  readonly kind: 'call' | 'result';
  /** As AgentScope 1.x or 2.x names it. */
  readonly type: string;
  readonly id: string;
  readonly tool: string | null;
  /** Where its message stands in the list. */
  readonly index: number;
  /** The message, or the pair of it and its marks. */
  readonly item: NodeId;
  readonly message: NodeId;
  /** The list of blocks that it is in. */
  readonly content: NodeId;
}

/** How a call and its result belong together: by id, each result to one call, in order. */
export interface ToolPairs {
  readonly blocks: readonly ToolBlock[];
  readonly byNode: ReadonlyMap<NodeId, ToolBlock>;
  /** By the place of their message in the list. */
  readonly byIndex: ReadonlyMap<number, readonly ToolBlock[]>;
  readonly dangling: readonly ToolBlock[];
  readonly orphans: readonly ToolBlock[];
  /** Results beyond the first or most complete one of their call. */
  readonly surplus: readonly ToolBlock[];
}

export function toolPairsOf(document: JsonDocument, list: NodeId): ToolPairs {
  const blocks = [...toolBlocks(document, list)];
  const byIndex = new Map<number, ToolBlock[]>();
  for (const block of blocks) {
    const beside = byIndex.get(block.index);
    if (beside === undefined) byIndex.set(block.index, [block]);
    else beside.push(block);
  }
  const calls = new Map<string, ToolBlock[]>();
  const results = new Map<string, ToolBlock[]>();
  for (const block of blocks) {
    const of = block.kind === 'call' ? calls : results;
    const known = of.get(block.id);
    if (known === undefined) of.set(block.id, [block]);
    else known.push(block);
  }
  const dangling: ToolBlock[] = [];
  const orphans: ToolBlock[] = [];
  const surplus: ToolBlock[] = [];
  for (const [id, called] of calls) {
    const answered = results.get(id) ?? [];
    dangling.push(...called.slice(answered.length));
    if (answered.length > called.length) surplus.push(...beyond(document, answered, called.length));
  }
  for (const [id, answered] of results) if (!calls.has(id)) orphans.push(...answered);
  const inOrder = (found: ToolBlock[]) => found.toSorted((a, b) => a.node - b.node);
  return {
    blocks,
    byNode: new Map(blocks.map((block) => [block.node, block])),
    byIndex,
    dangling: inOrder(dangling),
    orphans: inOrder(orphans),
    surplus: inOrder(surplus),
  };
}

/** What was cut off is no block yet. */
export function* toolBlocks(document: JsonDocument, list: NodeId): Generator<ToolBlock> {
  let index = -1;
  for (const item of document.children(list)) {
    index++;
    const message = unwrap(document, item);
    const content = document.member(message, 'content');
    if (content === undefined || document.kind(content) !== 'array') continue;
    for (const node of document.children(content)) {
      const type =
        document.kind(node) === 'object' && !document.isIncomplete(node) ? textOf(document, node, 'type') : null;
      const kind = type === 'tool_use' || type === 'tool_call' ? 'call' : type === 'tool_result' ? 'result' : null;
      const id = kind === null ? null : textOf(document, node, 'id');
      if (type === null || kind === null || id === null) continue;
      yield { node, kind, type, id, tool: textOf(document, node, 'name'), index, item, message, content };
    }
  }
}

/** The one that says most stays: a result that was interrupted or is empty makes way for a real one; else the first. */
function beyond(document: JsonDocument, results: readonly ToolBlock[], count: number): readonly ToolBlock[] {
  const ranked = results.toSorted((a, b) => completeness(document, b) - completeness(document, a) || a.node - b.node);
  return ranked.slice(count);
}

const INTERRUPTED = /<system-(?:info|reminder)>.{0,80}interrupted/i;

function completeness(document: JsonDocument, { node }: ToolBlock): number {
  const output = document.member(node, 'output');
  if (output === undefined || document.kind(output) === 'null') return 0;
  const isEmpty =
    document.kind(output) === 'string' ? document.stringByteLength(output) === 0 : document.childCount(output) === 0;
  if (isEmpty) return 0;
  const isInterrupted =
    textOf(document, node, 'state') === 'interrupted' || INTERRUPTED.test(document.rawText(output).slice(0, 400));
  return isInterrupted ? 1 : 2;
}
