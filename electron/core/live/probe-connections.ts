/** How many connections there are. Ten thousand strangers must neither use up this process nor lock out the probes. */
import type { Socket } from 'node:net';
import { rawRefusal } from './probe-refusal.ts';

const TOO_MANY = rawRefusal('503 Service Unavailable', 'too-many-connections', 'there are too many connections');

export class ConnectionGate {
  readonly #max: number;
  /** Connections that have not shown the token yet, the oldest first. */
  readonly #strangers = new Set<Socket>();
  readonly #trusted = new Set<Socket>();

  constructor(max: number) {
    this.#max = max;
  }

  get count(): number {
    return this.#strangers.size + this.#trusted.size;
  }

  /** The oldest connection that has not shown the token makes room; where all have, the new one is turned away. */
  admit(socket: Socket): void {
    // A reset by the other end is its business; without a listener it would be thrown.
    socket.on('error', () => socket.destroy());
    if (this.count >= this.#max) {
      const [oldest] = this.#strangers;
      if (oldest) this.#strangers.delete(oldest);
      turnAway(oldest ?? socket);
      if (!oldest) return;
    }
    this.#strangers.add(socket);
    socket.once('close', () => {
      this.#strangers.delete(socket);
      this.#trusted.delete(socket);
    });
  }

  /** It has shown the token. */
  trust(socket: Socket): void {
    if (this.#strangers.delete(socket)) this.#trusted.add(socket);
  }
}

function turnAway(socket: Socket): void {
  socket.end(TOO_MANY, () => socket.destroy());
}
