/** What every call answers with. Errors are data: a code to translate by, an English message, and its details. */
export interface HostError {
  readonly code: HostErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HostError };

export const HOST_ERROR_CODES = [
  // Opening and reading sources (see electron/core/sources/source-error.ts).
  'path-missing',
  'permission-denied',
  'unreadable',
  'empty',
  'not-json',
  'gzip-invalid',
  'gzip-too-large',
  'sqlite-corrupt',
  'sqlite-unknown-tables',
  'database-busy',
  'nothing-to-open',
  'unsupported-url',
  'not-found',
  'cancelled',
  // The protocol itself.
  'unknown-channel',
  'invalid-arguments',
  'forbidden-sender',
  'workspace-closed',
  'internal',
] as const;
export type HostErrorCode = (typeof HOST_ERROR_CODES)[number];
