/** Where a value stands within its document, and the ways to write that down. */
import type { JsonDocument, NodeId } from './document.ts';

/** Member names are strings, positions in arrays are numbers. */
export type JsonPath = readonly (string | number)[];

/** With duplicate member names the path means the last of them, whichever of them `n` is. */
export function pathOf(doc: JsonDocument, n: NodeId): JsonPath {
  const path: (string | number)[] = [];
  for (let at = n; doc.parent(at) >= 0; at = doc.parent(at)) path.push(doc.key(at) ?? doc.indexInParent(at));
  return path.toReversed();
}

/** A segment that is text counts as a position where it meets an array and is written like one, as in a JSON Pointer. */
export function resolvePath(doc: JsonDocument, path: JsonPath): NodeId | undefined {
  let at: NodeId | undefined = 0;
  for (const segment of path) {
    if (at === undefined) return undefined;
    if (doc.kind(at) === 'array') {
      const index = typeof segment === 'number' ? segment : arrayIndex(segment);
      at = index === undefined ? undefined : doc.child(at, index);
    } else {
      at = typeof segment === 'string' ? doc.member(at, segment) : undefined;
    }
  }
  return at;
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** `friday.memory.content[0]["odd key"]`; empty for the root. */
export function toDot(path: JsonPath): string {
  return path
    .map((segment, at) => {
      if (typeof segment === 'number' || !IDENTIFIER.test(segment)) return bracket(segment);
      return at === 0 ? segment : `.${segment}`;
    })
    .join('');
}

/** `["friday"]["memory"]["content"][0]`, which Python and JavaScript read alike; empty for the root. */
export function toBracket(path: JsonPath): string {
  return path.map(bracket).join('');
}

/** RFC 6901: `/friday/memory/content/0`; empty for the root. */
export function toJsonPointer(path: JsonPath): string {
  return path.map((segment) => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * RFC 9535, section 2.7: the normalized path `$['friday']['memory']['content'][0]`. A lone surrogate, for which the RFC
 * has no form, is written as an escape.
 */
export function toJsonPath(path: JsonPath): string {
  return `$${path.map((segment) => (typeof segment === 'number' ? `[${segment}]` : `['${normalizedName(segment)}']`)).join('')}`;
}

/**
 * All segments are texts; which are positions shows when the path is resolved. Undefined for text that is no pointer:
 * one that does not begin with a slash, or with a tilde that neither 0 nor 1 follows.
 */
export function parseJsonPointer(pointer: string): JsonPath | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function arrayIndex(segment: string): number | undefined {
  return /^(?:0|[1-9]\d*)$/.test(segment) ? Number(segment) : undefined;
}

function bracket(segment: string | number): string {
  return `[${JSON.stringify(segment)}]`;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  "'": "\\'",
  '\\': '\\\\',
};

function normalizedName(name: string): string {
  return name.replace(/[^\u{20}-\u{10ffff}]|['\\]|\p{Surrogate}/gu, (char) => {
    return SHORT_ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
