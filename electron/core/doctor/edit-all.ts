/** Several edits of one JSON text at once, as splices: commas come out right whichever neighbours are removed or added. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8, quoteJson } from '../../../shared/json/json-string.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { Splice, TextEdit } from './model.ts';

/** In order, and apart from each other. What lies within a value that is removed or replaced goes with it. */
export function splicesOf(document: JsonDocument, edits: readonly TextEdit[]): readonly Splice[] {
  const gone = new Set<NodeId>();
  for (const edit of edits) if (edit.op === 'remove' || edit.op === 'set') gone.add(edit.node);
  const isWithin = (node: NodeId) => hasAncestor(document, node, gone);
  const splices: Splice[] = [];
  const containers = new Map<NodeId, ContainerEdits>();
  const containerOf = (node: NodeId): ContainerEdits => {
    const known = containers.get(node) ?? { removed: new Set<NodeId>(), inserted: new Map<number, Uint8Array[]>() };
    containers.set(node, known);
    return known;
  };
  const replaced = new Set<NodeId>();
  for (const edit of edits) {
    switch (edit.op) {
      case 'splice':
        splices.push(edit);
        break;
      case 'set':
        if (isWithin(edit.node) || replaced.has(edit.node)) break;
        replaced.add(edit.node);
        splices.push({ start: document.start(edit.node), end: document.end(edit.node), text: encodeUtf8(edit.text) });
        break;
      case 'rename': {
        const range = document.keyRange(edit.node);
        if (range !== undefined && !isWithin(edit.node))
          splices.push({ ...range, text: encodeUtf8(quoteJson(edit.name)) });
        break;
      }
      case 'remove':
        if (!isWithin(edit.node)) containerOf(document.parent(edit.node)).removed.add(edit.node);
        break;
      case 'insert': {
        const { parent, index, name, text } = edit;
        if (gone.has(parent) || isWithin(parent)) break;
        const value = name === null ? encodeUtf8(text) : joinPieces([quoteJson(name), colonOf(document, parent), text]);
        const { inserted } = containerOf(parent);
        inserted.set(index, [...(inserted.get(index) ?? []), value]);
        break;
      }
      default:
        edit satisfies never;
    }
  }
  for (const [container, change] of containers) splices.push(...containerSplices(document, container, change));
  return apart(splices);
}

/** @param splices in order, and apart from each other. */
export function spliceAll(bytes: Uint8Array, splices: readonly Splice[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, text } of splices) {
    pieces.push(bytes.subarray(at, start), text);
    at = end;
  }
  return joinPieces([...pieces, bytes.subarray(at)]);
}

interface ContainerEdits {
  readonly removed: Set<NodeId>;
  readonly inserted: Map<number, Uint8Array[]>;
}

function containerSplices(document: JsonDocument, container: NodeId, { removed, inserted }: ContainerEdits): Splice[] {
  const splices: Splice[] = [];
  const comma = commaOf(document, container);
  const children = [...document.children(container)];
  let kept: NodeId | null = null;
  let run: number | null = null;
  let pending: Uint8Array[] = [];
  for (const [index, child] of children.entries()) {
    pending.push(...(inserted.get(index) ?? []));
    const start = childStart(document, child);
    if (removed.has(child)) {
      run ??= start;
      continue;
    }
    if (kept === null) {
      const text = joinPieces(pending.flatMap((value) => [value, comma]));
      splices.push({ start: run ?? start, end: start, text });
    } else {
      const end = document.end(kept);
      splices.push({ start: end, end, text: joinPieces(pending.flatMap((value) => [comma, value])) });
      if (run !== null) splices.push({ start: run, end: start, text: new Uint8Array() });
    }
    [kept, run, pending] = [child, null, []];
  }
  pending.push(...(inserted.get(children.length) ?? []));
  const last = children.at(-1);
  if (kept === null) {
    // Between the brackets there is nothing that stays.
    const text = joinPieces(pending.flatMap((value, at) => (at === 0 ? [value] : [comma, value])));
    const end = document.isIncomplete(container) ? document.end(container) : document.end(container) - 1;
    splices.push({ start: document.start(container) + 1, end, text });
  } else {
    const start = document.end(kept);
    const end = run === null || last === undefined ? start : document.end(last);
    splices.push({ start, end, text: joinPieces(pending.flatMap((value) => [comma, value])) });
  }
  return splices.filter(({ start, end, text }) => end > start || text.length > 0);
}

/** Of two that overlap the one that begins first, which is the larger one, wins. Insertions at one place stay in their order. */
function apart(splices: readonly Splice[]): readonly Splice[] {
  const ordered = splices.toSorted(
    (a, b) => a.start - b.start || Number(a.end > a.start) - Number(b.end > b.start) || b.end - a.end,
  );
  const chosen: Splice[] = [];
  let at = 0;
  for (const splice of ordered) {
    if (splice.start < at) continue;
    chosen.push(splice);
    at = splice.end;
  }
  return chosen;
}

function hasAncestor(document: JsonDocument, node: NodeId, among: ReadonlySet<NodeId>): boolean {
  for (let at = document.parent(node); at >= 0; at = document.parent(at)) if (among.has(at)) return true;
  return false;
}

/** A member with its name, an item without. */
function childStart(document: JsonDocument, child: NodeId): number {
  return document.keyRange(child)?.start ?? document.start(child);
}

/** As between two children here; as Python writes it where there are none. */
function commaOf(document: JsonDocument, container: NodeId): Uint8Array {
  const [first, second] = [document.child(container, 0), document.child(container, 1)];
  if (first === undefined) return encodeUtf8(', ');
  if (second !== undefined) return document.bytes.subarray(document.end(first), childStart(document, second));
  const lead = document.bytes.subarray(document.start(container) + 1, childStart(document, first));
  return joinPieces([',', lead.length > 0 ? lead : ' ']);
}

function colonOf(document: JsonDocument, container: NodeId): Uint8Array {
  const first = document.child(container, 0);
  const key = first === undefined ? undefined : document.keyRange(first);
  if (first === undefined || key === undefined) return encodeUtf8(': ');
  return document.bytes.subarray(key.end, document.start(first));
}

/** One splice from the first byte that is another one to the last. Never in the middle of a character. */
export function differing(before: Uint8Array, after: Uint8Array): Splice {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++;
  while (start > 0 && (isInside(before[start]) || isInside(after[start]))) start--;
  while (same > 0 && isInside(before[before.length - same])) same--;
  return { start, end: before.length - same, text: after.subarray(start, after.length - same) };
}

/** A byte of a character that is not its first. */
export function isInside(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
