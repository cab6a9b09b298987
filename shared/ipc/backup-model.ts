/** What is known about backups: what crosses between the engine and whoever shows it. Plain data only. */

import type { HostError } from './result.ts';

/** Only automatic ones are ever removed by a rule. */
export type BackupOrigin = 'manual' | 'automatic';

/** A state that is not in the backup, and why. */
export interface LeftOutState {
  readonly key: string;
  /** English. */
  readonly reason: string;
}

/** What a backup says of itself. Null: it does not say, as one that the design document's program has written. */
export interface BackupInfo {
  /** Absolute path. */
  readonly file: string;
  /** Bytes of the file as it lies on the disk. */
  readonly fileBytes: number;
  /** ISO 8601 UTC. */
  readonly modifiedAt: string;
  readonly encrypted: boolean;
  /** Packed with gzip; of an encrypted one null while the passphrase is not known. */
  readonly packed: boolean | null;
  /** `encrypted`: it can be read no further without its passphrase; only what stands in clear text is told. */
  readonly known: 'all' | 'encrypted';
  readonly name: string | null;
  /** As it stands there. Without `Z` or an offset where the writer stored naive time. */
  readonly createdAt: string | null;
  readonly version: string | null;
  /** The version is a later one than this program writes: it is read as far as it is understood. */
  readonly newer: boolean;
  readonly states: number | null;
  /** Bytes of the JSON texts of all states together. */
  readonly stateBytes: number | null;
  readonly origin: BackupOrigin | null;
  /** Path, or URL without its password; `format` is one of SOURCE_FORMATS when we have written it. */
  readonly source: { readonly location: string; readonly format: string } | null;
  readonly writer: { readonly name: string; readonly version: string } | null;
  /** The globs by which its states were chosen; null: all states. */
  readonly only: readonly string[] | null;
  readonly leftOut: readonly LeftOutState[];
  /** Whether there is anything to verify it against. */
  readonly checksums: boolean;
  /** Members of `metadata` that this program does not know, as JSON texts (beginnings of long ones). */
  readonly others: readonly { readonly name: string; readonly text: string }[];
}

/** One file of a folder of backups. The latest come first. */
export type ListedBackup =
  | { readonly status: 'read'; readonly info: BackupInfo }
  | {
      /** It is named like a backup, and its head cannot be read; or it is none. */
      readonly status: 'unreadable';
      readonly file: string;
      readonly fileBytes: number;
      readonly modifiedAt: string;
      readonly error: HostError;
    };

export const BACKUP_PROBLEM_CODES = [
  /** The file ends too early; what was before is readable. */
  'cut-off',
  /** It is no JSON from an offset on; `reason`. */
  'not-json',
  /** The packed or the encrypted content is damaged; `reason`. */
  'damaged-container',
  /** The state's bytes are not those that were backed up. */
  'state-checksum',
  /** The metadata is not what was written, or the list of checksums is another one. */
  'whole-checksum',
  /** The metadata names a state that is not there. */
  'state-missing',
  /** A state that the metadata does not name. */
  'state-unknown',
  /** `total_states` says `claimed`; there are `found`. */
  'wrong-count',
  /** The key is there more than once; the last counts for other programs. */
  'duplicate-key',
  /** A later version (`version`) has written it: what is understood was verified. */
  'newer-version',
  /** It has no metadata, or no states, where the format wants them; `member`. */
  'no-member',
] as const;
export type BackupProblemCode = (typeof BACKUP_PROBLEM_CODES)[number];

export interface BackupProblem {
  readonly code: BackupProblemCode;
  /** Warnings do not make a backup a bad one. */
  readonly severity: 'error' | 'warning';
  /** As it stands in the file; null: about the whole. */
  readonly key: string | null;
  /** In the unpacked JSON text; in the encrypted file for `damaged-container`. Null where that has no meaning. */
  readonly offset: number | null;
  /** English. Translated by `backups.problems.<code>` with `details`. */
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

/** What a verification has found. */
export interface BackupReport {
  readonly info: BackupInfo;
  /** No problem is an error. */
  readonly ok: boolean;
  /** `nothing`: no checksums are in it; that it can be read is all that could be seen. */
  readonly against: 'checksums' | 'nothing';
  /** States found, and how many of them are as their checksum says and can be read. */
  readonly states: number;
  readonly sound: number;
  /** The first thousand; `more` were not listed. */
  readonly problems: readonly BackupProblem[];
  readonly more: number;
}

export interface BackupProgress {
  /** `checking`: before a backup its states are read once; then they are written. `verifying`: a backup that is there. */
  readonly phase: 'checking' | 'writing' | 'verifying';
  /** Bytes of the states' texts, or of the file that is verified; `total` is 0 while it is not known. */
  readonly done: number;
  readonly total: number;
  /** The state at work; empty where none is. */
  readonly key: string;
}

/** `merge`: states that the backup does not have stay. `replace`: they are removed (into the trash), within what is chosen. */
export type BackupRestoreMode = 'merge' | 'replace';
