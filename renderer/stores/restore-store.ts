import { create } from 'zustand';
import type { MomentRef } from '../../shared/ipc/moments.ts';
import type {
  NotRolledBack,
  RestoreChange,
  RestoreCheckCode,
  RestoreMode,
  RestorePick,
  RestorePlan,
  RestoreProgress,
  RestoreRequest,
  RestoreRow,
} from '../../shared/ipc/restore.ts';
import type { HostError } from '../../shared/ipc/result.ts';

export interface AskedRestore {
  readonly from: MomentRef;
  /** Null: all states of the moment. */
  readonly keys: readonly string[] | null;
  /** What a person calls the moment; null where that says nothing more than `from`. */
  readonly name: string | null;
}

/** What went wrong when it was tried, or is to be known before it is tried again. */
export type RestoreFault =
  | { readonly kind: 'error'; readonly error: HostError }
  | { readonly kind: 'stale'; readonly keys: readonly string[] }
  /** Null reason: it was stopped. */
  | {
      readonly kind: 'rolled-back';
      readonly key: string;
      readonly reason: string | null;
      readonly left: readonly NotRolledBack[];
    };

export interface RestoreState {
  /** Null: nobody is restoring. */
  readonly asked: AskedRestore | null;
  readonly mode: RestoreMode;
  readonly removeOthers: boolean;
  readonly migrate: boolean;
  /** What a person has unticked: whole states, and changes by `changeId`. */
  readonly offStates: ReadonlySet<string>;
  readonly offChanges: ReadonlyMap<string, ReadonlySet<string>>;
  /** With everything ticked: what can be chosen from. */
  readonly all: RestorePlan | null;
  /** With what is ticked: what would be done. Null while it is being made. */
  readonly plan: RestorePlan | null;
  readonly accepted: ReadonlySet<RestoreCheckCode>;
  readonly selected: string | null;
  readonly applying: boolean;
  readonly progress: RestoreProgress | null;
  readonly fault: RestoreFault | null;
}

const NOTHING: RestoreState = {
  asked: null,
  mode: 'replace',
  removeOthers: false,
  migrate: false,
  offStates: new Set(),
  offChanges: new Map(),
  all: null,
  plan: null,
  accepted: new Set(),
  selected: null,
  applying: false,
  progress: null,
  fault: null,
};

export const useRestore = create<RestoreState>(() => NOTHING);

export function restoreAsked(asked: AskedRestore | null): void {
  useRestore.setState({ ...NOTHING, asked });
}

export function changeRestore(change: Partial<RestoreState>): void {
  useRestore.setState(change);
}

/** Paths of what went and of what came can be the same. */
export function changeId({ kind, path }: Pick<RestoreChange, 'kind' | 'path'>): string {
  return `${kind === 'removed' ? 'now' : 'then'} ${JSON.stringify(path)}`;
}

export function isStateOn({ offStates }: RestoreState, { key, action }: Pick<RestoreRow, 'key' | 'action'>): boolean {
  return action !== 'same' && !offStates.has(key);
}

export function isChangeOn(state: RestoreState, row: RestoreRow, change: RestoreChange): boolean {
  return isStateOn(state, row) && change.chosen && state.offChanges.get(row.key)?.has(changeId(change)) !== true;
}

export function toggleState(row: RestoreRow): void {
  const { offStates, offChanges } = useRestore.getState();
  const next = new Set(offStates);
  if (!next.delete(row.key)) next.add(row.key);
  // Ticked again, it is whole again.
  const changes = new Map(offChanges);
  changes.delete(row.key);
  useRestore.setState({ offStates: next, offChanges: changes });
}

export function toggleChange(row: RestoreRow, change: RestoreChange): void {
  const state = useRestore.getState();
  const possible = row.changes.filter(({ chosen }) => chosen).map(changeId);
  const off = new Set(isStateOn(state, row) ? state.offChanges.get(row.key) : possible);
  const id = changeId(change);
  if (!off.delete(id)) off.add(id);
  const offStates = new Set(state.offStates);
  const offChanges = new Map(state.offChanges);
  offStates.delete(row.key);
  offChanges.set(row.key, off);
  if (possible.every((each) => off.has(each))) {
    offStates.add(row.key);
    offChanges.delete(row.key);
  }
  useRestore.setState({ offStates, offChanges });
}

/** With everything that can be ticked, or with what is ticked. */
export function requestOf(state: RestoreState, what: 'all' | 'ticked'): RestoreRequest | null {
  const { asked, mode, removeOthers, migrate, all } = state;
  if (asked === null) return null;
  // Of a backup, what it does not have is removed within what was chosen of it; of another moment, only with all of it.
  const mayRemove = asked.keys === null || asked.from.at === 'source';
  const request = { from: asked.from, mode, removeOthers: removeOthers && mayRemove, migrate };
  const whole = asked.keys?.map((key) => ({ key, paths: null })) ?? null;
  return { ...request, picks: what === 'all' || all === null ? whole : picksOf(state, all) };
}

/** Everything is ticked: then it is one plan. */
export function isAllTicked({ offStates, offChanges }: RestoreState): boolean {
  return offStates.size === 0 && [...offChanges.values()].every((off) => off.size === 0);
}

function picksOf(state: RestoreState, { rows }: RestorePlan): readonly RestorePick[] {
  return rows
    .filter((row) => isStateOn(state, row))
    .map((row) => {
      const off = state.offChanges.get(row.key);
      if (off === undefined || off.size === 0) return { key: row.key, paths: null };
      const on = row.changes.filter((change) => isChangeOn(state, row, change));
      const paths = on.map(({ kind, path }) => ({
        path,
        side: kind === 'removed' ? ('now' as const) : ('then' as const),
      }));
      return { key: row.key, paths };
    });
}
