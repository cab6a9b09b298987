/** Tells by its members what a JSON file is: a store of AgentScope 1.x or 2.x, one of the design, or anything else. */

import type { SourceFormat } from '../../../shared/ipc/model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { memberText } from './state-facts.ts';

/** What one JSON file holds. `session-record` is one record of AgentScope 2.x's Redis storage; `envelope` the design's. */
export type JsonShape =
  | 'backup'
  | 'redis-dump'
  | 'session-record'
  | 'agent-state'
  | 'envelope'
  | 'json-session'
  | 'pickle'
  | 'json';

/** The format of a source that consists of files of this shape. */
export const SHAPE_FORMATS: Readonly<Record<JsonShape, SourceFormat>> = {
  backup: 'backup',
  'redis-dump': 'agentscope-redis-dump',
  'session-record': 'agentscope-redis-dump',
  'agent-state': 'agentscope-2-state',
  envelope: 'json',
  'json-session': 'agentscope-json-session',
  pickle: 'pickle',
  json: 'json',
};

/** `doc` needs a tape of four levels. A text that was cut off is judged by what is left of it. */
export function detectShape(doc: JsonDocument): JsonShape {
  return doc.kind(0) === 'object' && isBackup(doc) ? 'backup' : shapeBesideBackup(doc);
}

/** What it is of what a text that is known to be no backup can be. */
export function shapeBesideBackup(doc: JsonDocument): Exclude<JsonShape, 'backup' | 'pickle'> {
  if (doc.kind(0) !== 'object') return 'json';
  if (isEnvelope(doc)) return 'envelope';
  if (isAgentState(doc)) return 'agent-state';
  if (isSessionRecord(doc)) return 'session-record';
  if (isRedisDump(doc)) return 'redis-dump';
  return isJsonSession(doc) ? 'json-session' : 'json';
}

/** The two members, in either order; a backup that was cut off may lack the second. */
function isBackup(doc: JsonDocument): boolean {
  const states = memberOfKind(doc, 0, 'states', 'object');
  const metadata = memberOfKind(doc, 0, 'metadata', 'object');
  if (metadata === undefined) return states === 1 && doc.isIncomplete(0);
  if (states === undefined) return false;
  return doc.childCount(0) === 2 || hasBackupMetadata(doc, metadata);
}

/** Beside further members, those of `metadata` tell a backup. */
export function hasBackupMetadata(doc: JsonDocument, metadata: NodeId): boolean {
  return ['backup_name', 'total_states'].some((name) => has(doc, metadata, name));
}

function isEnvelope(doc: JsonDocument): boolean {
  return memberOfKind(doc, 0, '__type__', 'string') !== undefined && has(doc, 0, 'state_data');
}

const AGENT_STATE_MEMBERS = [
  'reply_context',
  'permission_context',
  'tool_context',
  'tasks_context',
  'middle_context',
  'reply_id',
  'summary',
];

function isAgentState(doc: JsonDocument): boolean {
  return (
    memberOfKind(doc, 0, 'session_id', 'string') !== undefined &&
    memberOfKind(doc, 0, 'context', 'array') !== undefined &&
    AGENT_STATE_MEMBERS.some((name) => has(doc, 0, name))
  );
}

function isSessionRecord(doc: JsonDocument): boolean {
  return (
    ['id', 'user_id', 'agent_id'].every((name) => memberOfKind(doc, 0, name, 'string') !== undefined) &&
    ['config', 'state'].every((name) => memberOfKind(doc, 0, name, 'object') !== undefined)
  );
}

const REDIS_TYPES = new Set(['string', 'list', 'hash', 'set', 'zset', 'stream']);
/** Members looked at: all of a hand-made file, and enough of a large one. */
const SAMPLE = 100;

/** `{key: {"type", "ttl", "value"}}` */
function isRedisDump(doc: JsonDocument): boolean {
  return everyMember(doc, 0, (member) => {
    const type = memberText(doc, member, 'type');
    return type !== null && REDIS_TYPES.has(type) && (has(doc, member, 'value') || doc.isIncomplete(member));
  });
}

/** The root maps names that the caller chose to state dicts, and one of them looks like what AgentScope registers. */
function isJsonSession(doc: JsonDocument): boolean {
  if (!everyMember(doc, 0, (member) => doc.kind(member) === 'object')) return false;
  let seen = 0;
  for (const module of doc.children(0)) {
    if (isAgentModule(doc, module)) return true;
    if (++seen >= SAMPLE) break;
  }
  return false;
}

function isAgentModule(doc: JsonDocument, module: NodeId): boolean {
  const memory = doc.member(module, 'memory');
  const toolkit = doc.member(module, 'toolkit');
  return (
    (memory !== undefined && isMemory(doc, memory)) ||
    (toolkit !== undefined && memberOfKind(doc, toolkit, 'active_groups', 'array') !== undefined) ||
    memberOfKind(doc, module, '_sys_prompt', 'string') !== undefined ||
    isMemory(doc, module)
  );
}

/**
 * `{"content": [msg, …]}` before AgentScope 1.0.12, `{"content": [[msg, [mark, …]], …]}` from then on, and with a
 * `_compressed_summary` from 1.0.16 on.
 */
function isMemory(doc: JsonDocument, node: NodeId): boolean {
  if (doc.kind(node) === 'array') return beginsWithMessage(doc, node);
  const content = memberOfKind(doc, node, 'content', 'array');
  if (content === undefined) return false;
  if (has(doc, node, '_compressed_summary')) return true;
  return doc.childCount(content) === 0 ? doc.childCount(node) === 1 : beginsWithMessage(doc, content);
}

function beginsWithMessage(doc: JsonDocument, list: NodeId): boolean {
  const first = doc.child(list, 0);
  const item = first === undefined ? null : parseJson(doc.rawBytes(first), { recordDepth: 2 }).document;
  if (item === null) return false;
  const message = item.kind(0) === 'array' ? item.child(0, 0) : 0;
  return message !== undefined && has(item, message, 'role') && has(item, message, 'content');
}

function everyMember(doc: JsonDocument, node: NodeId, holds: (member: NodeId) => boolean): boolean {
  let seen = 0;
  for (const member of doc.children(node)) {
    if (!holds(member)) return false;
    if (++seen >= SAMPLE) break;
  }
  return seen > 0;
}

function has(doc: JsonDocument, node: NodeId, name: string): boolean {
  return doc.member(node, name) !== undefined;
}

function memberOfKind(
  doc: JsonDocument,
  node: NodeId,
  name: string,
  kind: ReturnType<JsonDocument['kind']>,
): NodeId | undefined {
  const member = doc.member(node, name);
  return member !== undefined && doc.kind(member) === kind ? member : undefined;
}
