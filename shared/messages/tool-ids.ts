/** Which tool calls and which results a conversation holds: a call without a result makes every later turn fail. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { textOf, unwrap } from './message-shape.ts';

export interface ToolIds {
  readonly calls: ReadonlySet<string>;
  readonly results: ReadonlySet<string>;
}

/** Collected once for a list of a document, which never changes. */
const known = new WeakMap<JsonDocument, Map<NodeId, ToolIds>>();

export function toolIdsOf(doc: JsonDocument, list: NodeId): ToolIds {
  let ofDocument = known.get(doc);
  if (!ofDocument) {
    ofDocument = new Map();
    known.set(doc, ofDocument);
  }
  let ids = ofDocument.get(list);
  if (!ids) {
    ids = collect(doc, list);
    ofDocument.set(list, ids);
  }
  return ids;
}

function collect(doc: JsonDocument, list: NodeId): ToolIds {
  const calls = new Set<string>();
  const results = new Set<string>();
  for (const item of doc.children(list)) {
    const content = doc.member(unwrap(doc, item), 'content');
    if (content === undefined || doc.kind(content) !== 'array') continue;
    for (const block of doc.children(content)) {
      if (doc.kind(block) !== 'object') continue;
      const type = textOf(doc, block, 'type');
      const isCall = type === 'tool_use' || type === 'tool_call';
      if (!isCall && type !== 'tool_result') continue;
      const id = textOf(doc, block, 'id');
      if (id !== null) (isCall ? calls : results).add(id);
    }
  }
  return { calls, results };
}
