/**
 * Keys of a Redis in a JSON file, `{key: {"type", "ttl", "value"}}`, and the value of a single AgentScope 2.x session.
 * A string's value is JSON inside a JSON string: the state is what the string decodes to.
 */

import type { Problem } from '../../../shared/ipc/model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { jsonArray } from './assemble.ts';
import { jsonProblem, problem } from './problems.ts';
import { describeRedisKey, isCredentialKey, type RedisKey } from './redis-keys.ts';
import { factsOf, field, isoTime, MAX_NODES, memberText, RECORD_DEPTH, type StateFacts } from './state-facts.ts';
import { addWholeFile, type FileCatalog, type FileName, type ReadableJson } from './whole-file.ts';

/** A record as RedisStorage writes it: `id`, `user_id`, `agent_id`, `config`, `state`. */
export function readSessionRecord(catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  const time = (member: string) => isoTime(memberText(loaded.document, 0, member) ?? '');
  const id = memberText(loaded.document, 0, 'id');
  addWholeFile(catalog, loaded, name, {
    kind: 'session',
    ...(id && { id }),
    aliases: [`session:${name.id}`],
    label: 'SessionRecord',
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
  });
}

export function readRedisDump(catalog: FileCatalog, loaded: ReadableJson): void {
  const { document, file } = loaded;
  let unclaimed = loaded.problems;
  for (const node of document.children(0)) {
    const redisKey = document.key(node) ?? '';
    const value = document.member(node, 'value');
    if (value === undefined || isCredentialKey(redisKey)) continue;
    const start = document.start(value);
    const end = document.end(value);
    const concerns = ({ offset }: Problem) => offset !== null && offset >= start && offset <= end;
    const about = describeRedisKey(redisKey);
    const read = readValue(document, value, about, file.location);
    const { facts } = read;
    catalog.add(
      {
        kind: about.kind,
        id: about.id,
        otherIds: [redisKey],
        status: facts?.status ?? null,
        bytes: read.bytes,
        location: file.location,
        aliases: about.alias === null ? [redisKey] : [about.alias, redisKey],
        metadata: {
          file: file.display,
          table: null,
          createdAt: read.createdAt,
          updatedAt: read.updatedAt ?? facts?.timestamp ?? null,
          type: facts?.type ?? about.label,
          version: facts?.version ?? null,
          fields: [field('redis.key', redisKey), ...redisFields(document, node), ...(facts?.fields ?? [])],
        },
        content: { file, whole: false, start, end, ...(read.decode && { decode: read.decode }) },
      },
      [...unclaimed.filter(concerns), ...read.problems],
    );
    unclaimed = unclaimed.filter((found) => !concerns(found));
  }
  catalog.problems.push(...unclaimed);
}

interface ReadValue {
  readonly bytes: number;
  readonly decode?: (slice: Uint8Array) => Uint8Array;
  readonly facts: StateFacts | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly problems: readonly Problem[];
}

const NOTHING = { facts: null, createdAt: null, updatedAt: null, problems: [] };

function readValue(doc: JsonDocument, value: NodeId, about: RedisKey, location: string): ReadValue {
  const raw = doc.rawBytes(value);
  switch (doc.kind(value)) {
    case 'string':
      return readText(doc, value, about, location);
    case 'array':
      if (about.kind !== 'conversation') break;
      return { ...NOTHING, bytes: decodeList(raw).length, decode: decodeList };
    case 'object':
      return { ...NOTHING, bytes: raw.length, facts: factsOf(doc, value) };
    case 'null':
    case 'boolean':
    case 'number':
      break;
  }
  return { ...NOTHING, bytes: raw.length };
}

/** A string that is no JSON (an id, a lock) stays a string; where a state is expected it is a problem as well. */
function readText(doc: JsonDocument, value: NodeId, about: RedisKey, location: string): ReadValue {
  const bytes = encodeUtf8(doc.string(value));
  const { document, issues } = parseJson(bytes, { recordDepth: RECORD_DEPTH, maxNodes: MAX_NODES });
  const problems = about.kind === 'redis' ? [] : issues.map((issue) => inValue(jsonProblem(issue, location)));
  if (document === null || !isContainer(document)) return { ...NOTHING, bytes: doc.rawBytes(value).length, problems };
  const time = (member: string) => isoTime(memberText(document, 0, member) ?? '');
  return {
    bytes: document.end(0) - document.start(0),
    decode: decodeText,
    facts: factsOf(document, 0),
    createdAt: time('created_at'),
    updatedAt: time('updated_at'),
    problems,
  };
}

/** The JSON that a JSON string holds. */
function decodeText(slice: Uint8Array): Uint8Array {
  const outer = parseJson(slice).document;
  if (outer === null) return slice;
  const bytes = encodeUtf8(outer.string(0));
  const inner = parseJson(bytes, { recordDepth: 0 }).document;
  return inner === null ? bytes : inner.rawBytes(0);
}

/** A list of JSON strings as one JSON array of what they hold; those that are no JSON stay strings. */
function decodeList(slice: Uint8Array): Uint8Array {
  const list = parseJson(slice, { recordDepth: 1 }).document;
  if (list === null) return slice;
  const items: Uint8Array[] = [];
  for (const node of list.children(0)) items.push(decodeItem(list, node));
  return jsonArray(items);
}

function decodeItem(list: JsonDocument, node: NodeId): Uint8Array {
  if (list.kind(node) !== 'string') return list.rawBytes(node);
  const bytes = encodeUtf8(list.string(node));
  const { document, issues } = parseJson(bytes, { recordDepth: 0 });
  const whole = document !== null && isContainer(document) && !issues.some(({ severity }) => severity === 'error');
  return whole ? document.rawBytes(0) : list.rawBytes(node);
}

/** An id of digits is a string, not a number. */
function isContainer(document: JsonDocument): boolean {
  return document.kind(0) === 'object' || document.kind(0) === 'array';
}

function redisFields(doc: JsonDocument, node: NodeId) {
  const type = memberText(doc, node, 'type');
  const ttl = doc.member(node, 'ttl');
  return [
    ...(type === null ? [] : [field('redis.type', type)]),
    ...(ttl === undefined ? [] : [field('redis.ttl', doc.rawText(ttl))]),
  ];
}

function inValue(found: Problem): Problem {
  return problem({ ...found, message: `In the value of this Redis key: ${found.message}` });
}
