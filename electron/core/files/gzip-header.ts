/** The header of a gzip member: RFC 1952, 2.3. */

const FIXED = 10;
const DEFLATE = 8;
const HAS = { checksum: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Its length in bytes; `more` when it does not end within `bytes`; `none` when no member begins here. */
export function gzipHeader(bytes: Uint8Array): number | 'more' | 'none' {
  const start = [0x1f, 0x8b, DEFLATE];
  if (start.some((byte, i) => i < bytes.length && bytes[i] !== byte)) return 'none';
  if (bytes.length < FIXED) return 'more';
  const flags = bytes[3] ?? 0;
  if ((flags & HAS.reserved) !== 0) return 'none';
  let at = FIXED;
  if (flags & HAS.extra) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const text of [HAS.name, HAS.comment]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return 'more';
    at = end + 1;
  }
  if (flags & HAS.checksum) at += 2;
  return at < bytes.length ? at : 'more';
}
