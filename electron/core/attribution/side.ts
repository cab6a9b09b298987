/** A document with what is known of its nodes, and the values of two documents that belong together. */
import { viewOf } from '../../../shared/diff/byte-compare.ts';
import { identityOf } from '../../../shared/diff/identity.ts';
import { NodeHashes } from '../../../shared/diff/node-hashes.ts';
import type { Growth } from '../../../shared/ipc/attribution.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type Figures, growthOf, NO_GROWTH } from './size-node.ts';

/** One document of the two that are compared, or the only one. */
export interface Side {
  readonly doc: JsonDocument;
  readonly hashes: NodeHashes;
  /** As `TokenCounter.before` gives it; null where tokens are not counted. */
  readonly tokens: Float64Array | null;
}

export function sideOf(doc: JsonDocument, seed: number, tokens: Float64Array | null = null): Side {
  return { doc, hashes: new NodeHashes(doc, viewOf(doc.bytes), seed), tokens };
}

/** What a state is compared with: its document then, `same` where nothing has changed, `unknown` where nobody compares. */
export interface Compared {
  readonly now: Side | null;
  readonly was: Side | null;
  readonly mode: 'compare' | 'same' | 'unknown';
}

/** A value now and then; null where it is not there. `same`: it has not changed, and nothing below it has. */
export interface Pair {
  readonly now: NodeId | null;
  readonly was: NodeId | null;
  readonly same: boolean;
}

/** A member is its name, the colon and the value; an item is its value. */
export function memberBytes(doc: JsonDocument, node: NodeId): number {
  return doc.end(node) - (doc.keyRange(node)?.start ?? doc.start(node));
}

/** Of a member with its name, or with `bare` of the value alone. */
export function figuresOf({ now, was, mode }: Compared, pair: Pair, bare: 'member' | 'bare' = 'member'): Figures {
  const size = bare === 'bare' ? valueBytes : memberBytes;
  const bytes = now !== null && pair.now !== null ? size(now.doc, pair.now) : null;
  const before = was !== null && pair.was !== null ? size(was.doc, pair.was) : null;
  return { bytes: bytes ?? 0, tokens: tokensOf(now, pair.now), growth: growthIn(mode, pair, bytes, before) };
}

export function growthIn(
  mode: Compared['mode'],
  { same }: Pick<Pair, 'same'>,
  now: number | null,
  was: number | null,
): Growth | null {
  if (mode === 'unknown') return null;
  return mode === 'same' || same ? NO_GROWTH : growthOf(now, was);
}

function tokensOf(side: Side | null, node: NodeId | null): number | null {
  if (side?.tokens === null) return null;
  if (side === null || node === null) return 0;
  return (side.tokens[side.doc.next(node)] ?? 0) - (side.tokens[node] ?? 0);
}

export function valueBytes(doc: JsonDocument, node: NodeId): number {
  return doc.end(node) - doc.start(node);
}

/** The larger of now and then. */
export function largestOf({ now, was }: Compared, pair: Pair): number {
  return Math.max(
    now !== null && pair.now !== null ? memberBytes(now.doc, pair.now) : 0,
    was !== null && pair.was !== null ? memberBytes(was.doc, pair.was) : 0,
  );
}

/** The children of a pair, paired: members by their names, items by their content, then by their ids. */
export function* pairsIn(compared: Compared, { now, was, same }: Pair): IterableIterator<Pair> {
  const { now: here, was: there, mode } = compared;
  if (mode !== 'compare' || same || here === null || there === null || now === null || was === null) {
    if (here !== null && now !== null)
      for (const child of here.doc.children(now)) yield { now: child, was: null, same: same || mode === 'same' };
    else if (there !== null && was !== null)
      for (const child of there.doc.children(was)) yield { now: null, was: child, same: false };
    return;
  }
  const waiting = new Map<string | number, NodeId[]>();
  const nameOf = here.doc.kind(now) === 'object' ? memberName : contentOf;
  for (const child of there.doc.children(was)) push(waiting, nameOf(there, child), child);
  const left: NodeId[] = [];
  for (const child of here.doc.children(now)) {
    const found = waiting.get(nameOf(here, child))?.shift();
    if (found === undefined) left.push(child);
    else yield { now: child, was: found, same: isSame(here, child, there, found) };
  }
  yield* byIdentity(here, left, there, [...waiting.values()].flat());
}

/** What has the same id is the same item, changed. */
function* byIdentity(here: Side, now: readonly NodeId[], there: Side, was: readonly NodeId[]): IterableIterator<Pair> {
  const waiting = new Map<number, NodeId[]>();
  const gone = new Set(was);
  for (const child of was) {
    const id = identityOf(there.doc, there.hashes, child);
    if (id !== null) push(waiting, id, child);
  }
  for (const child of now) {
    const id = identityOf(here.doc, here.hashes, child);
    const found = id === null ? undefined : waiting.get(id)?.shift();
    if (found !== undefined) gone.delete(found);
    yield { now: child, was: found ?? null, same: false };
  }
  for (const child of gone) yield { now: null, was: child, same: false };
}

function isSame(here: Side, now: NodeId, there: Side, was: NodeId): boolean {
  return memberBytes(here.doc, now) === memberBytes(there.doc, was) && here.hashes.of(now) === there.hashes.of(was);
}

function memberName({ doc }: Side, node: NodeId): string {
  return doc.key(node) ?? '';
}

function contentOf({ hashes }: Side, node: NodeId): number {
  return hashes.of(node);
}

function push<K>(lists: Map<K, NodeId[]>, key: K, node: NodeId): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [node]);
  else list.push(node);
}
