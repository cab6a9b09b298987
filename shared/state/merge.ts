/**
 * Writing a value over the text that it was read from: whatever is equal to what stands there is copied byte for byte, so an
 * edit changes the bytes of the edit. Names keep their place and spelling, new ones come last.
 */
import type { JsonDocument, NodeId } from '../json/document.ts';
import type { Pieces } from '../json/pieces.ts';
import type { Decoder } from './decode.ts';
import type { Encoder } from './encode.ts';
import { equalValues, isPlainObject, type PlainObject, type ValueTypes } from './plain.ts';

type Path = readonly (string | number)[];

export class Merger {
  readonly #doc: JsonDocument;
  readonly #decoder: Decoder;
  readonly #encoder: Encoder;
  readonly #types: ValueTypes;
  /** Lists ask up to three times for one item; without this each level of nesting would multiply the work by three. */
  readonly #known = new Map<NodeId, { readonly value: unknown; readonly pieces: Pieces | undefined }>();

  constructor(doc: JsonDocument, decoder: Decoder, encoder: Encoder, types: ValueTypes) {
    this.#doc = doc;
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#types = types;
  }

  /** Undefined: nothing changed, the bytes of the node can stay. */
  changed(value: unknown, node: NodeId, path: Path = []): Pieces | undefined {
    const known = this.#known.get(node);
    if (known && Object.is(known.value, value)) return known.pieces;
    const pieces = this.#compare(value, node, path);
    this.#known.set(node, { value, pieces });
    return pieces;
  }

  #compare(value: unknown, node: NodeId, path: Path): Pieces | undefined {
    const doc = this.#doc;
    const kind = doc.kind(node);
    if (kind === 'object' && isPlainObject(value) && !doc.isOpaque(node) && !this.#decoder.isTagged(node)) {
      return this.#object(value, node, path);
    }
    if (kind === 'array' && Array.isArray(value) && !doc.isOpaque(node)) return this.#array(value, node, path);
    const unchanged = equalValues(value, this.#decoder.value(node, path.length), this.#types);
    return unchanged ? undefined : this.#encoder.value(value, path);
  }

  #object(value: PlainObject, node: NodeId, path: Path): Pieces | undefined {
    const doc = this.#doc;
    const children = [...doc.children(node)];
    const known = new Set<string>();
    const kept: { readonly child: NodeId; readonly pieces: Pieces | undefined }[] = [];
    for (const child of children) {
      const name = this.#decoder.name(child);
      known.add(name);
      if (!Object.hasOwn(value, name)) continue;
      // A member that a later one of the same name hides says nothing about the value, and stays.
      const pieces = doc.isShadowed(child) ? undefined : this.changed(value[name], child, [...path, name]);
      kept.push({ child, pieces });
    }
    const added = Object.keys(value).filter((name) => !known.has(name));
    if (added.length === 0 && kept.length === children.length && kept.every(({ pieces }) => !pieces)) return undefined;
    const written: Pieces[] = kept.map(({ child, pieces }) => [
      this.#nameAndColon(child),
      ...(pieces ?? [doc.rawBytes(child)]),
    ]);
    const last = children.at(-1);
    const colon = last === undefined ? ':' : this.#colon(last);
    for (const name of added)
      written.push([this.#encoder.name(name), colon, ...this.#encoder.value(value[name], [...path, name])]);
    return this.#assemble(node, children, written, '{', '}');
  }

  #array(items: readonly unknown[], node: NodeId, path: Path): Pieces | undefined {
    const doc = this.#doc;
    const children = [...doc.children(node)];
    const shorter = Math.min(items.length, children.length);
    let head = 0;
    while (head < shorter && this.#isSame(items[head], children[head], [...path, head])) head++;
    if (head === items.length && head === children.length) return undefined;
    let tail = 0;
    while (tail < shorter - head && this.#isSame(items.at(-1 - tail), children.at(-1 - tail), path)) tail++;
    const written = items.map((item, at): Pieces => {
      const child = at < items.length - tail ? children[at] : children[children.length - (items.length - at)];
      const isKept = at < head || at >= items.length - tail;
      const mayPair = isKept || (child !== undefined && at < children.length - tail);
      if (child === undefined || !mayPair) return this.#encoder.value(item, [...path, at]);
      return (isKept ? undefined : this.changed(item, child, [...path, at])) ?? [doc.rawBytes(child)];
    });
    return this.#assemble(node, children, written, '[', ']');
  }

  #isSame(value: unknown, child: NodeId | undefined, path: Path): boolean {
    return child !== undefined && this.changed(value, child, path) === undefined;
  }

  /** Between the brackets, with the separators that stand there. */
  #assemble(
    node: NodeId,
    children: readonly NodeId[],
    written: readonly Pieces[],
    open: string,
    close: string,
  ): Pieces {
    const out: (string | Uint8Array)[] = [open];
    written.forEach((pieces, at) => out.push(...this.#separator(node, children, at), ...pieces));
    const last = children.at(-1);
    const end = this.#doc.end(node) - 1;
    if (written.length > 0 && last !== undefined) out.push(this.#doc.bytes.subarray(this.#doc.end(last), end));
    out.push(close);
    return out;
  }

  /** What stands before the item of this place; before one that is new, what stands before the last. */
  #separator(node: NodeId, children: readonly NodeId[], at: number): Pieces {
    const [first, second] = children;
    if (first === undefined) return at > 0 ? [','] : [];
    const lead = this.#doc.bytes.subarray(this.#doc.start(node) + 1, this.#start(first));
    if (at === 0) return [lead];
    if (second === undefined) return [',', lead];
    const after = Math.min(at, children.length - 1);
    const [left = first, right = second] = children.slice(after - 1, after + 1);
    return [this.#doc.bytes.subarray(this.#doc.end(left), this.#start(right))];
  }

  #start(child: NodeId): number {
    return this.#doc.keyRange(child)?.start ?? this.#doc.start(child);
  }

  #nameAndColon(child: NodeId): Uint8Array {
    return this.#doc.bytes.subarray(this.#start(child), this.#doc.start(child));
  }

  #colon(child: NodeId): Uint8Array {
    return this.#doc.bytes.subarray(this.#doc.keyRange(child)?.end ?? 0, this.#doc.start(child));
  }
}
