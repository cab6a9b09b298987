/** Where two texts of one state differ, place by place: enough to decide whether to reload. */
import type { StoredDifference } from '../../../shared/ipc/writing.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type JsonPath, toJsonPath } from '../../../shared/json/path.ts';

const SHOWN = 500;
const VALUE_CHARACTERS = 200;

interface Pair {
  readonly path: JsonPath;
  readonly before: NodeId | undefined;
  readonly after: NodeId | undefined;
}

/** In document order. Members are matched by name, items by place between what both lists begin and end with. */
export function storedDifferences(
  before: JsonDocument,
  after: JsonDocument,
): { readonly differences: readonly StoredDifference[]; readonly more: number } {
  const differences: StoredDifference[] = [];
  let more = 0;
  const waiting: Pair[] = [{ path: [], before: 0, after: 0 }];
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [a, b] = [pair.before, pair.after];
    if (a !== undefined && b !== undefined) {
      if (Buffer.compare(before.rawBytes(a), after.rawBytes(b)) === 0) continue;
      const kind = before.kind(a);
      const inside = kind === after.kind(b) && (kind === 'object' || kind === 'array');
      if (inside && !before.isOpaque(a) && !after.isOpaque(b)) {
        const pairs =
          kind === 'object' ? members(before, after, a, b, pair.path) : items(before, after, a, b, pair.path);
        waiting.push(...pairs.toReversed());
        continue;
      }
    }
    if (differences.length >= SHOWN) more += 1;
    else differences.push(difference(before, after, pair));
  }
  return { differences, more };
}

function members(before: JsonDocument, after: JsonDocument, a: NodeId, b: NodeId, path: JsonPath): Pair[] {
  const pairs: Pair[] = [];
  for (const child of before.children(a)) {
    if (before.isShadowed(child)) continue;
    const name = before.key(child) ?? '';
    pairs.push({ path: [...path, name], before: child, after: after.member(b, name) });
  }
  for (const child of after.children(b)) {
    const name = after.key(child) ?? '';
    if (before.member(a, name) === undefined && !after.isShadowed(child)) {
      pairs.push({ path: [...path, name], before: undefined, after: child });
    }
  }
  return pairs;
}

function items(before: JsonDocument, after: JsonDocument, a: NodeId, b: NodeId, path: JsonPath): Pair[] {
  const [old, now] = [[...before.children(a)], [...after.children(b)]];
  const same = (x: NodeId | undefined, y: NodeId | undefined) =>
    x !== undefined && y !== undefined && Buffer.compare(before.rawBytes(x), after.rawBytes(y)) === 0;
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && same(old[head], now[head])) head++;
  let tail = 0;
  while (tail < shorter - head && same(old.at(-1 - tail), now.at(-1 - tail))) tail++;
  const pairs: Pair[] = [];
  const longer = Math.max(old.length, now.length) - tail;
  for (let at = head; at < longer; at++) {
    pairs.push({
      path: [...path, at],
      before: at < old.length - tail ? old[at] : undefined,
      after: at < now.length - tail ? now[at] : undefined,
    });
  }
  return pairs;
}

function difference(before: JsonDocument, after: JsonDocument, { path, before: a, after: b }: Pair): StoredDifference {
  return {
    kind: a === undefined ? 'added' : b === undefined ? 'removed' : 'changed',
    path: toJsonPath(path),
    before: a === undefined ? null : shortText(before, a),
    after: b === undefined ? null : shortText(after, b),
    valueKind: b === undefined ? before.kind(a ?? 0) : after.kind(b),
  };
}

function shortText(document: JsonDocument, node: NodeId): string {
  const bytes = document.rawBytes(node);
  if (bytes.length <= VALUE_CHARACTERS) return document.rawText(node);
  return `${document.rawText(node).slice(0, VALUE_CHARACTERS)}…`;
}
