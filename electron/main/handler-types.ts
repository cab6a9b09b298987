import type { CallName, JobName, StreamName } from '../../shared/ipc/channels.ts';
import type { Calls, Jobs, Streams } from '../../shared/ipc/contract.ts';

/**
 * One handler for every name of the contract: a missing one does not compile. A handler gets checked input; a job or a
 * stream also a signal that is raised when the window no longer wants the answer.
 */
export type CallHandlers = {
  readonly [K in CallName]: (input: Calls[K]['input']) => Promise<Calls[K]['output']>;
};
export type JobHandlers = {
  readonly [K in JobName]: (
    input: Jobs[K]['input'],
    signal: AbortSignal,
    progress: (progress: Jobs[K]['progress']) => void,
  ) => Promise<Jobs[K]['output']>;
};
export type StreamHandlers = {
  readonly [K in StreamName]: (input: Streams[K]['input'], signal: AbortSignal) => AsyncIterable<Streams[K]['chunk']>;
};

export interface Handlers {
  readonly calls: CallHandlers;
  readonly jobs: JobHandlers;
  readonly streams: StreamHandlers;
}
