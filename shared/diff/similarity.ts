/** Whether an item that is gone and one that is new are one item that was edited. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { textOf } from '../messages/message-shape.ts';
import { commonPrefix, commonSuffix, viewOf } from './byte-compare.ts';
import type { Compared, Side } from './compared.ts';
import { objectOf } from './identity.ts';

/** Members, items and bytes that are looked at. */
const MAX_CHILDREN = 32;
const MAX_BYTES = 1024;
/** A list of so few items is edited in a few operations, e.g. the marks of a message. */
const SHORT_LIST = 4;
/** Sizes are similar when neither is more than so many times the other. */
const MAX_SIZE_RATIO = 3;

const SAME_IDENTITY = 2;
const OTHER_KIND = 0.1;
const LEAST = 0.2;
/** Two leaves in the place of each other are nearly as good as the same leaf elsewhere. */
const LEAF = 0.6;

/** 0 for two items that are not one; otherwise more for more alike. */
export function similarity(compared: Compared, a: NodeId, b: NodeId): number {
  const { before, after } = compared;
  const [kindA, kindB] = [before.doc.kind(a), after.doc.kind(b)];
  if (!isContainer(kindA) || !isContainer(kindB)) {
    // One leaf in the place of another is a change of it, not a removal and an addition.
    if (kindA !== kindB) return OTHER_KIND;
    return LEAF + (1 - LEAF) * sharedBytes(before.doc, a, after.doc, b);
  }
  const [identityA, identityB] = [before.identity(a), after.identity(b)];
  if (identityA !== null && identityB !== null) return identityA === identityB ? SAME_IDENTITY : 0;
  const [objectA, objectB] = [objectOf(before.doc, a), objectOf(after.doc, b)];
  if ((objectA === null) !== (objectB === null)) return 0;
  return objectA === null || objectB === null
    ? similarLists(compared, a, b)
    : similarObjects(compared, objectA, objectB);
}

function similarObjects({ before, after }: Compared, a: NodeId, b: NodeId): number {
  for (const key of ['role', 'type'] as const) {
    if (textOf(before.doc, a, key) !== textOf(after.doc, b, key)) return 0;
  }
  let names = 0;
  let values = 0;
  let seen = 0;
  const end = before.doc.next(a);
  for (let child = a + 1; child < end && seen < MAX_CHILDREN; child = before.doc.next(child), seen++) {
    const other = after.doc.member(b, before.doc.key(child) ?? '');
    if (other === undefined) continue;
    names++;
    if (before.hashes.of(child) === after.hashes.of(other)) values++;
  }
  const most = Math.max(seen, Math.min(after.doc.childCount(b), MAX_CHILDREN), 1);
  const [sharedNames, sharedValues] = [names / most, values / most];
  const enough = sharedValues >= 0.5 || (sharedNames >= 0.5 && sizesAlike(before.doc, a, after.doc, b));
  // The same value is one item also where that does not show in its members: empty, or with names that occur twice.
  const isOne = enough || before.hashes.of(a) === after.hashes.of(b);
  return isOne ? LEAST + (sharedNames + 2 * sharedValues) / 4 : 0;
}

function similarLists({ before, after }: Compared, a: NodeId, b: NodeId): number {
  const known = hashesOfItems(before, a);
  const others = hashesOfItems(after, b);
  let shared = 0;
  for (const hash of others) if (known.has(hash)) shared++;
  const part = shared / Math.max(known.size, others.size, 1);
  const areShort = before.doc.childCount(a) <= SHORT_LIST && after.doc.childCount(b) <= SHORT_LIST;
  return areShort || part >= 0.5 || sizesAlike(before.doc, a, after.doc, b) ? LEAST + part / 2 : 0;
}

function hashesOfItems({ doc, hashes }: Side, list: NodeId): Set<number> {
  const found = new Set<number>();
  const end = doc.next(list);
  for (let child = list + 1, seen = 0; child < end && seen < MAX_CHILDREN; child = doc.next(child), seen++) {
    found.add(hashes.of(child));
  }
  return found;
}

function sizesAlike(before: JsonDocument, a: NodeId, after: JsonDocument, b: NodeId): boolean {
  const [sizeA, sizeB] = [before.end(a) - before.start(a), after.end(b) - after.start(b)];
  return Math.max(sizeA, sizeB) <= MAX_SIZE_RATIO * Math.min(sizeA, sizeB);
}

/** The part of two texts that they begin and end with alike. */
function sharedBytes(before: JsonDocument, a: NodeId, after: JsonDocument, b: NodeId): number {
  const [viewA, viewB] = [viewOf(before.rawBytes(a)), viewOf(after.rawBytes(b))];
  const [lengthA, lengthB] = [viewA.bytes.length, viewB.bytes.length];
  const shorter = Math.min(lengthA, lengthB);
  const head = commonPrefix(viewA, 0, viewB, 0, Math.min(shorter, MAX_BYTES));
  const tail = commonSuffix(viewA, lengthA, viewB, lengthB, Math.min(shorter - head, MAX_BYTES));
  return (head + tail) / Math.max(Math.min(Math.max(lengthA, lengthB), 2 * MAX_BYTES), 1);
}

function isContainer(kind: string): boolean {
  return kind === 'array' || kind === 'object';
}
