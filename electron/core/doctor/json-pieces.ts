/** JSON text of new values in the manner of what stands around them. */
import { createHash } from 'node:crypto';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { quoteJson } from '../../../shared/json/json-string.ts';

/** Python's `json.dumps` puts a space after commas and colons, others none. */
export interface Style {
  readonly comma: string;
  readonly colon: string;
}

/** Of an object; new values stand on one line, so line breaks are no part of it. */
export function styleOf(document: JsonDocument, node: NodeId): Style {
  const first = document.child(node, 0);
  const key = first === undefined ? undefined : document.keyRange(first);
  const isTight = first !== undefined && key !== undefined && document.start(first) === key.end + 1;
  return isTight ? { comma: ',', colon: ':' } : { comma: ', ', colon: ': ' };
}

export function objectText(members: readonly (readonly [string, string])[], { comma, colon }: Style): string {
  return `{${members.map(([name, text]) => quoteJson(name) + colon + text).join(comma)}}`;
}

/** Each member as it is written, the last of each name. */
export function membersOf(document: JsonDocument, node: NodeId): readonly (readonly [string, string])[] {
  const members: (readonly [string, string])[] = [];
  for (const child of document.children(node)) {
    if (!document.isShadowed(child)) members.push([document.key(child) ?? '', document.rawText(child)]);
  }
  return members;
}

/** The member as it is written; undefined where there is none. */
export function rawMember(document: JsonDocument, node: NodeId, name: string): string | undefined {
  const child = document.member(node, name);
  return child === undefined ? undefined : document.rawText(child);
}

const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * An id like those beside it, the same for the same fault, so that what a person has seen is what is written: 32 hexadecimal
 * digits where AgentScope 2.x writes a uuid, 22 letters and digits where 1.x writes a shortuuid.
 */
export function newId(like: string | null, ...of: readonly string[]): string {
  const digest = createHash('sha256').update(of.join('\0')).digest();
  if (like !== null && /^[0-9a-f]{32}$/.test(like)) return digest.toString('hex').slice(0, 32);
  return Array.from(digest.subarray(0, 22), (byte) => LETTERS[byte % LETTERS.length]).join('');
}
