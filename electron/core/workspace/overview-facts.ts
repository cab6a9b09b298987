/** What one agent or one session says about itself, read with a small part of its tape. Absent is null. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { findConversations } from '../../../shared/messages/conversation.ts';
import { isoTime, MAX_NODES, memberText } from '../sources/state-facts.ts';

/** Root, `state_data`, attribute, and what a tagged value holds. */
const ATTRIBUTE_DEPTH = 3;
/** Enough to tell messages: root, a team, module, memory, list, pair, message, member, block, its members. */
const MESSAGE_DEPTH = 9;

export interface AgentFacts {
  readonly messages: number | null;
  readonly successful: number | null;
  readonly failed: number | null;
  readonly responseSeconds: number | null;
}

export interface SessionFacts {
  readonly messages: number | null;
  /** ISO 8601, naive if it is stored so. */
  readonly expiresAt: string | null;
}

/** Counters of `performance_metrics` (3.1 of the design); null where the agent keeps none. */
export function agentFacts(bytes: Uint8Array): AgentFacts {
  const metrics = metricsOf(bytes);
  const read = (name: string) => (metrics === null ? null : amount(metrics.doc, metrics.node, name));
  return {
    messages: read('total_messages'),
    successful: read('successful_tasks'),
    failed: read('failed_tasks'),
    responseSeconds: read('average_response_time'),
  };
}

/** `message_count` and `expires_at` (4.1 of the design); messages are counted where the session has no counter. */
export function sessionFacts(bytes: Uint8Array): SessionFacts {
  const { document: doc } = parseJson(bytes, { recordDepth: ATTRIBUTE_DEPTH, maxNodes: MAX_NODES });
  if (doc === null) return { messages: null, expiresAt: null };
  const data = dataOf(doc, 0);
  const expiresAt = memberText(doc, data, 'expires_at');
  return {
    messages: amount(doc, data, 'message_count') ?? countedMessages(bytes),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
  };
}

function countedMessages(bytes: Uint8Array): number | null {
  const { document: doc } = parseJson(bytes, { recordDepth: MESSAGE_DEPTH, maxNodes: MAX_NODES });
  const found = doc === null ? [] : findConversations(doc);
  return found.length === 0 ? null : found.reduce((sum, { count }) => sum + count, 0);
}

/** The metrics as a small document of their own: behind a long conversation they may lie beyond the tape. */
function metricsOf(bytes: Uint8Array): { doc: JsonDocument; node: NodeId } | null {
  const { document } = parseJson(bytes, { recordDepth: 2, maxNodes: MAX_NODES });
  const member = document?.member(dataOf(document, 0), 'performance_metrics');
  if (!document || member === undefined) return null;
  const { document: doc } = parseJson(document.rawBytes(member), { recordDepth: ATTRIBUTE_DEPTH });
  return doc === null ? null : { doc, node: dataOf(doc, 0) };
}

/** What an envelope or a tagged value holds, or the object itself. */
function dataOf(doc: JsonDocument, node: NodeId): NodeId {
  return doc.member(node, 'state_data') ?? doc.member(node, '__data__') ?? node;
}

function amount(doc: JsonDocument, node: NodeId, name: string): number | null {
  const member = doc.member(node, name);
  if (member === undefined || doc.kind(member) !== 'number') return null;
  const { value } = doc.number(member);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
