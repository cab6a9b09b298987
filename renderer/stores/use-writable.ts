import { useOpenState } from './state-store.ts';
import { useWorkspace } from './workspace-store.ts';

/** Whether the selected state can be changed now: writing is allowed and nothing about it forbids that. */
export function useWritable(): boolean {
  const source = useWorkspace(
    ({ workspace }) => workspace?.armed === true && workspace.asOf === null && workspace.notWritable === null,
  );
  const state = useOpenState(({ summary }) => summary?.notWritable === null);
  return source && state;
}
