import { create } from 'zustand';
import { type ConsistencyProgress, FINDING_SEVERITIES, type FindingSeverity } from '../../shared/ipc/consistency.ts';
import type { ConsistencyHead, FindingGrouping } from '../../shared/ipc/consistency-view.ts';
import type { HostError } from '../../shared/ipc/result.ts';

export type ConsistencyTab = 'findings' | 'checks';

interface ConsistencyState {
  readonly running: boolean;
  readonly progress: ConsistencyProgress | null;
  /** A person has ended it before its end. */
  readonly stopped: boolean;
  readonly error: HostError | null;
  /** What came of the last check; stays while the next one runs. */
  readonly head: ConsistencyHead | null;
  readonly tab: ConsistencyTab;
  readonly by: FindingGrouping;
  readonly text: string;
  readonly severities: readonly FindingSeverity[];
  /** Rows that are not as they were at first. */
  readonly toggled: readonly string[];
  /** Row on which the list stands. */
  readonly active: number;
}

/** Below the first heading. */
const FIRST_ROW = 1;

const NOTHING = {
  running: false,
  progress: null,
  stopped: false,
  error: null,
  head: null,
  toggled: [],
  active: FIRST_ROW,
} as const;

export const useConsistency = create<ConsistencyState>(() => ({
  ...NOTHING,
  tab: 'findings',
  by: 'rule',
  text: '',
  severities: FINDING_SEVERITIES,
}));

/** Another source is open. */
export function forgetReport(): void {
  useConsistency.setState({ ...NOTHING, text: '' });
}

export function checkBegan(): void {
  useConsistency.setState({ running: true, progress: null, stopped: false, error: null });
}

export function checkProgressed(progress: ConsistencyProgress): void {
  useConsistency.setState({ progress });
}

export function checkEnded(head: ConsistencyHead): void {
  useConsistency.setState(({ toggled, active }) => ({ ...NOTHING, head, toggled, active }));
}

export function checkFailed(error: HostError): void {
  const stopped = error.code === 'cancelled';
  useConsistency.setState({ running: false, progress: null, stopped, error: stopped ? null : error });
}

/** Other rows: the list stands on its first one again. */
export function changeFindings(change: Partial<Pick<ConsistencyState, 'by' | 'text' | 'severities'>>): void {
  useConsistency.setState({ ...change, active: FIRST_ROW, ...('by' in change && { toggled: [] }) });
}

export function showConsistencyTab(tab: ConsistencyTab): void {
  useConsistency.setState({ tab });
}

export function toggleSeverity(severity: FindingSeverity): void {
  const { severities } = useConsistency.getState();
  const next = FINDING_SEVERITIES.filter((each) => severities.includes(each) !== (each === severity));
  changeFindings({ severities: next });
}

export function toggleFindings(id: string): void {
  useConsistency.setState(({ toggled }) => ({
    toggled: toggled.includes(id) ? toggled.filter((each) => each !== id) : [...toggled, id],
  }));
}

export function standOnFinding(row: number): void {
  useConsistency.setState({ active: row });
}
