/** Puts a state together from JSON texts that are stored apart. Each text goes in byte for byte. */

const COMMA = Buffer.from(',');
const OPEN = Buffer.from('[');
const CLOSE = Buffer.from(']');

export function jsonArray(items: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [OPEN];
  items.forEach((item, index) => {
    if (index > 0) parts.push(COMMA);
    parts.push(item);
  });
  parts.push(CLOSE);
  return Buffer.concat(parts);
}

/** Bytes as a JSON string: what is not UTF-8 stays as it is. For a text that is broken, to show it all the same. */
export function jsonQuoted(bytes: Uint8Array): Uint8Array {
  const quoted: number[] = [0x22];
  for (const byte of bytes) {
    if (byte === 0x22 || byte === 0x5c) quoted.push(0x5c, byte);
    else if (byte < 0x20) quoted.push(...Buffer.from(`\\u${byte.toString(16).padStart(4, '0')}`));
    else quoted.push(byte);
  }
  quoted.push(0x22);
  return Uint8Array.from(quoted);
}
