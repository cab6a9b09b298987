/** A state as the tree of its values, of which only the large ones are kept. */
import type { JsonKind } from '../../../shared/json/document.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { type Compared, figuresOf, growthIn, largestOf, memberBytes, type Pair, pairsIn, type Side } from './side.ts';
import { type Figures, Parts, PLAIN, type SizeNode, sumGrowth } from './size-node.ts';

/** Values below this depth are one with what holds them. */
const DEEPEST = 32;

export interface Named {
  readonly kind: SizeNode['kind'];
  readonly name: string;
  readonly path: JsonPath;
}

/** @param smallest bytes, now or then, of a value that is told apart. */
export function valueSizes(key: string, compared: Compared, pair: Pair, named: Named, smallest: number): SizeNode {
  const figures = figuresOf(compared, pair);
  const place = { key, segments: named.path };
  const { kind, name } = named;
  const parts = named.path.length < DEEPEST ? partsOf(key, compared, pair, named.path, figures, smallest) : [];
  const growth = parts.length === 0 ? figures.growth : sumGrowth(parts.map((part) => part.growth));
  return { ...PLAIN, kind, name, place, ...figures, growth, parts };
}

function partsOf(
  key: string,
  compared: Compared,
  pair: Pair,
  path: JsonPath,
  whole: Figures,
  smallest: number,
): readonly SizeNode[] {
  // One that has become another kind is told as a whole.
  if (!areContainers(compared, pair)) return [];
  const parts = new Parts(smallest);
  let [bytes, before] = [0, 0];
  for (const child of pairsIn(compared, pair)) {
    const figures = figuresOf(compared, child);
    const sizes = () => {
      const below = [...path, segmentOf(compared, child)];
      return valueSizes(key, compared, child, namedOf(compared, child, below), smallest);
    };
    parts.add(figures, largestOf(compared, child), sizes);
    bytes += figures.bytes;
    before += thenBytes(compared, child);
  }
  const own = whole.bytes - bytes;
  return parts.list({
    bytes: own,
    tokens: whole.tokens === null ? null : 0,
    growth: ownGrowth(compared, pair, own, before),
  });
}

/** Of the punctuation: what is left of the whole without its parts. */
function ownGrowth(compared: Compared, pair: Pair, own: number, before: number): Figures['growth'] {
  const was = pair.was === null ? null : thenBytes(compared, pair) - before;
  return growthIn(compared.mode, pair, pair.now === null ? null : own, was);
}

function thenBytes({ was }: Compared, pair: Pair): number {
  return was === null || pair.was === null ? 0 : memberBytes(was.doc, pair.was);
}

function areContainers({ now, was }: Compared, pair: Pair): boolean {
  const kinds = [kindIn(now, pair.now), kindIn(was, pair.was)].filter((kind) => kind !== null);
  const [first] = kinds;
  return (first === 'object' || first === 'array') && kinds.every((kind) => kind === first);
}

function kindIn(side: Side | null, node: number | null): JsonKind | null {
  if (side === null || node === null || side.doc.isOpaque(node)) return null;
  return side.doc.kind(node);
}

/** Where it is now; where it was, for what is gone. */
export function segmentOf({ now, was }: Compared, pair: Pair): string | number {
  const [side, node] = pair.now === null ? [was, pair.was] : [now, pair.now];
  if (side === null || node === null) return '';
  return side.doc.key(node) ?? side.doc.indexInParent(node);
}

function namedOf({ now, was }: Compared, pair: Pair, path: JsonPath): Named {
  const kind = kindIn(now, pair.now) ?? kindIn(was, pair.was);
  const name = String(path.at(-1) ?? '');
  return { kind: kind === 'object' || kind === 'array' ? kind : 'value', name, path };
}
