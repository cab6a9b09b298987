import type { HostError } from '../../../shared/ipc/result.ts';
import { SourceError } from '../sources/source-error.ts';

/** A failure that was reported in another thread, on its way to a person. */
export class ReportedError extends Error {
  override readonly name = 'ReportedError';
  readonly error: HostError;

  constructor(error: HostError) {
    super(error.message);
    this.error = error;
  }
}

/** What a failure looks like to a person: expected ones as they are, anything else as `internal` with its message. */
export function toHostError(error: unknown): HostError {
  if (error instanceof ReportedError) return error.error;
  if (error instanceof SourceError) return { code: error.code, message: error.message, details: error.details };
  return {
    code: 'internal',
    message: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    details: {},
  };
}
