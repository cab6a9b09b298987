/** Chunks of a text in their order; the disk fetches the next ones while this one is looked at. */
import type { RandomAccess } from '../files/random-access.ts';

interface Pending {
  readonly wanted: number;
  readonly chunk: Promise<Uint8Array>;
}

/**
 * From `start` up to `end`, or up to the end of the text when that is null. Reads go into `buffers` in turns where `access` can do
 * that, so a chunk is good until the next one is asked for; there are as many reads under way as buffers.
 * @throws what `access.read` throws; the signal's reason.
 */
export async function* readAhead(
  access: RandomAccess,
  start: number,
  end: number | null,
  buffers: readonly Uint8Array[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const last = end ?? access.size ?? Number.MAX_SAFE_INTEGER;
  const pending: Pending[] = [];
  let next = start;
  const ask = (buffer: Uint8Array) => {
    if (next >= last) return;
    const wanted = Math.min(buffer.length, last - next);
    const chunk = readChunk(access, next, buffer.subarray(0, wanted), signal);
    // One that is never waited for may fail, too: the scan ended before it.
    chunk.catch(() => undefined);
    pending.push({ wanted, chunk });
    next += wanted;
  };
  try {
    for (const buffer of buffers) ask(buffer);
    for (let turn = 0; ; turn = (turn + 1) % buffers.length) {
      const first = pending.shift();
      const buffer = buffers[turn];
      if (first === undefined || buffer === undefined) return;
      const chunk = await first.chunk;
      signal?.throwIfAborted();
      if (chunk.length > 0) yield chunk;
      if (chunk.length < first.wanted) return;
      ask(buffer);
    }
  } finally {
    // Whoever lent the buffers may use them again, and close the file.
    await Promise.allSettled(pending.map(({ chunk }) => chunk));
  }
}

async function readChunk(
  access: RandomAccess,
  start: number,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (access.readInto === undefined) return access.read(start, start + into.length, signal);
  return into.subarray(0, await access.readInto(into, start));
}
