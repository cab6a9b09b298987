/** A part of what is measured, and the arithmetic of parts: those of a node add up to it. */
import type { Growth, SizeKind, SizePlace } from '../../../shared/ipc/attribution.ts';

export interface SizeNode {
  readonly kind: SizeKind;
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly tokens: number | null;
  readonly growth: Growth | null;
  readonly place: SizePlace | null;
  /** Empty, or all that it is made of, `structure` and `smaller` included, the largest first. */
  readonly parts: readonly SizeNode[];
}

export type Figures = Pick<SizeNode, 'bytes' | 'tokens' | 'growth'>;

export const NO_GROWTH: Growth = { added: 0, removed: 0, grown: 0 };

export function sumGrowth(all: Iterable<Growth | null>): Growth | null {
  const sum = { added: 0, removed: 0, grown: 0 };
  for (const each of all) {
    if (each === null) return null;
    sum.added += each.added;
    sum.removed += each.removed;
    sum.grown += each.grown;
  }
  return sum;
}

export function sumTokens(all: Iterable<number | null>): number | null {
  let sum = 0;
  for (const each of all) {
    if (each === null) return null;
    sum += each;
  }
  return sum;
}

/** What one value has become: bytes of a value that is not there are null. */
export function growthOf(now: number | null, was: number | null): Growth {
  if (was === null) return { ...NO_GROWTH, added: now ?? 0 };
  if (now === null) return { ...NO_GROWTH, removed: was };
  return { ...NO_GROWTH, grown: now - was };
}

export function netGrowth({ added, removed, grown }: Growth): number {
  return added - removed + grown;
}

/** Gathers parts of which only the large ones are kept apart. */
export class Parts {
  readonly #above: number;
  readonly #kept: SizeNode[] = [];
  readonly #smaller = { count: 0, bytes: 0, tokens: 0 as number | null, growth: NO_GROWTH as Growth | null };

  /** @param smallest bytes, now or then, of a part that is kept. */
  constructor(smallest: number) {
    this.#above = smallest;
  }

  /** @param made is asked only for a part that is kept. */
  add(figures: Figures, largest: number, made: () => SizeNode): void {
    if (largest >= this.#above) this.#kept.push(made());
    else this.addSmaller(figures, 1);
  }

  addSmaller({ bytes, tokens, growth }: Figures, count: number): void {
    const rest = this.#smaller;
    rest.count += count;
    rest.bytes += bytes;
    rest.tokens = sumTokens([rest.tokens, tokens]);
    rest.growth = sumGrowth([rest.growth, growth]);
  }

  /** The largest first. `structure`: what is in none of them; null where there is nothing of that kind. */
  list(structure: Figures | null): SizeNode[] {
    const list = [...this.#kept];
    const { count, ...figures } = this.#smaller;
    if (count > 0) list.push({ ...PLAIN, kind: 'smaller', count, ...figures });
    if (structure !== null && !isNothing(structure)) list.push({ ...PLAIN, kind: 'structure', ...structure });
    return list.toSorted(byBytes);
  }
}

export const PLAIN = { name: '', count: 1, place: null, parts: [] } as const;

export function byBytes(a: SizeNode, b: SizeNode): number {
  return b.bytes - a.bytes;
}

/** Takes no bytes, and has not changed. */
export function isNothing({ bytes, growth }: Figures): boolean {
  if (bytes !== 0) return false;
  return growth === null || (growth.added === 0 && growth.removed === 0 && growth.grown === 0);
}
