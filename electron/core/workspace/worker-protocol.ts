/**
 * What the main process and a workspace's worker thread say to each other, in one file. The worker owns the open source
 * and everything slow; the main process only passes questions and answers on.
 */
import type { Calls, Jobs, Streams } from '../../../shared/ipc/contract.ts';
import type { OpenProgress, OverviewProgress, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { HostError } from '../../../shared/ipc/result.ts';

type Without<T> = Omit<T, 'workspace'>;

/** Every question a worker answers. */
export interface WorkerMethods {
  readonly 'explorer.rows': {
    input: Without<Calls['explorer.rows']['input']>;
    output: Calls['explorer.rows']['output'];
  };
  /** Long: tells its steps, and stops when it is cancelled. */
  readonly 'workspace.overview': { input: null; output: Jobs['workspace.overview']['output'] };
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
  /** The next chunk of a stream that was started. */
  readonly 'stream.next': { input: { stream: number }; output: StreamStep };
  readonly 'stream.end': { input: { stream: number }; output: null };
}
export type WorkerMethod = keyof WorkerMethods;

/** `chunk` is null at the end. */
export interface StreamStep {
  readonly stream: number;
  readonly chunk: string | null;
}

export interface WorkerStart {
  readonly workspace: string;
  readonly location: string;
  readonly followLinks: boolean;
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
  | { readonly type: 'step'; readonly id: number; readonly progress: OverviewProgress }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: HostError }
  | { readonly type: 'closed' };
