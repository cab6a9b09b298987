/** Request bodies, bounded one by one and all together. */
import type { IncomingMessage } from 'node:http';
import { ProbeRefusal } from './probe-refusal.ts';

/** Bytes that all requests together hold. */
export class ByteBudget {
  readonly #max: number;
  #used = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** False, and nothing taken, when there is not enough. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#max) return false;
    this.#used += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}

/**
 * Reads a body, lets `work` have it, and frees what it took of the budget.
 * @throws ProbeRefusal `too-large` before a byte is read where Content-Length says so, else as soon as it is; `busy` when the
 * budget is used up.
 */
export async function withBody<T>(
  request: IncomingMessage,
  maxBytes: number,
  budget: ByteBudget,
  work: (body: Uint8Array) => Promise<T> | T,
): Promise<T> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new ProbeRefusal(415, 'encoding-refused', 'bodies have to come unpacked');
  }
  const tooLarge = new ProbeRefusal(413, 'too-large', `a request has at most ${maxBytes} bytes; send smaller batches`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
  const held = { bytes: 0 };
  try {
    const chunks = await new Promise<Uint8Array[]>((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      const stop = (reason: Error): void => {
        if (request.readableEnded) return;
        request.removeAllListeners('data');
        // What was read is of no use any more; what comes is for `refuse` to throw away.
        chunks.length = 0;
        reject(reason);
      };
      request.on('data', (chunk: Uint8Array) => {
        if (held.bytes + chunk.length > maxBytes) stop(tooLarge);
        else if (!budget.take(chunk.length)) stop(busy());
        else {
          held.bytes += chunk.length;
          chunks.push(chunk);
        }
      });
      request.once('end', () => resolve(chunks));
      request.once('error', stop);
      request.once('close', () => stop(new ProbeRefusal(400, 'cut-off', 'the request ended too early')));
    });
    return await work(Buffer.concat(chunks, held.bytes));
  } finally {
    budget.give(held.bytes);
  }
}

export function busy(): ProbeRefusal {
  return new ProbeRefusal(429, 'busy', 'what came before is still being worked on; send it again in a second');
}
