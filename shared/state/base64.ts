/** RFC 4648, section 4, with padding: neither Buffer nor atob is at hand in pure TypeScript. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const group = (a << 16) | (b << 8) | c;
    const chars = [group >> 18, (group >> 12) & 63, (group >> 6) & 63, group & 63].map((six) => ALPHABET[six] ?? '');
    const left = bytes.length - at;
    text += left === 1 ? `${chars[0]}${chars[1]}==` : left === 2 ? `${chars.slice(0, 3).join('')}=` : chars.join('');
  }
  return text;
}

/** Undefined for anything but the one spelling that `toBase64` gives, so that decoding and encoding never change a text. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0, to = 0; at < text.length; at += 4) {
    let group = 0;
    for (let i = 0; i < 4; i++) group = (group << 6) | Math.max(0, ALPHABET.indexOf(text[at + i] ?? 'A'));
    // Writing past the end of a typed array does nothing, which is what the padding means.
    bytes[to++] = group >> 16;
    bytes[to++] = (group >> 8) & 255;
    bytes[to++] = group & 255;
  }
  return toBase64(bytes) === text ? bytes : undefined;
}
