import { parseJson } from '../../../shared/json/parse.ts';

/** A JSON value with what surrounds it where it is stored, such as the line break at a file's end. */
export interface JsonInPlace {
  readonly before: Uint8Array;
  readonly text: Uint8Array;
  readonly after: Uint8Array;
}

/** Views, not copies. Null for bytes that do not begin with a value. */
export function jsonInPlace(bytes: Uint8Array): JsonInPlace | null {
  const { document } = parseJson(bytes, { recordDepth: 1 });
  if (document === null) return null;
  const [start, end] = [document.start(0), document.end(0)];
  return { before: bytes.subarray(0, start), text: bytes.subarray(start, end), after: bytes.subarray(end) };
}
