/** What is wrong with a JSON text. The codes are those of `ProblemCode`, so that a source can hand them on. */
export interface JsonIssue {
  readonly code: JsonIssueCode;
  /** Byte offset in the parsed bytes. */
  readonly offset: number;
  /** English, with what was expected and what was found. */
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export type JsonIssueCode =
  | 'empty'
  | 'not-json'
  | 'syntax'
  | 'truncated'
  | 'trailing-garbage'
  | 'invalid-utf8'
  | 'control-character';
