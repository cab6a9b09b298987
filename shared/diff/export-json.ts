/** A diff with its notes as JSON, for programs that want more than a patch: what was there before, and what happened. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { quoteJson } from '../json/json-string.ts';
import { type JsonPath, toJsonPointer } from '../json/path.ts';
import { formatJsonChunks } from '../json/print.ts';
import type { DiffResult } from './diff.ts';
import type { DiffNote } from './note.ts';

/**
 * The pieces of one object: `equal`, `coarse`, `more`, `counts`, `operations` (`kind`, `path` and `from` as JSON Pointers,
 * `before` and `after` as they are written) and `notes` on them. What moved has no values, and a value that is cut off stands
 * as text in `beforeText` or `afterText`. `heading`: members that come first, e.g. what the two sides are called.
 */
export function* diffToJson(
  before: JsonDocument,
  after: JsonDocument,
  diff: DiffResult,
  notes: readonly DiffNote[],
  heading: Readonly<Record<string, unknown>> = {},
): Generator<string> {
  const { equal, coarse, more, counts } = diff;
  const head = JSON.stringify({ ...heading, equal, coarse, more, counts });
  yield `${head.slice(0, -1)},"operations":[`;
  for (const [at, { kind, path, from, beforeNode, afterNode }] of diff.operations.entries()) {
    yield `${at === 0 ? '' : ','}\n{"kind":"${kind}","path":${pointer(path)}`;
    if (from !== null) yield `,"from":${pointer(from)}`;
    if (kind !== 'moved') {
      yield* valuePieces('before', before, beforeNode);
      yield* valuePieces('after', after, afterNode);
    }
    yield '}';
  }
  const told = notes.map(({ note, operations, params }) => `\n${JSON.stringify({ note, operations, params })}`);
  yield `],"notes":[${told.join(',')}]}`;
}

function pointer(path: JsonPath): string {
  return quoteJson(toJsonPointer(path));
}

function* valuePieces(name: string, doc: JsonDocument, node: NodeId | null): Generator<string> {
  if (node === null) return;
  if (doc.isIncomplete(node)) {
    yield `,"${name}Text":${quoteJson(doc.rawText(node))}`;
    return;
  }
  yield `,"${name}":`;
  yield* formatJsonChunks(doc, node, { indent: 0 });
}
