/**
 * What goes wrong in the state engine. The four classes stand for the exceptions that AgentScope 1.x raises in the same
 * cases, so that somebody who knows the Python side finds the same distinction here; `code` says which case it was.
 */

export type StateErrorCode =
  | 'base-constructor-not-run'
  | 'attribute-missing'
  | 'prototype-change'
  | 'not-json'
  | 'not-a-dict'
  | 'wrong-type'
  | 'name-is-module'
  | 'key-taken'
  | 'key-missing'
  | 'key-collision'
  | 'already-registered'
  | 'already-exists'
  | 'unknown-type'
  | 'no-factory'
  | 'invalid-value'
  | 'illegal-transition'
  | 'migration-missing'
  | 'migration-failed'
  | 'load-refused'
  | 'too-deep'
  | 'incomplete'
  | 'corrupt'
  | 'pickle-invalid'
  | 'pickle-limit';

/** The base of all of them. `message` says what happened and to which name; `cause` is what was caught, if anything was. */
export class StateError extends Error {
  override readonly name: string = 'StateError';
  readonly code: StateErrorCode;

  constructor(code: StateErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Python's AttributeError. */
export class StateAttributeError extends StateError {
  override readonly name = 'StateAttributeError';
}

/** Python's TypeError. */
export class StateTypeError extends StateError {
  override readonly name = 'StateTypeError';
}

/** Python's ValueError. */
export class StateValueError extends StateError {
  override readonly name = 'StateValueError';
}

/** Python's KeyError. */
export class StateKeyError extends StateError {
  override readonly name = 'StateKeyError';
}

/** The text of anything that was thrown. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
