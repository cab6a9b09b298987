import type { SourceErrorCode } from '../../../shared/ipc/result.ts';

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
