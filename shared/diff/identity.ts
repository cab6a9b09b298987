/** What an item of a list is called by, whatever happens to its content and its place. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { unwrap } from '../messages/message-shape.ts';
import type { NodeHashes } from './node-hashes.ts';

/** No message has more members; what stands behind so many is no id. */
const MAX_MEMBERS = 64;

/**
 * Of a message, a pair of a message and its marks, a content block, a tool call or result, or any other object that has an
 * id: a hash of its type and of its id as text, so that 17 and "17" are the same. A tool call and its result share an id,
 * which is why the type belongs to it. Null for anything else.
 */
export function identityOf(doc: JsonDocument, hashes: NodeHashes, item: NodeId): number | null {
  const object = objectOf(doc, item);
  if (object === null) return null;
  let [id, call, type] = [-1, -1, -1];
  const end = doc.next(object);
  // One pass for three names, because this is asked of every item. As everywhere, the last of a name counts.
  for (let child = object + 1, seen = 0; child < end && seen < MAX_MEMBERS; child = doc.next(child), seen++) {
    const name = doc.keyRange(child);
    if (name === undefined) continue;
    const length = name.end - name.start - 2;
    if (length === ID.length && isName(doc, name.start, ID)) id = child;
    else if (length === TYPE.length && isName(doc, name.start, TYPE)) type = child;
    else if (length === CALL.length && isName(doc, name.start, CALL)) call = child;
  }
  const text = isText(doc, id) ? id : call;
  if (!isText(doc, text)) return null;
  return hashes.ofTexts(isText(doc, type) ? type : null, text);
}

/** The item itself, or the message in a pair with its marks; null when that is no object. */
export function objectOf(doc: JsonDocument, item: NodeId): NodeId | null {
  const object = doc.kind(item) === 'array' ? unwrap(doc, item) : item;
  return doc.kind(object) === 'object' && !doc.isOpaque(object) ? object : null;
}

const ID = 'id';
const TYPE = 'type';
const CALL = 'tool_call_id';

function isName(doc: JsonDocument, quote: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) if (doc.bytes[quote + 1 + at] !== name.charCodeAt(at)) return false;
  return true;
}

/** A number, or a text that is not empty. */
function isText(doc: JsonDocument, node: NodeId): boolean {
  if (node < 0) return false;
  const kind = doc.kind(node);
  return kind === 'number' || (kind === 'string' && doc.stringByteLength(node) > 0);
}
