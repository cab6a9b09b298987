/** Tells by its first bytes what a file holds. Names are not asked. */
import { isGzip } from './gunzip.ts';

const SQLITE = Buffer.from('SQLite format 3\0', 'latin1');
/** Fewer bytes than this of the header could be the start of any text. */
const SQLITE_LEAST = 8;

/** Begins a file that Statescope has encrypted (persistence/encryption.ts). No UTF-8, so no JSON. */
export const ENCRYPTED_MAGIC = Buffer.from('\x89SSENC\r\n', 'latin1');

export type ContentKind = 'empty' | 'gzip' | 'sqlite' | 'json' | 'other';

/**
 * `head`: the first bytes, 512 are enough. A database that was cut within its first 16 bytes is still `sqlite`.
 * `json` means that it begins like an object or an array.
 */
export function contentKind(head: Uint8Array): ContentKind {
  if (head.length === 0) return 'empty';
  if (isGzip(head)) return 'gzip';
  if (isSqlite(head)) return 'sqlite';
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (isSpace(head[at])) at++;
  return head[at] === 0x7b || head[at] === 0x5b ? 'json' : 'other';
}

export function isEncrypted(head: Uint8Array): boolean {
  return ENCRYPTED_MAGIC.equals(head.subarray(0, ENCRYPTED_MAGIC.length));
}

function isSqlite(head: Uint8Array): boolean {
  const length = Math.min(head.length, SQLITE.length);
  return length >= SQLITE_LEAST && SQLITE.subarray(0, length).equals(head.subarray(0, length));
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
