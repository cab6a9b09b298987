/** At most so many of a list, evenly, its first and its last among them. */
export function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  if (most < 2) return items.slice(0, most);
  return Array.from({ length: most }, (_none, n) => Math.round((n * (items.length - 1)) / (most - 1))).flatMap((at) =>
    items.slice(at, at + 1),
  );
}
