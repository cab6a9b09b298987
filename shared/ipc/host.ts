/**
 * What the preload script puts on `window.host`: three generic functions over the allowed names, and nothing else.
 * renderer/host/client.ts gives them their types.
 */
import type { Result } from './result.ts';

export interface HostRun {
  /** Settles when the job or the stream has ended; never rejects. */
  readonly done: Promise<Result<unknown>>;
  cancel(): void;
  /** Allows `chunks` further chunks of a stream. */
  grant(chunks: number): void;
}

export interface Host {
  call(name: string, input: unknown): Promise<Result<unknown>>;
  /** Starts a job (`onData` gets progress) or a stream (`onData` gets chunks). */
  run(name: string, input: unknown, onData: (data: unknown) => void): HostRun;
  /** Returns the function that ends the subscription. */
  on(event: string, listener: (payload: unknown) => void): () => void;
}
