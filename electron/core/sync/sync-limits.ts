/** What can be synchronised: keys that every kind of store can hold and PostgreSQL can index, values that its driver can hand over. */
import { columnsOfKey } from '../persistence/sql-rows.ts';
import { SourceError } from '../sources/source-error.ts';

/** In bytes of UTF-8: PostgreSQL's indexes take little more than twice as many. */
const MAX_KEY_BYTES = 1000;
/** The driver gets bytes as a text of hexadecimal digits, and Node has no text of 512 MiB: all who read such a value would end. */
export const MAX_VALUE_BYTES = 128 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;

/** @throws SourceError `invalid-key`, `state-too-large` */
export function assertSyncable(key: string, value: Uint8Array | null): void {
  columnsOfKey(key);
  if (Buffer.byteLength(key) > MAX_KEY_BYTES) {
    const message = `The key ${JSON.stringify(key.slice(0, 40))}… has more than ${MAX_KEY_BYTES} bytes, which cannot be synchronised. Choose a shorter id.`;
    throw new SourceError('invalid-key', message, { key: key.slice(0, 40) });
  }
  if (value === null || value.length <= MAX_VALUE_BYTES) return;
  const [megabytes, limit] = [Math.ceil(value.length / MEGABYTE), MAX_VALUE_BYTES / MEGABYTE];
  const message = `${key} has ${megabytes} MB, and states of at most ${limit} MB can be synchronised. It stays as it is; make it smaller, or keep it out of what is synchronised.`;
  throw new SourceError('state-too-large', message, { key, megabytes, limit });
}
