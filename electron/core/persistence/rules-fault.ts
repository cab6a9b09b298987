/** What is wrong with a persistence.yaml, and where. Messages quote names of the file's own, never a value that may be secret. */

export const FAULT_CODES = [
  /** No valid YAML. */
  'syntax',
  'too-large',
  'duplicate-key',
  /** An alias without an anchor, or so many that they are meant to blow up. */
  'alias',
  'tag',
  'unknown-field',
  'missing-field',
  'unexpected-value',
  /** `${NAME}` of an environment variable that is not set. */
  'missing-variable',
  'unknown-backend',
  'duplicate-pattern',
  'unreachable-rule',
  /** A passphrase that stands in the file itself. */
  'plain-secret',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

export interface Fault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** With an error there is no configuration; a warning is only told. */
  readonly severity: 'error' | 'warning';
  readonly code: FaultCode;
  /** English: what is wrong, and what is expected. */
  readonly message: string;
}

/** `line 4, column 7: …` */
export function faultText({ line, column, message }: Fault): string {
  return `line ${line}, column ${column}: ${message}`;
}
