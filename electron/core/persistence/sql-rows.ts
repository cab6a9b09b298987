/** What the two SQL backends have in common: keys as columns, their order, and times as text. */
import { parseJson } from '../../../shared/json/parse.ts';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { DateTime } from '../../../shared/state/date-time.ts';
import { StateValueError } from '../../../shared/state/errors.ts';
import { kindOfCategory } from '../sources/categories.ts';
import { SourceError } from '../sources/source-error.ts';
import { formatKey, parseKey, type StateKey } from './key.ts';

/** The columns of the design's table (5.3). */
export const STATE_COLUMNS = [
  'state_id',
  'category',
  'state_type',
  'state_version',
  'state_data',
  'metadata',
  'created_at',
  'updated_at',
] as const;

/** @throws SourceError `invalid-key`: no key, or one that a text column cannot hold. */
export function columnsOfKey(key: string): StateKey {
  const columns = parseKey(key);
  if (key.includes('\0') || /\p{Surrogate}/u.test(key)) {
    const message = `The key ${JSON.stringify(key)} holds a NUL or half of a character, which no database column can. Choose another id.`;
    throw new SourceError('invalid-key', message, { key });
  }
  return columns;
}

/**
 * Categories whose rows have a key, in the order of these keys. A row that another program put into the category `agent`,
 * or into one with a colon, would share its key with a row of `agents` or lead elsewhere: it has none and is passed over.
 */
export function categoriesInKeyOrder(categories: readonly string[]): readonly string[] {
  return categories
    .filter((category) => !category.includes(':') && category !== '' && roundTrip(category) === category)
    .toSorted(compareCategories);
}

function roundTrip(category: string): string {
  return parseKey(formatKey({ category, id: '' })).category;
}

/** As the keys of their states compare. A kind may begin with another kind, so the colon counts. */
export function compareCategories(a: string, b: string): number {
  return compareCodePoints(`${kindOfCategory(a)}:`, `${kindOfCategory(b)}:`);
}

export interface StoredTime {
  /** ISO 8601 UTC with `Z`, milliseconds, or microseconds where there are any. */
  readonly utc: string;
  /** Written without a zone; taken as UTC, which is what Python's `utcnow` and SQLite's CURRENT_TIMESTAMP write. */
  readonly naive: boolean;
  readonly epochMicros: number;
}

/** Null for a text that is no date and time. */
export function readTime(text: string): StoredTime | null {
  try {
    const { naive, epochMs } = new DateTime(text);
    const epochMicros = Math.round(epochMs * 1000);
    return { utc: utcText(epochMicros), naive, epochMicros };
  } catch (error) {
    if (error instanceof StateValueError) return null;
    throw error;
  }
}

/** @throws SourceError `unsupported-value` for a text that is no date and time. */
export function timeToStore(timestamp: string, key: string, location: string): StoredTime {
  const time = readTime(timestamp);
  if (time !== null) return time;
  const reason = `the timestamp ${JSON.stringify(timestamp)} of ${key} is no ISO 8601 date and time`;
  throw unsupportedValue(location, key, reason, 'Write one, such as 2025-09-10T08:00:00Z');
}

export function utcText(epochMicros: number): string {
  const text = new Date(Math.floor(epochMicros / 1000)).toISOString();
  const micros = ((epochMicros % 1000) + 1000) % 1000;
  return micros === 0 ? text : `${text.slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

/** Why bytes are not one whole JSON value; null when they are. */
export function notJson(bytes: Uint8Array): string | null {
  const { document, issues } = parseJson(bytes, { recordDepth: 0 });
  const fault = issues.find(({ severity }) => severity === 'error');
  if (fault === undefined && document !== null) return null;
  return fault === undefined ? 'there is no value in it' : `at byte ${fault.offset}: ${fault.message}`;
}

export function unsupportedValue(location: string, key: string, reason: string, advice: string): SourceError {
  const message = `${location} cannot hold this value: ${reason}. ${advice}. Nothing was changed.`;
  return new SourceError('unsupported-value', message, { location, key, reason });
}

export function callCancelled(location: string, cause?: unknown): SourceError {
  const message = `The call to ${location} was cancelled. Make it again to go on.`;
  return new SourceError('cancelled', message, { location }, { cause });
}

export function storeClosed(location: string): SourceError {
  const message = `${location} has been closed. Open it again.`;
  return new SourceError('connection-lost', message, { location });
}

/** `999` as a row id of the trash; null for what cannot be one. */
export function trashRow(id: string): string | null {
  return /^\d{1,18}$/.test(id) ? id : null;
}
