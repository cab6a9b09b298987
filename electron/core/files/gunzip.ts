/** Unpacks gzip within bounds, and keeps what can be had of a broken file. */
import { createGunzip } from 'node:zlib';

const MIB = 1 << 20;
/** Never more than this, whatever the file's size. */
const MAX_UNPACKED = 512 * MIB;
/** Small files may unpack to this much in any case. */
const MIN_ALLOWANCE = 16 * MIB;
/** JSON packs 5 to 30 times; gzip's own maximum is 1032. */
const MAX_RATIO = 100;
const SLICE = 64 << 10;

/** Bytes that may come out of as many packed ones. */
export function unpackedAtMost(packedBytes: number): number {
  return Math.min(MAX_UNPACKED, Math.max(MIN_ALLOWANCE, MAX_RATIO * packedBytes));
}

export interface Unpacked {
  readonly bytes: Uint8Array;
  readonly fault: GzipFault | null;
}

export interface GzipFault {
  readonly code: 'gzip-invalid' | 'gzip-truncated' | 'gzip-too-large';
  readonly message: string;
}

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Stops as soon as more than max(16 MiB, 100 × the packed bytes read so far), or 512 MiB, has come out: a bomb costs
 * 16 MiB, not what it promises. Never rejects for bad input; `fault` says what is wrong and `bytes` holds what was
 * unpacked before it (nothing for a file that is too large).
 */
export async function gunzip(
  packed: Uint8Array,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Unpacked> {
  const fine: Stretch[] = [];
  let outcome = await run(packed, fine, options.signal);
  // zlib drops what a call had unpacked before the byte that it fails on: the failing slice is repeated in ever smaller ones.
  for (const slice of [512, 1]) {
    if (outcome.fault?.code !== 'gzip-invalid') break;
    fine.push({ from: outcome.failedSlice, slice });
    outcome = await run(packed, fine, options.signal);
  }
  return { bytes: outcome.bytes, fault: outcome.fault };
}

/** From this offset on, the input is handed over in slices of this size. */
interface Stretch {
  readonly from: number;
  readonly slice: number;
}

async function run(
  packed: Uint8Array,
  fine: readonly Stretch[],
  signal: AbortSignal | undefined,
): Promise<Unpacked & { readonly failedSlice: number }> {
  const sink = new Sink(packed);
  const state: { limit: number; fault: GzipFault | null } = { limit: 0, fault: null };
  const engine = createGunzip({ chunkSize: SLICE });
  const finished = new Promise<void>((resolve) => {
    engine.on('data', (chunk: Buffer) => {
      if (state.fault !== null) return;
      if (sink.length + chunk.length <= state.limit) {
        sink.push(chunk);
        return;
      }
      state.fault = tooLarge(state.limit);
      engine.destroy();
    });
    engine.on('error', (error: NodeJS.ErrnoException) => {
      state.fault ??= faultOf(error, sink.length);
    });
    engine.on('close', () => resolve());
  });
  let at = 0;
  let failedSlice = 0;
  while (at < packed.length && !engine.destroyed) {
    if (signal?.aborted) {
      engine.destroy();
      signal.throwIfAborted();
    }
    failedSlice = at;
    const part = packed.subarray(at, at + sliceAt(at, fine));
    at += part.length;
    state.limit = unpackedAtMost(at);
    await Promise.race([finished, new Promise<void>((resolve) => engine.write(part, () => resolve()))]);
  }
  if (!engine.destroyed) engine.end();
  await finished;
  const { fault } = state;
  return { bytes: fault?.code === 'gzip-too-large' ? new Uint8Array(0) : sink.bytes(), fault, failedSlice };
}

function sliceAt(at: number, fine: readonly Stretch[]): number {
  return fine.findLast((stretch) => at >= stretch.from)?.slice ?? SLICE;
}

function tooLarge(limit: number): GzipFault {
  return { code: 'gzip-too-large', message: `it unpacks to more than ${Math.floor(limit / MIB)} MiB` };
}

function faultOf(error: NodeJS.ErrnoException, unpacked: number): GzipFault {
  if (error.code === 'Z_BUF_ERROR') {
    return { code: 'gzip-truncated', message: `the packed data ends early; ${unpacked} bytes could be unpacked` };
  }
  return {
    code: 'gzip-invalid',
    message: `the packed data is broken (${error.message}); ${unpacked} bytes could be unpacked`,
  };
}

/** Grows to what arrives. Starts at the size that the file's last four bytes promise, if that is believable. */
class Sink {
  #bytes: Buffer;
  length = 0;

  constructor(packed: Uint8Array) {
    const trailer =
      packed.length >= 18
        ? Buffer.from(packed.buffer, packed.byteOffset, packed.length).readUInt32LE(packed.length - 4)
        : 0;
    const believable = Math.min(MAX_UNPACKED, Math.max(MIN_ALLOWANCE, packed.length * 30));
    this.#bytes = Buffer.allocUnsafeSlow(trailer > 0 && trailer <= believable ? trailer : SLICE);
  }

  push(chunk: Buffer): void {
    const needed = this.length + chunk.length;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.length);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.length);
    this.length = needed;
  }

  /** A copy when more than a quarter of the room stayed empty. */
  bytes(): Buffer {
    const used = this.#bytes.subarray(0, this.length);
    if (this.#bytes.length <= this.length * 1.25) return used;
    const exact = Buffer.allocUnsafeSlow(this.length);
    used.copy(exact);
    return exact;
  }
}
