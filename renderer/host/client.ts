/**
 * `window.host` with the types of the contract. The only way out of the window: nothing here validates, because the
 * main process does; and nothing here may import zod, hence types only.
 */
import type { CallName, EventName, JobName, StreamName } from '../../shared/ipc/channels.ts';
import type { Calls, Events, Jobs, Streams } from '../../shared/ipc/contract.ts';
import type { Host } from '../../shared/ipc/host.ts';
import type { Result } from '../../shared/ipc/result.ts';

declare global {
  interface Window {
    readonly host: Host;
  }
}

/** Calls without input take no second argument. */
type Input<T> = undefined extends T ? [] : [input: T];

export function call<K extends CallName>(
  name: K,
  ...[input]: Input<Calls[K]['input']>
): Promise<Result<Calls[K]['output']>> {
  return window.host.call(name, input) as Promise<Result<Calls[K]['output']>>;
}

/** For calls whose answer says nothing and whose failure changes nothing that is seen. */
export function tell<K extends CallName>(name: K, ...input: Input<Calls[K]['input']>): void {
  const ask = async () => {
    const answer = await call(name, ...input);
    if (!answer.ok) console.warn(`${name}: ${answer.error.message}`);
  };
  void ask();
}

export interface Job<O> {
  readonly done: Promise<Result<O>>;
  cancel(): void;
}

export function startJob<K extends JobName>(
  name: K,
  input: Jobs[K]['input'],
  onProgress: (progress: Jobs[K]['progress']) => void,
): Job<Jobs[K]['output']> {
  const run = window.host.run(name, input, (data) => onProgress(data as Jobs[K]['progress']));
  return { done: run.done as Promise<Result<Jobs[K]['output']>>, cancel: () => run.cancel() };
}

export interface ChunkStream<O> extends Job<O> {
  /** Allows further chunks; nothing comes before the first grant. */
  grant(chunks: number): void;
}

export function startStream<K extends StreamName>(
  name: K,
  input: Streams[K]['input'],
  onChunk: (chunk: Streams[K]['chunk']) => void,
): ChunkStream<Streams[K]['output']> {
  const run = window.host.run(name, input, (data) => onChunk(data as Streams[K]['chunk']));
  return {
    done: run.done as Promise<Result<Streams[K]['output']>>,
    cancel: () => run.cancel(),
    grant: (chunks) => run.grant(chunks),
  };
}

export function onEvent<K extends EventName>(name: K, listener: (payload: Events[K]) => void): () => void {
  return window.host.on(name, (payload) => listener(payload as Events[K]));
}
