/** What every call answers with. Errors are data: a code to translate by, an English message, and its details. */
export interface HostError {
  readonly code: HostErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, string | number>>;
}

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: HostError };

/** How a job or a stream ended. Its data come by another way and may be overtaken: `sent` says how many there were. */
export interface RunEnd {
  readonly result: Result<unknown>;
  readonly sent: number;
}

/** Why a source, or one state of it, could not be opened. */
export const SOURCE_ERROR_CODES = [
  'path-missing',
  'permission-denied',
  'unreadable',
  'empty',
  'not-json',
  'gzip-invalid',
  'gzip-too-large',
  'pickle-invalid',
  'pickle-too-large',
  'sqlite-corrupt',
  'sqlite-unknown-tables',
  'postgres-unknown-tables',
  /** A database that never stood still long enough to be read. */
  'database-busy',
  'nothing-to-open',
  'unsupported-url',
  'not-found',
  'cancelled',
  // What can go wrong in writing, and with a server.
  /** A file, folder, database or account that may not be written. */
  'read-only',
  /** Writing has not been allowed for this source. */
  'not-armed',
  /** A format of which states are only read. */
  'not-writable',
  /** States that can be repaired in place, but not in a copy of where they are. */
  'copy-refused',
  /** Somebody else has written meanwhile; nothing was changed. */
  'conflict',
  'disk-full',
  /** Another process holds the lock for longer than is waited. */
  'locked',
  'unreachable',
  'auth-failed',
  'connection-lost',
  'pool-exhausted',
  'timeout',
  /** A value that this backend cannot hold, such as NaN in JSONB. */
  'unsupported-value',
  'invalid-key',
  /** A passphrase or a password has to be given. */
  'secret-needed',
  'secret-wrong',
  /** A configuration with faults; the message has their lines. */
  'bad-config',
  /** A place that states cannot be put into: no folder and no database of the design's layout. */
  'not-a-store',
  /** A journal of changes that a newer version made. */
  'journal-newer',
  /** Its file is no longer where it was, while it is recorded into. */
  'journal-moved',
  /** A journal that is damaged or cut off: to be set aside, never deleted. */
  'journal-corrupt',
  /** A file that is no journal: to be left alone. */
  'journal-foreign',
  /** A file that is no database of measured figures, or one of a newer version: to be left alone. */
  'samples-foreign',
  /** A change that the journal does not remember, or does not have yet. */
  'moment-forgotten',
  'snapshot-missing',
  /** A pinned snapshot is not removed. */
  'snapshot-pinned',
  /** A database of snapshots that a newer version made. */
  'snapshots-newer',
  /** A database of snapshots that is damaged or another program's: to be set aside, never deleted. */
  'snapshots-corrupt',
  /** A file that is no exported snapshot, or not whole. */
  'snapshot-invalid',
  /** A state that does not answer an expression. */
  'unanswered',
  /** The endpoint for probes could not be opened at the port that was asked for. */
  'port-taken',
  /** A JSONPath or JSON Pointer that cannot be followed. */
  'bad-path',
  /** A table of more columns than a spreadsheet has. */
  'too-many-columns',
  /** Something of this name is there already, and was not to be replaced. */
  'file-exists',
  /** It was written all the time while it was read. */
  'source-changing',
  /** What is encrypted would be copied to where it is not. */
  'would-be-plain',
  /** The system's trash does not take a file. */
  'no-trash',
  /** A file that is no backup. */
  'no-backup',
  /** A big file that has not been gone through to its end. */
  'still-indexing',
  /** A state, or a value, that is too large for what was asked. */
  'state-too-large',
  /** Automatic backups: no schedule of this id. */
  'schedule-missing',
  /** More often than a backup can be made, or hardly ever. */
  'schedule-interval',
  /** A cron expression that is none, or that no day fits. */
  'schedule-cron',
  /** A rule for which nothing, or less than nothing, would stay. */
  'schedule-keep',
  /** Backups would be written into what is backed up. */
  'schedule-folder',
  /** There was no state to back up. */
  'schedule-nothing',
  /** The passphrase of an encrypted schedule is not known here. */
  'schedule-passphrase',
  /** This computer cannot keep a passphrase. */
  'schedule-no-keyring',
  /** A database in which no node was ever started. */
  'sync-missing',
  /** Tables of synchronised nodes that a newer version made. */
  'sync-newer',
  /** Two nodes with copies of one node's file. */
  'sync-copied',
] as const;
export type SourceErrorCode = (typeof SOURCE_ERROR_CODES)[number];

export const HOST_ERROR_CODES = [
  ...SOURCE_ERROR_CODES,
  // The protocol itself.
  'unknown-channel',
  'invalid-arguments',
  'forbidden-sender',
  'workspace-closed',
  'internal',
] as const;
export type HostErrorCode = (typeof HOST_ERROR_CODES)[number];
