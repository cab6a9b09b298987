/** Waits until there may be something to do: a notification of the server, a write of our own, or some time. */
import { Socket } from 'node:net';
import type { PostgresTarget } from '../sources/postgres-address.ts';
import { toPostgresError } from '../sources/postgres-errors.ts';
import { CHANNEL } from './meeting-point-schema.ts';

const CONNECT_TIMEOUT_MS = 5000;

export class Wakening {
  readonly #target: PostgresTarget;
  /** That listens, or is about to. */
  #socket: Socket | null = null;
  #awake = false;
  #closed = false;
  #wakeUp: (() => void) | null = null;

  constructor(target: PostgresTarget) {
    this.#target = target;
  }

  /** A connection of its own that listens; made anew when it was lost. Ask for it before looking, so that nothing falls in between. */
  async listen(): Promise<void> {
    if (this.#socket !== null) return;
    const { Client } = await import('pg');
    if (this.#closed) return;
    const socket = new Socket();
    this.#socket = socket;
    const client = new Client({
      ...this.#target.config,
      stream: () => socket,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
    });
    const lost = () => {
      if (this.#socket === socket) this.#socket = null;
      this.wake();
    };
    // An error is followed by the end.
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', () => this.wake());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      // A server that does not answer would not hang up either.
      socket.destroy();
      if (this.#socket === socket) this.#socket = null;
      throw toPostgresError(error, this.#target, 'connect');
    }
  }

  /** Also for the next wait, when nobody waits now. */
  wake(): void {
    this.#awake = true;
    this.#wakeUp?.();
  }

  /** Resolves at once when it was woken since the last wait. */
  async wait(ms: number): Promise<void> {
    if (!this.#awake && !this.#closed) await this.#sleep(ms);
    this.#awake = false;
  }

  /** Only closing ends it earlier. */
  async pause(ms: number): Promise<void> {
    for (const until = performance.now() + ms; !this.#closed; ) {
      const left = until - performance.now();
      if (left <= 0) return;
      await this.#sleep(left);
    }
  }

  /** At once, without a goodbye: the server may be gone, and nothing is under way. */
  close(): void {
    this.#closed = true;
    this.wake();
    this.#socket?.destroy();
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeUp = null;
  }
}
