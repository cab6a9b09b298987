/**
 * A large value as a small one of the same shape: lists with their first items only, long strings with their beginning. What
 * a state is, and where its conversations are, shows in that as it does in the whole.
 */
import { quoteJson } from '../../../shared/json/json-string.ts';
import type { PagedDocument, PagedNode } from './paged-document.ts';
import { stringPrefix } from './paged-text.ts';

const ITEMS = 8;
const MEMBERS = 2000;
const STRING_CHARACTERS = 1000;
const DEEPEST = 24;
const MEMBERS_AT_ONCE = 50;

const DIGEST_CHARACTERS = 1 << 20;

/** JSON text of about a million characters at most. */
export async function digestOf(document: PagedDocument, node: PagedNode, signal?: AbortSignal): Promise<string> {
  const left = { characters: DIGEST_CHARACTERS };
  return digest(document, node, 0, left, signal);
}

async function digest(
  document: PagedDocument,
  node: PagedNode,
  depth: number,
  left: { characters: number },
  signal: AbortSignal | undefined,
): Promise<string> {
  if (node.parsed !== null && (depth > 0 || node.children === 0)) {
    const text = node.parsed.document.rawText(node.parsed.node);
    left.characters -= text.length;
    // What is cut off would take the rest of the text with it.
    return node.incomplete ? 'null' : text;
  }
  if (node.kind === 'string') return quoteJson((await stringPrefix(document, node, STRING_CHARACTERS)).text);
  if (node.kind !== 'array' && node.kind !== 'object') return 'null';
  const parts: string[] = [];
  const most = Math.min(node.children, depth > DEEPEST ? 0 : node.kind === 'array' ? ITEMS : MEMBERS);
  for (let from = 0; from < most && left.characters > 0; from += MEMBERS_AT_ONCE) {
    const count = Math.min(MEMBERS_AT_ONCE, most - from);
    for (const child of await document.children(node, from, count, signal)) {
      const name = child.name === null ? '' : `${quoteJson(child.name)}:`;
      left.characters -= name.length;
      parts.push(name + (await digest(document, child, depth + 1, left, signal)));
    }
  }
  return node.kind === 'array' ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}
