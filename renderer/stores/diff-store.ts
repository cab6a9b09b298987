/** What is compared with what, and how a person looks at it. Answers are written by host/comparing.ts only. */
import { create } from 'zustand';
import type { DiffKind } from '../../shared/diff/diff.ts';
import type { DiffExpansion } from '../../shared/ipc/contract.ts';
import type { DiffInfo, DiffStates, DiffValueDetail } from '../../shared/ipc/diff.ts';
import type { MomentRef, StateAt } from '../../shared/ipc/moments.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { showDiff, useSelection } from './selection-store.ts';
import { useWorkspace } from './workspace-store.ts';

export type DiffTab = 'tree' | 'conversation';

/** Two states, or all states of two moments. */
export type Wanted =
  | { readonly of: 'state'; readonly before: StateAt; readonly after: StateAt }
  | { readonly of: 'all'; readonly before: MomentRef; readonly after: MomentRef };

interface DiffStore {
  /** What was asked for last; another object each time, also for the same two. */
  readonly wanted: Wanted | null;
  readonly comparing: boolean;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly error: HostError | null;
  /** Of `wanted` when it is two states, as soon as they are compared. */
  readonly info: DiffInfo | null;
  /** Of `wanted` when it is all states. */
  readonly states: DiffStates | null;
  /** The comparison of all states out of which one was opened, to go back to. */
  readonly from: Extract<Wanted, { of: 'all' }> | null;
  /** The first of two that are being picked. */
  readonly marked: StateAt | null;
  /** The dialog asks what this is compared with. */
  readonly asking: StateAt | null;
  /** A file or folder that was dropped on that dialog. */
  readonly dropped: string | null;
  readonly tab: DiffTab;
  /** Kinds of change that are shown; none for all. */
  readonly kinds: readonly DiffKind[];
  readonly expansion: DiffExpansion;
  /** Row on which the selection stands, and its name. */
  readonly row: number;
  readonly rowId: number | null;
  /** Counts jumps, each of which brings the row into sight. */
  readonly jumps: number;
  readonly detail: DiffValueDetail | null;
  /** Which of the paired conversations is shown, and the message on which a person stands. */
  readonly conversation: number;
  readonly message: number;
}

const ALL_DEPTHS = 1_000_000;
const FIRST_EXPANSION: DiffExpansion = { depth: ALL_DEPTHS, unchanged: false, toggled: [] };

const LOOKS = {
  kinds: [] as readonly DiffKind[],
  expansion: FIRST_EXPANSION,
  row: 0,
  rowId: null,
  jumps: 0,
  detail: null,
  conversation: 0,
  message: -1,
};

const NONE: DiffStore = {
  wanted: null,
  comparing: false,
  progress: null,
  error: null,
  info: null,
  states: null,
  from: null,
  marked: null,
  asking: null,
  dropped: null,
  tab: 'tree',
  ...LOOKS,
};

export const useDiff = create<DiffStore>(() => NONE);

/** The moment that the window shows. */
export function shownMoment(): MomentRef {
  const asOf = useWorkspace.getState().workspace?.asOf ?? null;
  if (asOf === null) return { at: 'now' };
  return asOf.seq === null ? { at: 'snapshot', snapshot: asOf.snapshot?.id ?? '' } : { at: 'seq', seq: asOf.seq };
}

/** A state as the window shows it. */
export function shownState(key: string): StateAt {
  return { moment: shownMoment(), key };
}

/** Compares two states and shows what differs. */
export function openDiff(before: StateAt, after: StateAt): void {
  const { from } = useDiff.getState();
  // Of two agents or sessions a person wants to know first where they part; of one state what became of it.
  changeDiff({ tab: before.key === after.key ? 'tree' : 'conversation' });
  ask({ of: 'state', before, after }, isOneOf(from, before, after) ? from : null);
}

/** Compares all states of two moments. */
export function openDiffOfAll(before: MomentRef, after: MomentRef): void {
  ask({ of: 'all', before, after }, null);
}

/** Of two picks, anywhere in the window, the first waits and the second compares. */
export function pickForCompare(side: StateAt): void {
  const { marked } = useDiff.getState();
  if (marked === null) markForCompare(side);
  else compareWithMarked(side);
}

/** Null: none any more. */
export function markForCompare(side: StateAt | null): void {
  useDiff.setState({ marked: side });
}

