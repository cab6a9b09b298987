/** Where two texts of one state differ, place by place: enough to decide whether to reload. */
import { type DiffOperation, diffDocuments } from '../../../shared/diff/diff.ts';
import type { StoredDifference } from '../../../shared/ipc/writing.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { type JsonPath, toJsonPath } from '../../../shared/json/path.ts';

const SHOWN = 500;
const VALUE_CHARACTERS = 200;

/** In the order of the text after. Two spellings of a value do not differ. What moved is told as gone here and come there. */
export function storedDifferences(
  before: JsonDocument,
  after: JsonDocument,
): { readonly differences: readonly StoredDifference[]; readonly more: number } {
  const { operations, more } = diffDocuments(before, after, { limit: SHOWN });
  return { differences: operations.flatMap((operation) => told(before, after, operation)), more };
}

function told(before: JsonDocument, after: JsonDocument, operation: DiffOperation): StoredDifference[] {
  const { kind, path, from, beforeNode, afterNode } = operation;
  if (kind !== 'moved') return [difference(kind, path, [before, beforeNode], [after, afterNode])];
  return [
    difference('removed', from ?? path, [before, beforeNode], [after, null]),
    difference('added', path, [before, null], [after, afterNode]),
  ];
}

type Place = readonly [JsonDocument, NodeId | null];

function difference(kind: StoredDifference['kind'], path: JsonPath, before: Place, after: Place): StoredDifference {
  const [document, node] = after[1] === null ? before : after;
  return {
    kind,
    path: toJsonPath(path),
    before: shortText(...before),
    after: shortText(...after),
    valueKind: document.kind(node ?? 0),
  };
}

function shortText(document: JsonDocument, node: NodeId | null): string | null {
  if (node === null) return null;
  const [start, end] = [document.start(node), document.end(node)];
  const text = decodeUtf8(document.bytes, start, end, VALUE_CHARACTERS);
  return end - start <= VALUE_CHARACTERS ? text : `${text}…`;
}
