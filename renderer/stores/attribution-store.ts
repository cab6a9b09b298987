import { create } from 'zustand';
import type { AttributionProgress, AttributionSummary, AttributionView } from '../../shared/ipc/attribution.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import type { SnapshotInfo } from '../../shared/ipc/snapshots.ts';

export type AttributionTab = AttributionView | 'duplicates';

/** Where the bytes of the open source are, as the engine measured it. Figures are written by host/measuring.ts only. */
interface AttributionState {
  /** Of which opening of a source the rest is. */
  readonly workspace: string | null;
  /** Of which reading of it the summary is. */
  readonly generation: number;
  readonly summary: AttributionSummary | null;
  /** Null while nothing is measured. */
  readonly progress: AttributionProgress | 'begun' | null;
  /** Why the last run failed; null for one that a person stopped. */
  readonly error: HostError | null;
  /** Snapshot since which growth is told; null for none. */
  readonly since: Pick<SnapshotInfo, 'id' | 'name' | 'takenAt'> | null;
  readonly tokens: boolean;
  readonly tab: AttributionTab;
  /** In each view the node of which the parts are shown; the whole where none is named. */
  readonly nodes: Readonly<Partial<Record<AttributionTab, number>>>;
}

const NONE: AttributionState = {
  workspace: null,
  generation: 0,
  summary: null,
  progress: null,
  error: null,
  since: null,
  tokens: true,
  tab: 'state',
  nodes: {},
};

export const useAttribution = create<AttributionState>(() => NONE);

export function changeAttribution(change: Partial<AttributionState>): void {
  useAttribution.setState(change);
}

/** Another source: nothing of what was measured is about it. */
export function attributionBegan(workspace: string): void {
  useAttribution.setState((before) => ({
    ...(before.workspace === workspace ? before : NONE),
    workspace,
    progress: 'begun',
    error: null,
  }));
}

/** Nodes of an earlier run have other numbers. @param generation of the reading of the source with which it began */
export function attributionEnded(summary: AttributionSummary, generation: number): void {
  useAttribution.setState({ summary, generation, progress: null, nodes: {} });
}

export function showParts(node: number | null): void {
  useAttribution.setState(({ tab, nodes }) => {
    const { [tab]: _left, ...others } = nodes;
    return { nodes: node === null ? others : { ...nodes, [tab]: node } };
  });
}
