/** The backups of an open source: what the window asks for and is told. What a backup itself says is in backup-model.ts. */

import type { BackupInfo, BackupProblem, BackupReport, LeftOutState, ListedBackup } from './backup-model.ts';
import type { HostError } from './result.ts';

/** What the last verification of a file has found. About these very bytes: forgotten when its size or its time is another. */
export interface BackupVerdict extends Pick<BackupReport, 'ok' | 'against' | 'states' | 'sound' | 'more'> {
  /** ISO 8601 UTC. */
  readonly verifiedAt: string;
  /** The first of them. */
  readonly problems: readonly BackupProblem[];
}

export interface BackupRow {
  readonly backup: ListedBackup;
  /** Null: it was never verified, or is another file since. */
  readonly verdict: BackupVerdict | null;
}

/** A place in which backups of the source are looked for. */
export interface BackupFolder {
  readonly folder: string;
  /** `default`: Statescope's own. `schedule`: automatic backups are written into it. `added`: by a person, who can have it forgotten. `source`: in it lies the backup that is open. */
  readonly why: 'default' | 'schedule' | 'added' | 'source';
  /** It cannot be read. A folder into which nothing was written yet is no problem. */
  readonly problem: HostError | null;
}

export interface BackupList {
  readonly folders: readonly BackupFolder[];
  /** Of all folders, the newest first. */
  readonly rows: readonly BackupRow[];
}

/** Which states are meant: of the source for a new backup, or of a backup. */
export type ChosenStates =
  | { readonly of: 'all' }
  /** As the explorer shows them under this filter. */
  | { readonly of: 'filter'; readonly filter: string }
  /** Keys and globs over keys, without those that a person has unticked. No globs: none. */
  | { readonly of: 'some'; readonly only: readonly string[]; readonly except: readonly string[] };

export interface StateMatches {
  readonly states: number;
  /** Of their JSON texts. */
  readonly bytes: number;
  /** The first of those that the globs fit, those that are unticked among them. */
  readonly first: readonly { readonly key: string; readonly bytes: number; readonly ticked: boolean }[];
  /** How many the globs fit. */
  readonly fitting: number;
  /** Globs and keys that fit no state. */
  readonly unknown: readonly string[];
}

export interface BackupWritten {
  readonly info: BackupInfo;
  readonly states: number;
  readonly leftOut: readonly LeftOutState[];
}

export const MOST_STATES_TOLD = 200;
export const MOST_STATES_CHOSEN = 100_000;
export const LONGEST_GLOB = 256;
