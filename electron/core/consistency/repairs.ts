/** Repairs that are edits of values, for findings of which it is known what would be right. */
import type { ConsistencyRepair } from '../../../shared/ipc/consistency.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import type { NotedStatus } from './state-view.ts';

export function numberRepair(path: JsonPath, value: number): ConsistencyRepair {
  return { id: 'set-number', details: { value }, edits: [{ op: 'set', path, text: String(value) }] };
}

/** In the spelling that is there: of `AgentStatus.BUSY` it makes `AgentStatus.IDLE`. */
export function statusRepair(
  { raw, textPath }: Pick<NotedStatus, 'raw'> & { readonly textPath: JsonPath },
  status: string,
): ConsistencyRepair {
  const word = raw.slice(raw.lastIndexOf('.') + 1);
  const spelled = word === word.toUpperCase() ? status.toUpperCase() : status;
  const text = JSON.stringify(raw.slice(0, raw.length - word.length) + spelled);
  return { id: 'set-status', details: { value: status }, edits: [{ op: 'set', path: textPath, text }] };
}

/** @param paths of items or members, the last one first where they stand in one list. */
export function removeRepair(id: string, paths: readonly JsonPath[]): ConsistencyRepair {
  return { id, details: {}, edits: paths.map((path) => ({ op: 'remove', path })) };
}
