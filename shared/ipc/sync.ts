/** What crosses about synchronised nodes: who they are, what they wrote at the same time, and what followed what. */

/** Names one version of a state: the `counter`-th change of one node. */
export interface VersionRef {
  readonly writer: string;
  readonly counter: number;
}

/** `laptop 12`: the writer without what tells one store of a node from another (`laptop~3f9a1c20~2`), and the number of the change. */
export function shortVersion({ writer, counter }: VersionRef): string {
  return `${writer.replace(/~[0-9a-f]+(?:~\d+)?$/, '')} ${counter}`;
}

export interface SyncNode {
  readonly id: string;
  readonly writer: string;
  /** Numbers in the table of changes: the last that it has, and the newest there is. */
  readonly applied: number;
  readonly newest: number;
  readonly lagChanges: number;
  /** Since the oldest change that it does not have. */
  readonly lagSeconds: number;
  /** Its own changes that it had not sent when it last told. */
  readonly queued: number;
  /** ISO 8601 UTC by the server's clock. */
  readonly lastSeen: string;
  readonly state: 'connected' | 'offline';
}

export interface SyncStatus {
  /** False: the source is no database in which nodes meet. */
  readonly synchronised: boolean;
  readonly nodes: readonly SyncNode[];
  /** Of the newest change; 0 for none. */
  readonly newest: number;
  /** At most `MOST_CONFLICTS_COUNTED`. */
  readonly openConflicts: number;
}

export const MOST_CONFLICTS_COUNTED = 1000;

export interface ConflictVersion extends VersionRef {
  /** Its number in the table of changes. */
  readonly seq: number;
  /** Empty for a settlement. */
  readonly node: string;
  /** ISO 8601 UTC by the clock of the node. */
  readonly time: string;
  readonly deleted: boolean;
  /** Of the value. */
  readonly bytes: number;
}

export interface ConflictRow {
  readonly key: string;
  /** The first is what all nodes show until it is settled. */
  readonly versions: readonly ConflictVersion[];
  /** Null while it is open. */
  readonly settled: ConflictSettlement | null;
}

export interface ConflictSettlement {
  /** A person's name, or `automatic`. */
  readonly by: string;
  readonly automatic: boolean;
  /** ISO 8601 UTC by the server's clock. */
  readonly at: string;
  /** Its number in the table of changes. */
  readonly seq: number;
  /** The version whose value was taken; null for another value. */
  readonly chosen: VersionRef | null;
}

export interface ConflictPage {
  readonly rows: readonly ConflictRow[];
  /** Of the page that follows; null at the end. */
  readonly next: string | number | null;
}

export type SettleChoice =
  | { readonly kind: 'version'; readonly version: VersionRef }
  | { readonly kind: 'value'; readonly text: string }
  | { readonly kind: 'delete' };

/** Why an event stands out. */
export const LANE_MARKS = [
  /** Neither saw the other, and nobody has settled it. */
  'concurrent',
  /** It was written at the same time as another one, which took its place. */
  'lost',
  /** It was written over versions that did not see each other. */
  'settles',
] as const;
export type LaneMark = (typeof LANE_MARKS)[number];

/** One change of one state. */
export interface LaneEvent {
  /** Its number; effects have greater ones than their causes where there are clocks. */
  readonly seq: number;
  /** Index into `lanes`. */
  readonly lane: number;
  readonly key: string;
  /** ISO 8601. */
  readonly time: string;
  readonly what: 'created' | 'changed' | 'removed';
  /** Bytes of the value; null where that is not known. */
  readonly bytes: number | null;
  readonly mark: LaneMark | null;
  /** Numbers of the changes that it was written over; empty where there are no clocks. */
  readonly parents: readonly number[];
  /** Numbers of the changes that neither saw it nor were seen by it. */
  readonly concurrentWith: readonly number[];
  /** Where it can be compared and looked at; null for a change of the journal, which its number names. */
  readonly version: VersionRef | null;
}

export interface Lane {
  /** A node, or an origin of changes. Empty for settlements. */
  readonly name: string;
}

export interface LanePage {
  /** `causal`: by clocks. `time`: nothing tells what had seen what, so it is the order in which the changes were recorded. */
  readonly order: 'causal' | 'time';
  readonly lanes: readonly Lane[];
  /** The newest first. */
  readonly events: readonly LaneEvent[];
  /** For the page before; null at the beginning. */
  readonly next: number | null;
}
