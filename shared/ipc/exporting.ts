/** States written to one file of another program's: what is asked for, and what came of it. */

/**
 * `json`: one object, key to state. `jsonl`: a line for each state, `{"key": …, "value": …}`. `csv`: a table of what a path selects
 * in the states, RFC 4180.
 */
export const EXPORT_FORMATS = ['json', 'jsonl', 'csv'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportProgress {
  /** Bytes of the states that were read, of those that will be. A table's states are read twice. */
  readonly done: number;
  readonly total: number;
  readonly key: string;
}

export interface ExportReport {
  readonly location: string;
  /** States that were written. */
  readonly states: number;
  /** Of a table; null for other formats. */
  readonly rows: number | null;
  readonly bytes: number;
  /** Damaged states, which would make everything after them in the file unreadable, and those too large for a table. The first thousand. */
  readonly leftOut: readonly { readonly key: string; readonly reason: string }[];
}
