import { encodeUtf8 } from './json-string.ts';

/** What was written, in pieces: texts, and bytes that are copied. */
export type Pieces = readonly (string | Uint8Array)[];

export function joinPieces(pieces: Pieces): Uint8Array<ArrayBuffer> {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? encodeUtf8(piece) : piece));
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
