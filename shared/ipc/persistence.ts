/** What crosses when a person looks at, or changes, where states are kept. Plain data only; no secret is in any of it. */

export interface PlacementRule {
  /** Glob over `kind:id`. */
  readonly pattern: string;
  /** Name of a backend. */
  readonly backend: string;
  /** Seconds from the last write on; null for ever. */
  readonly ttl: number | null;
}

/** A change to persistence.yaml. Rules are counted from 0. */
export type PersistenceEdit =
  | { readonly edit: 'default-backend'; readonly backend: string }
  /** `at` is where the rule will stand. */
  | { readonly edit: 'add-rule'; readonly at: number; readonly rule: PlacementRule }
  | { readonly edit: 'remove-rule'; readonly at: number }
  /** `to` is where the rule will stand. */
  | { readonly edit: 'move-rule'; readonly at: number; readonly to: number }
  | { readonly edit: 'change-rule'; readonly at: number; readonly change: Partial<PlacementRule> };

export interface PersistenceFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly severity: 'error' | 'warning';
  /** English. */
  readonly message: string;
}

export interface PersistenceSettings {
  /** Absolute path of the persistence.yaml. */
  readonly file: string;
  /** Names the text; saving says which one it means. */
  readonly revision: string;
  readonly defaultBackend: string;
  readonly backends: readonly {
    readonly name: string;
    readonly type: 'memory' | 'filesystem' | 'sqlite' | 'postgresql';
    /** Path or address without a password; null for memory. */
    readonly location: string | null;
    readonly compression: boolean;
    readonly encryption: boolean;
    /** States that lie there now. */
    readonly states: number;
  }[];
  /** Each with the number of states of the workspace that it decides. */
  readonly rules: readonly (PlacementRule & { readonly states: number })[];
  /** States that no rule decides. */
  readonly defaultStates: number;
  /** With an error the edits cannot be saved. */
  readonly faults: readonly PersistenceFault[];
}

/** Where one state lies, and where the rules put it. */
export interface PlacedKey {
  readonly key: string;
  /** Where it lies now. */
  readonly backend: string;
  /** Index of the rule that decides; null for the default. */
  readonly rule: number | null;
  readonly belongsTo: string;
  readonly ttl: number | null;
  /** ISO 8601 UTC; null for ever. */
  readonly expiresAt: string | null;
}

export type CopyOutcomeName = 'copied' | 'moved' | 'same' | 'conflict' | 'unsupported' | 'corrupt' | 'failed';

export interface CopyStatesProgress {
  readonly done: number;
  readonly total: number;
  readonly bytes: number;
  readonly key: string;
}

export interface CopyStatesReport {
  /** Those with something to say first, at most 1,000. */
  readonly states: readonly {
    readonly key: string;
    readonly outcome: CopyOutcomeName;
    readonly bytes: number;
    readonly message: string | null;
  }[];
  readonly counts: Readonly<Record<CopyOutcomeName, number>>;
  readonly bytes: number;
  readonly dryRun: boolean;
  readonly cancelled: boolean;
  /** Where they went, without a password. */
  readonly to: string;
}
