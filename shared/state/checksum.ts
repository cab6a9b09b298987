import { sha256 } from '@noble/hashes/sha2.js';
import type { JsonDocument, NodeId } from '../json/document.ts';
import { encodeUtf8 } from '../json/json-string.ts';
import { JCS, PYTHON, sortedJson } from './canonical.ts';

/** Lower-case hexadecimal SHA-256 digests of one value. */
export interface Checksums {
  /** Over RFC 8785's canonical form: what Statescope stores and compares. */
  readonly canonical: string;
  /** Over `json.dumps(data, sort_keys=True)`: what the document's `calculate_checksum` gives in Python. */
  readonly python: string;
}

/** How a stored checksum fits the data: by which formula, or not at all. `absent`: there is none to compare. */
export type ChecksumVerdict = 'canonical' | 'python' | 'mismatch' | 'absent';

/** Compares with both formulas. @param onStep called after every few thousand characters; may throw. @throws StateError `incomplete` for data that is cut off. */
export function verifyChecksum(
  stored: string | null,
  doc: JsonDocument,
  node: NodeId = 0,
  onStep?: () => void,
): ChecksumVerdict {
  if (stored === null) return 'absent';
  if (stored === digest(sortedJson(doc, node, JCS), onStep)) return 'canonical';
  return stored === digest(sortedJson(doc, node, PYTHON), onStep) ? 'python' : 'mismatch';
}

/** @throws StateError `incomplete` for a value that is cut off. */
export function checksumsOf(doc: JsonDocument, node: NodeId = 0): Checksums {
  return { canonical: canonicalChecksum(doc, node), python: pythonChecksum(doc, node) };
}

/** @throws StateError `incomplete`. */
export function canonicalChecksum(doc: JsonDocument, node: NodeId = 0): string {
  return digest(sortedJson(doc, node, JCS));
}

/** @throws StateError `incomplete`. */
export function pythonChecksum(doc: JsonDocument, node: NodeId = 0): string {
  return digest(sortedJson(doc, node, PYTHON));
}

/** Tokens are gathered into pieces of about this many characters before they are hashed. */
const PIECE = 16_384;

function digest(tokens: Iterable<string>, onStep?: () => void): string {
  const hash = sha256.create();
  let piece = '';
  for (const token of tokens) {
    piece += token;
    if (piece.length < PIECE) continue;
    hash.update(encodeUtf8(piece));
    piece = '';
    onStep?.();
  }
  return hex(hash.update(encodeUtf8(piece)).digest());
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
