/** The one pass over a gzip file that leaves seek points behind. */
import { constants, inflateRawSync } from 'node:zlib';
import { findBlock, leadIn } from './deflate-blocks.ts';
import { BEGINNING, packWindow, type SeekPoint, WINDOW } from './gzip-seek-points.ts';
import { GzipStream } from './gzip-stream.ts';
import type { RandomAccess } from './random-access.ts';

/** Unpacked bytes between two points: some 8 ms of unpacking, and at most 8 kB of memory. */
const SPACING = 4 << 20;
/** Packed bytes in one step of a proof. */
const PROOF = 12 << 10;

type Pieces = readonly Uint8Array[];

/** A place where a block seems to begin, and what is known to follow. */
interface Candidate {
  readonly packedBit: number;
  readonly unpacked: number;
  readonly window: Uint8Array;
  readonly packed: Uint8Array;
  readonly expected: Pieces;
}

export class GzipIndexer {
  readonly points: SeekPoint[] = [BEGINNING];
  readonly stream: GzipStream;
  /** The end of what was unpacked: a window's worth at least, as soon as there is as much. */
  #tail: Uint8Array[] = [];
  #unproved: Candidate | null = null;

  constructor(file: RandomAccess) {
    this.stream = new GzipStream(file, BEGINNING, { checked: true });
  }

  /** The next unpacked bytes; null at the end. */
  async step(): Promise<Pieces | null> {
    const { stream } = this;
    if (this.#unproved !== null || stream.unpacked - stream.from.unpacked < SPACING) return this.#step(stream.slice);
    if (stream.betweenMembers) {
      if ((await stream.peek()).length === 0) return this.#step(stream.slice);
      this.#add({ packedBit: stream.packed * 8, unpacked: stream.unpacked, within: false, window: null });
      return this.#step(stream.slice);
    }
    const ahead = await stream.peek();
    const found = findBlock(ahead, 0, stream.slice);
    if (found === null) return this.#step(stream.slice);
    return this.#tryPoint(ahead, found);
  }

  /**
   * Feeds zlib up to the byte in which the block begins: what came out then is what stands before the block, for its own
   * first bits give nothing yet. Then a little more, and unpacks the same from the new point.
   */
  async #tryPoint(ahead: Uint8Array, found: number): Promise<Pieces | null> {
    const { stream } = this;
    const began = stream.packed;
    const at = Math.ceil(found / 8);
    const out = at > 0 ? [...((await this.#step(at)) ?? [])] : [];
    if (stream.packed !== began + at || stream.betweenMembers || stream.ended) return out;
    const unpacked = stream.unpacked;
    const window = this.#window();
    const expected: Uint8Array[] = [];
    while (stream.unpacked - unpacked < WINDOW && !stream.betweenMembers && !stream.ended) {
      if (stream.packed - began + PROOF > ahead.length) break;
      expected.push(...((await this.#step(PROOF)) ?? []));
    }
    const first = Math.floor(found / 8);
    const packed = Buffer.concat([leadIn(found, ahead[first] ?? 0), ahead.subarray(first + 1, stream.packed - began)]);
    const whole = stream.unpacked - unpacked >= WINDOW || stream.betweenMembers;
    if (whole && stream.damage === null) {
      this.#unproved = { packedBit: began * 8 + found, unpacked, window, packed, expected };
    }
    return [...out, ...expected];
  }

  #prove(): void {
    if (this.#unproved === null) return;
    const { packedBit, unpacked, window, packed, expected } = this.#unproved;
    this.#unproved = null;
    if (gives(packed, null, expected)) this.#add({ packedBit, unpacked, within: true, window: null });
    else if (gives(packed, window, expected)) {
      this.#add({ packedBit, unpacked, within: true, window: packWindow(window) });
    }
  }

  async #step(most: number): Promise<Pieces | null> {
    const pieces = await this.stream.step(most, () => this.#prove());
    if (pieces === null) return null;
    this.#tail.push(...pieces);
    let kept = 0;
    const first = this.#tail.findLastIndex((piece) => {
      kept += piece.length;
      return kept >= WINDOW;
    });
    if (first > 0) this.#tail.splice(0, first);
    return pieces;
  }

  #window(): Uint8Array {
    const window = Buffer.concat(this.#tail).subarray(-WINDOW);
    this.#tail = [window];
    return window;
  }

  #add(point: SeekPoint): void {
    this.points.push(point);
    this.stream.from = point;
  }
}

function gives(packed: Uint8Array, window: Uint8Array | null, expected: Pieces): boolean {
  try {
    const out = inflateRawSync(packed, {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(window ? { dictionary: window } : {}),
    });
    return out.equals(Buffer.concat(expected));
  } catch {
    // No block begins there, or it refers to what stands before it.
    return false;
  }
}
