/** The moments at which states can be looked at, compared, and put back from. */
import type { VersionRef } from './sync.ts';

export type MomentRef =
  | { readonly at: 'now' }
  /** After the change of the journal with this sequence. */
  | { readonly at: 'seq'; readonly seq: number }
  | { readonly at: 'snapshot'; readonly snapshot: string }
  /** Another source: a file, a folder, a backup, a database, the address of a server without its password. */
  | { readonly at: 'source'; readonly location: string }
  /** One version that a node wrote, of one state. */
  | ({ readonly at: 'version' } & VersionRef);

/** One state at one moment. */
export interface StateAt {
  readonly moment: MomentRef;
  readonly key: string;
}
