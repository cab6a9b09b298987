/** What a search finds in a state that is too large to be parsed at once: part by part, so that memory stays flat. */
import type { SearchHit } from '../../../shared/ipc/search.ts';
import { decodePrefix } from '../../../shared/json/json-string.ts';
import { PagedDocument, type PagedNode, pathOfNode } from '../paged/paged-document.ts';
import type { StateRange } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { Search } from './compile.ts';
import { excerpt, findIn, findInName, hitOf, pathText } from './document-hits.ts';
import type { Span } from './matcher.ts';
import type { Turns } from './turns.ts';

/** States above this are gone through in parts where the source can do that; one of this size takes a tenth of a second to parse. */
export const LARGE_STATE_BYTES = 16 << 20;
/** Values up to this are parsed as one. */
const PART_BYTES = 1 << 20;
const CHILDREN_AT_ONCE = 100;
/** A single string beyond this is not searched. */
const LONGEST_STRING_BYTES = 256 << 20;

type LazyHit = () => SearchHit;

/**
 * In the order of the text.
 * @param bytes of the state
 * @throws SourceError `state-too-large` for a string that is; as reading a part of the state does
 */
export async function* findInParts(
  { access, incomplete }: StateRange,
  bytes: number,
  search: Search,
  turns: Turns,
): AsyncGenerator<LazyHit, void, void> {
  const document = await PagedDocument.open({ access, size: bytes, incomplete, largeAbove: PART_BYTES });
  yield* inside(document, document.root, search, turns);
}

async function* inside(
  document: PagedDocument,
  node: PagedNode,
  search: Search,
  turns: Turns,
): AsyncGenerator<LazyHit, void, void> {
  if (node.kind === 'string') yield* inString(document, node, search);
  for (let from = 0; from < node.children; from += CHILDREN_AT_ONCE) {
    await turns.breathe();
    for (const child of await document.children(node, from, CHILDREN_AT_ONCE)) {
      if (child.parsed !== null) yield* inPart(child, child.parsed.document, search, turns);
      else {
        const above = pathOfNode(child);
        const named = findInName(search, above);
        if (named !== null) yield hitAt(child, named.where, named.text, named.span);
        yield* inside(document, child, search, turns);
      }
    }
  }
}

async function* inPart(
  child: PagedNode,
  document: NonNullable<PagedNode['parsed']>['document'],
  search: Search,
  turns: Turns,
): AsyncGenerator<LazyHit, void, void> {
  const above = pathOfNode(child);
  const offset = child.id - document.start(0);
  const { finder } = search;
  if (finder?.isIn(document.bytes) === false) {
    const named = findInName(search, above);
    if (named !== null) yield hitAt(child, named.where, named.text, named.span);
    return;
  }
  for (const found of findIn(document, search, { places: finder?.places(document.bytes) ?? null, above })) {
    await turns.breathe();
    if (found !== null) yield () => hitOf(document, found, { above, offset });
  }
}

async function* inString(document: PagedDocument, node: PagedNode, { matcher, query }: Search) {
  if (!query.in.includes('values')) return;
  if (node.end - node.id > LONGEST_STRING_BYTES) {
    const reason = `a string of ${node.end - node.id} bytes at ${pathText(pathOfNode(node))} is too long to be searched`;
    throw new SourceError('state-too-large', `${reason}.`, { reason });
  }
  const bytes = await document.bytes(node);
  const { text } = decodePrefix(bytes, 1, bytes.length - (node.incomplete ? 0 : 1), Infinity, true);
  const span = matcher?.find(text) ?? null;
  if (span !== null) yield hitAt(node, 'value', text, span);
}

function hitAt(node: PagedNode, where: SearchHit['where'], text: string, span: Span): LazyHit {
  const segments = pathOfNode(node);
  const shown = excerpt(text, span);
  return () => ({
    where,
    kind: node.kind,
    path: pathText(segments),
    segments,
    offset: node.id,
    ...shown,
    moment: null,
  });
}
