/** Problems and errors in one wording: what happened, to which file or key, and what to do next. */

import type { Problem, ProblemCode } from '../../../shared/ipc/model.ts';
import type { SourceErrorCode } from '../../../shared/ipc/result.ts';
import type { JsonIssue, JsonIssueCode } from '../../../shared/json/document.ts';
import { FileTooLargeError } from '../files/read-stable.ts';
import { SourceError } from './source-error.ts';

export interface ProblemInput {
  readonly location: string;
  readonly code: ProblemCode;
  readonly message: string;
  readonly offset?: number | null;
  readonly key?: string | null;
  readonly severity?: Problem['severity'];
  readonly details?: Problem['details'];
}

export function problem(input: ProblemInput): Problem {
  const { location, code, message, offset = null, key = null, severity = 'error', details = {} } = input;
  return { location, code, message, offset, key, severity, details };
}

/** The offset is in what was parsed: the unpacked file, or the value. */
export function jsonProblem(issue: JsonIssue, location: string): Problem {
  const { code, offset, severity } = issue;
  const where = code === 'empty' ? 'There is nothing in it' : `At byte ${offset}: ${issue.message}`;
  return problem({ location, code, message: `${where}. ${JSON_ADVICE[code]}`, offset, severity });
}

const JSON_ADVICE: Readonly<Record<JsonIssueCode, string>> = {
  empty: 'Look for a backup of it.',
  'not-json': 'Nothing of it can be shown; look at it in a text editor.',
  syntax: 'What stands before is shown; compare with a backup or mend it in a text editor.',
  truncated: 'What stands before is shown; the rest was never written, or is lost: look for a backup.',
  'trailing-garbage': 'The value before it is shown; an interrupted save leaves such a tail.',
  'invalid-utf8': 'A program wrote a broken character, often half of an emoji.',
  'control-character': 'Strict JSON parsers will refuse it.',
};

/** How a state is told that its file is not the one that was opened. */
export function changedSinceOpening(location: string, key: string): Problem {
  return problem({
    location,
    code: 'changed-while-read',
    message: `The file has changed since it was opened; ${key} is shown as it is now. Reload to see all of it anew.`,
    key,
    severity: 'warning',
  });
}

export function changedWhileRead(location: string): Problem {
  return problem({
    location,
    code: 'changed-while-read',
    message:
      'A program wrote to the file each time it was read; what is shown may mix two moments. Reload when it is at rest.',
    severity: 'warning',
  });
}

/** An error of the operating system, or any other, as the reason why `what` (a path) cannot be opened. */
export function toSourceError(error: unknown, what: string, signal?: AbortSignal): SourceError {
  if (error instanceof SourceError) return error;
  if (signal?.aborted) return cancelled(what, error);
  if (error instanceof FileTooLargeError) {
    const gib = (error.size / 2 ** 30).toFixed(1);
    const message = `${what} has ${gib} GiB; at most 2 GiB can be opened at once. Split it, or open a database instead.`;
    return new SourceError('unreadable', message, { location: what, size: error.size }, { cause: error });
  }
  const reason = errorCode(error);
  const known = REASONS[reason];
  const code = known?.code ?? 'unreadable';
  const text = known?.text ?? `it could not be read (${reason}). Check the disk and try again.`;
  return new SourceError(code, `${what} cannot be opened: ${text}`, { location: what, reason }, { cause: error });
}

export function cancelled(what: string, cause?: unknown): SourceError {
  return new SourceError(
    'cancelled',
    `Opening ${what} was cancelled. Nothing was changed.`,
    { location: what },
    { cause },
  );
}

/** `ENOENT`, `SQLITE_CORRUPT`, …, or the error's text. */
export function errorCode(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}

interface Reason {
  readonly code: SourceErrorCode;
  readonly text: string;
}

const MISSING: Reason = { code: 'path-missing', text: 'there is no file or folder of this name. Check the spelling.' };
const DENIED: Reason = {
  code: 'permission-denied',
  text: 'you may not read it. Give yourself permission to read it, then try again.',
};

const DAMAGED: Reason = {
  code: 'sqlite-corrupt',
  text: 'the database is damaged. Look for a backup, or try `sqlite3 FILE .recover`.',
};

const REASONS: Readonly<Record<string, Reason>> = {
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  ERR_INVALID_ARG_VALUE: MISSING,
  EACCES: DENIED,
  EPERM: DENIED,
  ELOOP: { code: 'unreadable', text: 'it is a symbolic link that leads back to itself. Open its target instead.' },
  ENAMETOOLONG: { code: 'path-missing', text: 'the path is longer than the system allows.' },
  ENOSPC: { code: 'unreadable', text: 'the temporary folder is full. Free some space there, then try again.' },
  SQLITE_CORRUPT: DAMAGED,
  SQLITE_NOTADB: DAMAGED,
  EMFILE: { code: 'unreadable', text: 'too many files are open. Close some programs, then try again.' },
};
