/**
 * What the main process and a workspace's worker thread say to each other, in one file. The worker owns the open source
 * and everything slow; the main process only passes questions and answers on.
 */
import type { Calls, Jobs, Streams } from '../../../shared/ipc/contract.ts';
import type { HistoryStatus, ProbeStatus, WatchInfo } from '../../../shared/ipc/history.ts';
import type { OpenProgress, OverviewProgress, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { CopyStatesProgress } from '../../../shared/ipc/persistence.ts';
import type { HostError } from '../../../shared/ipc/result.ts';

type Without<T> = Omit<T, 'workspace'>;

/** Every question a worker answers. */
export interface WorkerMethods {
  readonly 'explorer.rows': {
    input: Without<Calls['explorer.rows']['input']>;
    output: Calls['explorer.rows']['output'];
  };
  /** Long: tells its steps, and stops when it is cancelled. */
  readonly 'workspace.overview': {
    input: null;
    progress: OverviewProgress;
    output: Jobs['workspace.overview']['output'];
  };
  readonly 'problems.rows': {
    input: Without<Calls['problems.rows']['input']>;
    output: Calls['problems.rows']['output'];
  };
  readonly 'state.open': { input: Without<Calls['state.open']['input']>; output: Calls['state.open']['output'] };
  readonly 'tree.rows': { input: Without<Calls['tree.rows']['input']>; output: Calls['tree.rows']['output'] };
  readonly 'tree.reveal': { input: Without<Calls['tree.reveal']['input']>; output: Calls['tree.reveal']['output'] };
  readonly 'value.get': { input: Without<Calls['value.get']['input']>; output: Calls['value.get']['output'] };
  readonly 'value.copy': { input: Without<Calls['value.copy']['input']>; output: string };
  readonly 'conversation.page': {
    input: Without<Calls['conversation.page']['input']>;
    output: Calls['conversation.page']['output'];
  };
  /** Starts a stream and answers with its first chunk. */
  readonly 'value.text': { input: Without<Streams['value.text']['input']>; output: StreamStep };
  'workspace.arm': { input: Without<Calls['workspace.arm']['input']>; output: null };
  /** Long: tells its steps, and stops when it is cancelled; what was shown stays. */
  'workspace.reload': { input: null; progress: OpenProgress; output: Jobs['workspace.reload']['output'] };
  'edit.check': { input: Without<Calls['edit.check']['input']>; output: Calls['edit.check']['output'] };
  'edit.apply': { input: Without<Calls['edit.apply']['input']>; output: Calls['edit.apply']['output'] };
  'state.remove': { input: Without<Calls['state.remove']['input']>; output: Calls['state.remove']['output'] };
  'state.compare': { input: Without<Calls['state.compare']['input']>; output: Calls['state.compare']['output'] };
  'tree.carry': { input: Without<Calls['tree.carry']['input']>; output: Calls['tree.carry']['output'] };
  'write.undo': { input: Without<Calls['write.undo']['input']>; output: Calls['write.undo']['output'] };
  'trash.rows': { input: Without<Calls['trash.rows']['input']>; output: Calls['trash.rows']['output'] };
  'trash.restore': { input: Without<Calls['trash.restore']['input']>; output: Calls['trash.restore']['output'] };
  'persistence.settings': {
    input: Without<Calls['persistence.settings']['input']>;
    output: Calls['persistence.settings']['output'];
  };
  'persistence.keys': {
    input: Without<Calls['persistence.keys']['input']>;
    output: Calls['persistence.keys']['output'];
  };
  'persistence.save': {
    input: Without<Calls['persistence.save']['input']>;
    output: Calls['persistence.save']['output'];
  };
  /** Long. What was copied when it is cancelled is whole. */
  'states.copy': {
    input: Without<Jobs['states.copy']['input']>;
    progress: CopyStatesProgress;
    output: Jobs['states.copy']['output'];
  };
  'history.status': { input: null; output: Calls['history.status']['output'] };
  'history.record': { input: Without<Calls['history.record']['input']>; output: Calls['history.record']['output'] };
  'history.page': { input: Without<Calls['history.page']['input']>; output: Calls['history.page']['output'] };
  'history.count': { input: Without<Calls['history.count']['input']>; output: Calls['history.count']['output'] };
  'history.density': { input: Without<Calls['history.density']['input']>; output: Calls['history.density']['output'] };
  'history.lane': { input: Without<Calls['history.lane']['input']>; output: Calls['history.lane']['output'] };
  'history.change': { input: Without<Calls['history.change']['input']>; output: Calls['history.change']['output'] };
  'history.travel': { input: Without<Calls['history.travel']['input']>; output: Calls['history.travel']['output'] };
  'watches.list': { input: null; output: Calls['watches.list']['output'] };
  'watches.save': { input: Without<Calls['watches.save']['input']>; output: Calls['watches.save']['output'] };
  'watches.remove': { input: Without<Calls['watches.remove']['input']>; output: Calls['watches.remove']['output'] };
  /** Of a source that is made of running programs; `on` is false for any other. */
  'probes.status': { input: null; output: ProbeStatus };
  'probes.command': { input: Calls['probes.command']['input']; output: Calls['probes.command']['output'] };
  'history.bisect': {
    input: Without<Jobs['history.bisect']['input']>;
    progress: Jobs['history.bisect']['progress'];
    output: Jobs['history.bisect']['output'];
  };
  /** The next chunk of a stream that was started. */
  readonly 'stream.next': { input: { stream: number }; output: StreamStep };
  readonly 'stream.end': { input: { stream: number }; output: null };
}
export type WorkerMethod = keyof WorkerMethods;
export type ProgressOf<K extends WorkerMethod> = WorkerMethods[K] extends { progress: infer P } ? P : never;

/** `chunk` is null at the end. */
export interface StreamStep {
  readonly stream: number;
  readonly chunk: string | null;
}

export interface WorkerStart {
  readonly workspace: string;
  readonly location: string;
  readonly followLinks: boolean;
  /** A password or passphrase; null where none is known. */
  readonly secret: string | null;
  /** Where copies of what is replaced in foreign sources are kept. */
  readonly safetyFolder: string;
  /** Where the journals of all sources lie. */
  readonly journalFolder: string;
}

export type ToWorker =
  | { readonly type: 'question'; readonly id: number; readonly method: WorkerMethod; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'progress'; readonly progress: OpenProgress }
  | { readonly type: 'opened'; readonly summary: WorkspaceSummary }
  | { readonly type: 'failed'; readonly error: HostError }
  /** How far question `id` has come. */
  | { readonly type: 'step'; readonly id: number; readonly progress: ProgressOf<WorkerMethod> }
  /** The source has been read anew. */
  | { readonly type: 'changed'; readonly summary: WorkspaceSummary }
  /** Others have written to the source. */
  | { readonly type: 'probes'; readonly status: ProbeStatus }
  | { readonly type: 'appended'; readonly status: HistoryStatus }
  | { readonly type: 'broken'; readonly watch: WatchInfo; readonly key: string; readonly seq: number }
  | { readonly type: 'stale'; readonly keys: readonly string[] | null }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: HostError }
  | { readonly type: 'closed' };
