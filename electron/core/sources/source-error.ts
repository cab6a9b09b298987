/** Why a source, or one state of it, could not be opened at all. Expected, typed, and shown to a person. */
export const SOURCE_ERROR_CODES = [
  'path-missing',
  'permission-denied',
  'unreadable',
  'empty',
  'not-json',
  'gzip-invalid',
  'gzip-too-large',
  'sqlite-corrupt',
  'sqlite-unknown-tables',
  /** A database that never stood still long enough to be read. */
  'database-busy',
  'nothing-to-open',
  'unsupported-url',
  'not-found',
  'cancelled',
] as const;
export type SourceErrorCode = (typeof SOURCE_ERROR_CODES)[number];

/** `message` says what happened, to which file or key, and what to do next, in English; windows translate by `code`. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: SourceErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: SourceErrorCode,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
