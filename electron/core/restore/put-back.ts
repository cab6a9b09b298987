/** Puts chosen values of a state as it was into its present text. Every byte that is part of no chosen change stays. */
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import { joinPieces } from '../../../shared/json/pieces.ts';
import type { Change, Changes } from './changes.ts';

/** The new text. @param chosen out of `changes.list`. */
export function putBack(changes: Changes, chosen: readonly Change[]): Uint8Array {
  const { now, was } = changes;
  if (chosen.some(({ container }) => container === null)) return was.rawBytes(0);
  const work = new PutBack(changes, chosen);
  return chosen.length === 0 ? now.rawBytes(0) : work.container(0, 0);
}

interface Child {
  /** -1 for what only the state as it was has. */
  readonly now: NodeId;
  /** -1 where the present's own place in the list counts. */
  readonly was: NodeId;
  readonly text: Uint8Array;
}

class PutBack {
  readonly #now: JsonDocument;
  readonly #was: JsonDocument;
  readonly #nowOf: Changes['nowOf'];
  readonly #chosen = new Map<NodeId, Change[]>();
  /** Containers of the state as it was in which something is chosen, at any depth. */
  readonly #touched = new Set<NodeId>();

  constructor({ now, was, nowOf }: Changes, chosen: readonly Change[]) {
    this.#now = now;
    this.#was = was;
    this.#nowOf = nowOf;
    for (const change of chosen) {
      const { container } = change;
      if (container === null) continue;
      const of = this.#chosen.get(container);
      if (of) of.push(change);
      else this.#chosen.set(container, [change]);
      for (let at = container; at >= 0 && !this.#touched.has(at); at = was.parent(at)) this.#touched.add(at);
    }
  }

  container(was: NodeId, now: NodeId): Uint8Array {
    const chosen = this.#chosen.get(was) ?? [];
    const removed = new Set(
      chosen.flatMap(({ kind, now: node }) => (kind === 'removed' && node !== null ? [node] : [])),
    );
    const replaced = new Map(
      chosen.flatMap(({ kind, now: a, was: b }) => (kind === 'changed' && a !== null ? [[a, b]] : [])),
    );
    const added = new Set(chosen.flatMap(({ kind, was: node }) => (kind === 'added' && node !== null ? [node] : [])));
    const partners = this.#partners(was);
    const behind = this.#addedBehind(was, added, partners);
    const children: Child[] = [...(behind.get(-1) ?? [])];
    for (const node of this.#now.children(now)) {
      const partner = partners.now.get(node) ?? -1;
      if (!removed.has(node)) {
        const other = replaced.get(node);
        const value = other != null ? this.#was.rawBytes(other) : this.#kept(node, partner);
        const name = this.#now.keyRange(node);
        const lead = name === undefined ? '' : this.#now.bytes.subarray(name.start, this.#now.start(node));
        children.push({ now: node, was: partner, text: joinPieces([lead, value]) });
      }
      children.push(...(behind.get(node) ?? []));
    }
    return this.#join(children, was, now);
  }

  #kept(node: NodeId, partner: NodeId): Uint8Array {
    return partner >= 0 && this.#touched.has(partner) ? this.container(partner, node) : this.#now.rawBytes(node);
  }

  /** Which children of the container are the same thing in both. */
  #partners(container: NodeId): { readonly now: Map<NodeId, NodeId>; readonly was: Map<NodeId, NodeId> } {
    const pairs = { now: new Map<NodeId, NodeId>(), was: new Map<NodeId, NodeId>() };
    for (const child of this.#was.children(container)) {
      const other = this.#nowOf(child);
      if (other === null) continue;
      pairs.now.set(other, child);
      pairs.was.set(child, other);
    }
    return pairs;
  }

  /** Each behind the nearest child before it that the present has, too; -1: at the beginning. */
  #addedBehind(
    container: NodeId,
    added: ReadonlySet<NodeId>,
    partners: { readonly was: ReadonlyMap<NodeId, NodeId> },
  ): Map<NodeId, Child[]> {
    const behind = new Map<NodeId, Child[]>();
    let anchor = -1;
    for (const child of this.#was.children(container)) {
      const partner = partners.was.get(child);
      if (partner !== undefined) anchor = partner;
      if (!added.has(child)) continue;
      const start = this.#was.keyRange(child)?.start ?? this.#was.start(child);
      const text = this.#was.bytes.subarray(start, this.#was.end(child));
      const at = behind.get(anchor) ?? [];
      at.push({ now: -1, was: child, text });
      behind.set(anchor, at);
    }
    return behind;
  }

  /** With what stands between values now; where nothing does, with what stood there then. */
  #join(children: readonly Child[], was: NodeId, now: NodeId): Uint8Array {
    const [here, there] = [new Spaces(this.#now, now), new Spaces(this.#was, was)];
    if (children.length === 0) return there.count === 0 ? this.#was.rawBytes(was) : here.empty();
    const usual = here.between() ?? there.between() ?? ', ';
    const outer = here.count > 0 ? here : there;
    const out: (string | Uint8Array)[] = [outer.open()];
    let previous: Child | null = null;
    for (const child of children) {
      if (previous !== null) {
        out.push(here.from(previous.now, child.now) ?? there.from(previous.was, child.was) ?? usual);
      }
      out.push(child.text);
      previous = child;
    }
    out.push(outer.close());
    return joinPieces(out);
  }
}

/** What stands around and between the children of a container. */
class Spaces {
  readonly count: number;
  readonly #doc: JsonDocument;
  readonly #node: NodeId;

  constructor(doc: JsonDocument, node: NodeId) {
    this.#doc = doc;
    this.#node = node;
    this.count = doc.childCount(node);
  }

  empty(): Uint8Array {
    return encodeUtf8(this.#doc.kind(this.#node) === 'array' ? '[]' : '{}');
  }

  open(): Uint8Array {
    const first = this.#node + 1;
    return this.#doc.bytes.subarray(this.#doc.start(this.#node), this.#startOf(first));
  }

  close(): Uint8Array {
    const last = this.#doc.child(this.#node, this.count - 1) ?? this.#node + 1;
    return this.#doc.bytes.subarray(this.#doc.end(last), this.#doc.end(this.#node));
  }

  between(): Uint8Array | null {
    if (this.count < 2) return null;
    const first = this.#node + 1;
    return this.from(first, this.#doc.next(first));
  }

  /** Null for two that do not stand side by side here. */
  from(child: NodeId, next: NodeId): Uint8Array | null {
    if (child < 0 || next < 0 || this.#doc.next(child) !== next) return null;
    return this.#doc.bytes.subarray(this.#doc.end(child), this.#startOf(next));
  }

  #startOf(child: NodeId): number {
    return this.#doc.keyRange(child)?.start ?? this.#doc.start(child);
  }
}
