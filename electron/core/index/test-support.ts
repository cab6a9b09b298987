/** What the tests of the index share: texts in memory, and what `parseJson` knows of the same text. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { BuildOptions, EntryList, IndexEntry, OffsetIndex } from './model.ts';
import { buildIndex, entriesOf, keysOf } from './offset-index.ts';

export class BytesAccess implements RandomAccess {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    return this.#bytes.slice(start, end);
  }

  async close(): Promise<void> {
    // Nothing is open.
  }
}

export function accessTo(text: string | Uint8Array): BytesAccess {
  return new BytesAccess(typeof text === 'string' ? encodeUtf8(text) : text);
}

export function indexOf(text: string | Uint8Array, options: BuildOptions = {}): Promise<OffsetIndex> {
  return buildIndex(accessTo(text), options);
}

export interface Listed extends IndexEntry {
  readonly key: string | null;
}

/** A whole list with its names, found the way every reader finds them. */
export async function listed(access: RandomAccess, list: EntryList | null): Promise<Listed[] | null> {
  if (list === null) return null;
  const entries = await entriesOf(access, list, 0, list.count);
  const keys = await keysOf(access, list, 0, list.count);
  return entries.map((entry, at) => ({ ...entry, key: keys[at] ?? null }));
}

/** What an index says of a text, in a form to compare. */
export interface Told {
  readonly root: string | null;
  readonly top: readonly Listed[] | null;
  readonly states: readonly Listed[] | null;
}

export async function toldByIndex(bytes: Uint8Array, options: BuildOptions = {}): Promise<Told> {
  const access = accessTo(bytes);
  const index = await buildIndex(access, options);
  return {
    root: index.root?.kind ?? null,
    top: await listed(access, index.top),
    states: await listed(access, index.states),
  };
}

/** The same from a parser that holds the whole text. */
export function toldByParser(bytes: Uint8Array): Told {
  const { document } = parseJson(bytes);
  if (document === null) return { root: null, top: [], states: null };
  const isContainer = document.kind(0) === 'object' || document.kind(0) === 'array';
  const lists = isContainer
    ? [...document.children(0)].filter((child) => document.key(child) === 'states' && document.kind(child) === 'object')
    : [];
  const last = lists.at(-1);
  return {
    root: document.kind(0),
    top: isContainer ? childrenOf(document, 0) : [],
    states: last === undefined ? null : childrenOf(document, last),
  };
}

export function childrenOf(document: JsonDocument, node: NodeId): Listed[] {
  return [...document.children(node)].map((child) => {
    const key = document.keyRange(child);
    return {
      key: document.key(child) ?? null,
      keyStart: key?.start ?? -1,
      keyEnd: key?.end ?? -1,
      start: document.start(child),
      end: document.end(child),
      kind: document.kind(child),
      count: document.childCount(child),
    };
  });
}
