/** The paths of all states together: how much stands at `state_data.memory.content`, wherever it does. */
import type { SizeKind } from '../../../shared/ipc/attribution.ts';
import { type Compared, figuresOf, growthIn, memberBytes, type Pair, pairsIn } from './side.ts';
import { byBytes, type Figures, isNothing, PLAIN, type SizeNode, sumGrowth, sumTokens } from './size-node.ts';

/** Names and lists below each other that are told apart. */
const DEEPEST = 8;
/** Names of one object that are told apart: more are keys of a map, not attributes. */
const MOST_NAMES = 200;
const MOST_NODES = 20_000;

export class AttributeSizes {
  readonly root = new Attribute('source', '');
  readonly #left = { nodes: MOST_NODES };

  /** All of one state, or of the value at a path of a state that is read in parts. */
  add(compared: Compared, pair: Pair, at: Attribute = this.root): void {
    const figures = figuresOf(compared, pair);
    at.add(figures);
    if (at.depth < DEEPEST) this.#addParts(compared, pair, at, figures);
    else at.addOwn(figures);
  }

  /** The attribute of that name; null for the items of a list. */
  child(at: Attribute, name: string | null): Attribute {
    return at.child(name, this.#left);
  }

  #addParts(compared: Compared, pair: Pair, at: Attribute, whole: Figures): void {
    let [bytes, before, tokens] = [0, 0, 0];
    const growths: Figures['growth'][] = [];
    for (const child of pairsIn(compared, pair)) {
      const side = child.now === null ? compared.was : compared.now;
      const node = child.now ?? child.was;
      const part = this.child(at, (node === null ? undefined : side?.doc.key(node)) ?? null);
      const figures = figuresOf(compared, child);
      bytes += figures.bytes;
      tokens += figures.tokens ?? 0;
      if (child.was !== null && compared.was !== null) before += memberBytes(compared.was.doc, child.was);
      growths.push(figures.growth);
      this.add(compared, child, part);
    }
    const was = pair.was === null || compared.was === null ? null : memberBytes(compared.was.doc, pair.was) - before;
    const own = whole.bytes - bytes;
    const growth = growthIn(compared.mode, pair, pair.now === null ? null : own, was);
    at.addOwn({ bytes: own, tokens: whole.tokens === null ? null : whole.tokens - tokens, growth });
  }

  node(): SizeNode {
    return this.root.node();
  }
}

/** A path, with what stands there in all states. */
export class Attribute {
  readonly kind: SizeKind;
  readonly name: string;
  readonly depth: number;
  #count = 0;
  #own: Figures = { bytes: 0, tokens: 0, growth: { added: 0, removed: 0, grown: 0 } };
  readonly #children = new Map<string | null, Attribute>();
  #rest: Attribute | null = null;

  constructor(kind: SizeKind, name: string, depth = 0) {
    this.kind = kind;
    this.name = name;
    this.depth = depth;
  }

  add(figures: Figures): void {
    if (figures.bytes > 0 || figures.growth !== null) this.#count += 1;
  }

  /** What is in no part of it. */
  addOwn({ bytes, tokens, growth }: Figures): void {
    const own = this.#own;
    this.#own = {
      bytes: own.bytes + bytes,
      tokens: sumTokens([own.tokens, tokens]),
      growth: sumGrowth([own.growth, growth]),
    };
  }

  child(name: string | null, left: { nodes: number }): Attribute {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    if (this.#children.size >= MOST_NAMES || left.nodes <= 0) {
      // What is within the rest is not told apart.
      this.#rest ??= new Attribute('smaller', '', DEEPEST);
      return this.#rest;
    }
    left.nodes -= 1;
    const made = new Attribute(name === null ? 'items' : 'value', name ?? '', this.depth + 1);
    this.#children.set(name, made);
    return made;
  }

  node(): SizeNode {
    const { kind, name } = this;
    const made = [...this.#children.values(), ...(this.#rest === null ? [] : [this.#rest])].map((child) =>
      child.node(),
    );
    const own = this.#own;
    if (made.length === 0) return { ...PLAIN, kind, name, count: this.#count, ...own };
    if (!isNothing(own)) made.push({ ...PLAIN, kind: 'structure', ...own });
    const parts = made.toSorted(byBytes);
    return {
      ...PLAIN,
      kind,
      name,
      count: this.#count,
      bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
      tokens: sumTokens(parts.map(({ tokens }) => tokens)),
      growth: sumGrowth(parts.map(({ growth }) => growth)),
      parts,
    };
  }
}
