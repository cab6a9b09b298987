import { parseJson } from '../../../shared/json/parse.ts';

/** A JSON value with what surrounds it where it is stored, such as the line break at a file's end. */
export interface JsonInPlace {
  readonly before: Uint8Array;
  readonly text: Uint8Array;
  readonly after: Uint8Array;
}

/** What stays behind a value of which the tail is cut: the white space, such as the line break at a file's end. */
export function withoutTail(after: Uint8Array): Uint8Array {
  let end = 0;
  while (end < after.length && WHITE_SPACE.has(after[end] ?? 0)) end++;
  return after.subarray(0, end);
}

const WHITE_SPACE: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0d, 0x20]);

/** Views, not copies. Null for bytes that do not begin with a value. */
export function jsonInPlace(bytes: Uint8Array): JsonInPlace | null {
  const { document } = parseJson(bytes, { recordDepth: 1 });
  if (document === null) return null;
  const [start, end] = [document.start(0), document.end(0)];
  return { before: bytes.subarray(0, start), text: bytes.subarray(start, end), after: bytes.subarray(end) };
}