/** What was marked is the side before. */
export function compareWithMarked(after: StateAt): void {
  const { marked } = useDiff.getState();
  if (marked === null) return;
  markForCompare(null);
  openDiff(marked, after);
}

/** Has a person choose in a dialog what a state is compared with. */
export function askForOther(side: StateAt): void {
  useDiff.setState({ asking: side, dropped: null });
}

export function otherChosen(): void {
  useDiff.setState({ asking: null, dropped: null });
}

/** A file or folder was dropped while the dialog asks. */
export function otherDropped(location: string): void {
  useDiff.setState({ dropped: location });
}

export function swapSides(): void {
  const { wanted, from } = useDiff.getState();
  if (wanted === null) return;
  const { before, after } = wanted;
  const swapped = { ...wanted, before: after, after: before } as Wanted;
  ask(swapped, from === null ? null : { ...from, before: from.after, after: from.before });
}

/** The same two once more, as they are by now. */
export function compareAgain(): void {
  const { wanted, from } = useDiff.getState();
  if (wanted !== null) ask({ ...wanted }, from);
}

/** Closes the comparison; the state that was selected is shown again. */
export function closeDiff(): void {
  const { marked } = useDiff.getState();
  useDiff.setState({ ...NONE, marked });
  if (useSelection.getState().view === 'diff') useSelection.setState({ view: 'state' });
}

/** Another source is open: what was picked and compared in the one before means nothing in it. */
export function forgetDiffs(): void {
  useDiff.setState(NONE);
  if (useSelection.getState().view === 'diff') useSelection.setState({ view: 'state' });
}

export function diffAnswered(info: DiffInfo): void {
  useDiff.setState(({ tab }) => ({
    info,
    comparing: false,
    progress: null,
    tab: info.conversations.length > 0 ? tab : 'tree',
  }));
}

export function statesAnswered(states: DiffStates): void {
  useDiff.setState({ states, comparing: false, progress: null });
}

export function diffFailed(error: HostError): void {
  useDiff.setState({ error, comparing: false, progress: null });
}

export function changeDiff(
  change: Partial<Pick<DiffStore, 'tab' | 'conversation' | 'message' | 'detail' | 'progress'>>,
) {
  useDiff.setState(change);
}

export function selectDiffRow(row: number, rowId: number | null): void {
  useDiff.setState({ row, rowId });
}

/** Opens or closes a branch or a fold. */
export function toggleDiffRow(row: number, rowId: number): void {
  useDiff.setState(({ expansion }) => {
    const toggled = new Set(expansion.toggled);
    if (!toggled.delete(rowId)) toggled.add(rowId);
    return { expansion: { ...expansion, toggled: [...toggled] }, row, rowId };
  });
}

/** A change was sought, and what is over it opened. */
export function diffRowSought(row: number, rowId: number, expansion: DiffExpansion): void {
  useDiff.setState(({ jumps }) => ({ row, rowId, expansion, jumps: jumps + 1 }));
}

/** Shows changes of one kind only, or of another one as well; those of all kinds where none is left out. */
export function toggleKind(kind: DiffKind): void {
  useDiff.setState(({ kinds }) => ({
    kinds: kinds.includes(kind) ? kinds.filter((each) => each !== kind) : [...kinds, kind],
    row: 0,
    rowId: null,
  }));
}

export function showAllKinds(): void {
  useDiff.setState({ kinds: [], row: 0, rowId: null });
}

export function showUnchanged(unchanged: boolean): void {
  useDiff.setState(({ expansion }) => ({ expansion: { ...expansion, unchanged }, row: 0, rowId: null }));
}

/** Brings a message of the chat into sight. */
export function showMessage(message: number): void {
  useDiff.setState(({ jumps }) => ({ tab: 'conversation', message, jumps: jumps + 1 }));
}

function ask(wanted: Wanted, from: DiffStore['from']): void {
  useDiff.setState({ ...LOOKS, wanted, from, comparing: true, progress: null, error: null, info: null, states: null });
  showDiff();
}

function isOneOf(from: DiffStore['from'], before: StateAt, after: StateAt): boolean {
  if (from === null) return false;
  const same = (a: MomentRef, b: MomentRef) => JSON.stringify(a) === JSON.stringify(b);
  return before.key === after.key && same(from.before, before.moment) && same(from.after, after.moment);
}
