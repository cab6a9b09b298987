import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { OpenProgress, WorkspaceSummary } from '../../shared/ipc/model.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { CancelFlags } from '../core/workspace/cancel-flags.ts';
import { ReportedError } from '../core/workspace/host-error.ts';
import type {
  FromWorker,
  ProgressOf,
  ToWorker,
  WorkerEvent,
  WorkerMethod,
  WorkerMethods,
  WorkerStart,
} from '../core/workspace/worker-protocol.ts';

const WORKER_FILE = fileURLToPath(new URL('./workspace-worker.js', import.meta.url));
const CLOSE_TIMEOUT_MS = 2000;

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly onProgress: (progress: unknown) => void;
}

/** An open source in its worker thread, seen from the main process. */
export class WorkspaceHost {
  readonly #worker: Worker;
  readonly #onEvent: (event: WorkerEvent) => void;
  #summary: WorkspaceSummary;
  readonly #pending = new Map<number, Pending>();
  readonly #cancelFlags: CancelFlags;
  #lastId = 0;
  #closed = false;

  private constructor(
    [worker, cancelFlags]: readonly [Worker, CancelFlags],
    summary: WorkspaceSummary,
    onEvent: (event: WorkerEvent) => void,
  ) {
    this.#worker = worker;
    this.#cancelFlags = cancelFlags;
    this.#summary = summary;
    this.#onEvent = onEvent;
  }

  /** As of the last reading. */
  get summary(): WorkspaceSummary {
    return this.#summary;
  }

  /**
   * Opens a source in a new worker. Cancelling ends the thread at once, whatever it is doing.
   * @throws ReportedError with what the worker reported; SourceError `cancelled`
   */
  static open(
    start: Omit<WorkerStart, 'cancelFlags'>,
    signal: AbortSignal,
    onProgress: (progress: OpenProgress) => void,
    onEvent: (event: WorkerEvent) => void,
  ): Promise<WorkspaceHost> {
    const { location } = start;
    const cancelled = () => new SourceError('cancelled', `Opening ${location} was cancelled.`, { location });
    if (signal.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const cancelFlags = new CancelFlags();
      const workerData: WorkerStart = { ...start, cancelFlags: cancelFlags.buffer };
      const worker = new Worker(WORKER_FILE, { workerData });
      let host: WorkspaceHost | null = null;
      const end = (error: Error) => {
        reject(error);
        if (host) host.#end(error);
      };
      const onAbort = () => {
        reject(cancelled());
        void worker.terminate();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      worker.on('message', (message: FromWorker) => {
        if (message.type === 'progress') onProgress(message.progress);
        else if (message.type === 'failed') reject(new ReportedError(message.error));
        else if (message.type === 'opened') {
          signal.removeEventListener('abort', onAbort);
          host = new WorkspaceHost([worker, cancelFlags], message.summary, onEvent);
          resolve(host);
        } else if (host) host.#receive(message);
      });
      worker.on('error', end);
      worker.on('exit', () => end(new SourceError('unreadable', `${location} was closed.`, { location })));
    });
  }

  ask<K extends WorkerMethod>(
    method: K,
    input: WorkerMethods[K]['input'],
    onProgress: (progress: ProgressOf<K>) => void = () => undefined,
    signal?: AbortSignal,
  ): Promise<WorkerMethods[K]['output']> {
    if (this.#closed) return Promise.reject(workspaceClosed());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise<WorkerMethods[K]['output']>((resolve, reject) => {
      // The worker answers question `id` with the progress and the output of `method`.
      this.#pending.set(id, {
        resolve: resolve as (value: unknown) => void,
        reject,
        onProgress: onProgress as (progress: unknown) => void,
      });
      this.#say({ type: 'question', id, method, input });
      const cancel = () => {
        this.#cancelFlags.cancel(id);
        this.#say({ type: 'cancel', id });
      };
      if (signal?.aborted) cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  }

  /** The chunks of a text, fetched one by one as they are taken. */
  async *text(input: WorkerMethods['value.text']['input']): AsyncGenerator<string, void, void> {
    let step = await this.ask('value.text', input);
    try {
      while (step.chunk !== null) {
        yield step.chunk;
        step = await this.ask('stream.next', { stream: step.stream });
      }
    } finally {
      if (step.chunk !== null && !this.#closed) await this.ask('stream.end', { stream: step.stream });
    }
  }

  /** Lets the worker clean up, but does not wait for one that is stuck. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#say({ type: 'close' });
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([
      new Promise((resolve) => this.#worker.once('exit', resolve)),
      new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_TIMEOUT_MS);
      }),
    ]);
    clearTimeout(timer);
    await this.#worker.terminate();
  }

  #say(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.type === 'event') {
      const { event } = message;
      if (event.name === 'workspace.changed') this.#summary = event.payload;
      this.#onEvent(event);
      return;
    }
    if (message.type === 'step') {
      this.#pending.get(message.id)?.onProgress(message.progress);
      return;
    }
    if (message.type !== 'answer' && message.type !== 'error') return;
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.type === 'answer') pending?.resolve(message.value);
    else pending?.reject(new ReportedError(message.error));
  }

  #end(error: Error): void {
    this.#closed = true;
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

export function workspaceClosed(): ReportedError {
  return new ReportedError({
    code: 'workspace-closed',
    message: 'This source is not open any more. Open it again.',
    details: {},
  });
}
