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

/** What can be wrong in a persistence.yaml. Texts under `persistence.faultTexts.<code>`, with the fault's params. */
export const PERSISTENCE_FAULT_CODES = [
  /** No valid YAML. */
  'syntax',
  'too-large',
  'too-deep',
  'duplicate-key',
  /** An alias without an anchor. */
  'alias',
  /** So many that they are meant to blow up. */
  'aliases',
  'tag',
  /** A name that plain objects cannot have. */
  'reserved-name',
  'unknown-field',
  'missing-field',
  'unexpected-value',
  /** Said twice, in two ways. */
  'said-twice',
  /** `${NAME}` of an environment variable that is not set. */
  'missing-variable',
  'malformed-variable',
  'unknown-backend',
  'duplicate-pattern',
  'unreachable-rule',
  /** A passphrase that stands in the file itself. */
  'plain-secret',
] as const;
export type PersistenceFaultCode = (typeof PERSISTENCE_FAULT_CODES)[number];

/** What a field of a persistence.yaml has to be, as its faults say it. Texts under `persistence.expected.<name>`. */
export const EXPECTED_VALUES = [
  'folder',
  'database-file',
  'flag',
  'secret',
  'address',
  'host',
  'port',
  'user',
  'database',
  'ssl',
  'certificates',
  'pool-size',
  'timeout',
  'backend',
  'pattern',
  'backend-name',
  'ttl',
  'rule',
  'backends',
  'fewer-backends',
  'rules',
  'persistence',
  'file',
] as const;
export type ExpectedValue = (typeof EXPECTED_VALUES)[number];

/** What is wrong with the YAML. Texts under `persistence.yaml.<name>`. */
export const YAML_FAULTS = [
  'BAD_INDENT',
  'TAB_AS_INDENT',
  'MISSING_CHAR',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MULTIPLE_DOCS',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'other',
] as const;
export type YamlFault = (typeof YAML_FAULTS)[number];

export interface PersistenceFault {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** With an error there is no configuration; a warning is only told. */
  readonly severity: 'error' | 'warning';
  readonly code: PersistenceFaultCode;
  /** Names of the file's own, never a value that may be secret. `expected` and `yaml` are names of texts. */
  readonly params: Readonly<Record<string, string | number>> & {
    readonly expected?: ExpectedValue;
    readonly yaml?: YamlFault;
  };
  /** English: what is wrong, and what is expected. */
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
