/**
 * A treemap: areas that are as large as their weights, and as close to squares as can be (Bruls, Huizing and van Wijk, Squarified
 * Treemaps, 2000). Our own, because those of the chart library are drawn as pictures, in which nothing can be focused or cut off.
 */

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * @param weights above 0, the largest first
 * @returns an area for each, which together fill the given one
 */
export function squarify(weights: readonly number[], within: Area): Area[] {
  const areas: Area[] = [];
  let left = weights.reduce((sum, weight) => sum + weight, 0);
  let rest = within;
  for (let at = 0; at < weights.length; ) {
    const scale = left === 0 ? 0 : (rest.width * rest.height) / left;
    const row = rowFrom(weights, at, scale, Math.min(rest.width, rest.height));
    const sum = row.reduce((all, weight) => all + weight, 0);
    const share = left === 0 ? 0 : sum / left;
    const upright = rest.width >= rest.height;
    const strip = upright ? { ...rest, width: rest.width * share } : { ...rest, height: rest.height * share };
    areas.push(...fill(row, sum, strip, upright));
    rest = upright
      ? { ...rest, x: rest.x + strip.width, width: rest.width - strip.width }
      : { ...rest, y: rest.y + strip.height, height: rest.height - strip.height };
    left -= sum;
    at += row.length;
  }
  return areas;
}

/** As many as make each other no flatter. */
function rowFrom(weights: readonly number[], from: number, scale: number, side: number): readonly number[] {
  let to = from + 1;
  let flattest = flatness(weights.slice(from, to), scale, side);
  while (to < weights.length) {
    const next = flatness(weights.slice(from, to + 1), scale, side);
    if (next > flattest) break;
    flattest = next;
    to += 1;
  }
  return weights.slice(from, to);
}

/** Of the flattest of a row: how many times it is longer than wide. */
function flatness(row: readonly number[], scale: number, side: number): number {
  const area = row.reduce((sum, weight) => sum + weight, 0) * scale;
  const [largest = 0, smallest = 0] = [row[0], row.at(-1)];
  const square = side * side;
  return Math.max((square * largest * scale) / (area * area), (area * area) / (square * smallest * scale));
}

function fill(row: readonly number[], sum: number, strip: Area, upright: boolean): Area[] {
  let passed = 0;
  return row.map((weight) => {
    const [from, share] = [passed / sum, weight / sum];
    passed += weight;
    return upright
      ? { ...strip, y: strip.y + strip.height * from, height: strip.height * share }
      : { ...strip, x: strip.x + strip.width * from, width: strip.width * share };
  });
}
