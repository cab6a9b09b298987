/**
 * Any part of a gzip file of any size, without unpacking it anywhere. The first pass goes front to back at the speed of zlib and
 * leaves a seek point every 4 MiB; afterwards whatever is asked for is unpacked from the point before it.
 */
import { SourceError } from '../sources/source-error.ts';
import { GzipIndexer } from './gzip-indexer.ts';
import { pointBefore, readSeekTable, type SeekPoint, type SeekTable, writeSeekTable } from './gzip-seek-points.ts';
import { type GzipDamage, GzipStream } from './gzip-stream.ts';
import type { RandomAccess } from './random-access.ts';
import { ReadingPlace } from './reading-place.ts';

const MIB = 1 << 20;
/**
 * A file that unpacks to more than 500 times its size is refused once that is more than 64 MiB: JSON becomes 5 to 30 times
 * smaller, nothing but a repeated byte comes near gzip's own 1,032. Up to there a file may have any size, for none is held.
 */
const LIMIT = { ratio: 500, allowance: 64 * MIB } as const;
/** Places at which reading goes on, besides the first pass. */
const PLACES = 3;

export interface GzipOptions {
  /** For messages; an absolute path. */
  readonly location: string;
  /** Heard while the first pass goes on. `total` is null where the packed size is not known. */
  readonly onProgress?: ((packedDone: number, packedTotal: number | null) => void) | undefined;
  /** What `seekTable` gave for the very same file: the first pass is spared. One that does not fit is not used. */
  readonly seekTable?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GzipAccess extends RandomAccess {
  /** Bytes of the packed file, and how many of them the first pass has read. */
  readonly packedSize: number | null;
  readonly packedDone: number;
  /** Known once the first pass has met it: what stands before it is read as ever, and `size` ends there. */
  readonly damage: GzipDamage | null;
  /** To be kept for opening the same file again; null until the first pass is through, and for a damaged file. */
  seekTable(): Uint8Array | null;
}

/**
 * Takes `packed` over: closing closes it, and so does failing.
 * @throws SourceError `empty`; `gzip-invalid` for what does not begin as gzip. What `packed.read` throws; the signal's reason.
 *   `read` throws `gzip-too-large` from the place on at which more than 500 times the packed bytes, and more than 64 MiB, came out.
 */
export async function openGzip(packed: RandomAccess, options: GzipOptions): Promise<GzipAccess> {
  try {
    const first = await packed.read(0, 4, options.signal);
    const { location } = options;
    if (first.length === 0) {
      throw new SourceError('empty', `${location} is empty: there is nothing to unpack.`, { location });
    }
    const file = new GzipFile(packed, options);
    await file.begin(options.signal);
    return file;
  } catch (error) {
    await packed.close();
    throw error;
  }
}

class GzipFile implements GzipAccess {
  readonly #packed: RandomAccess;
  readonly #options: GzipOptions;
  readonly #table: SeekTable | null;
  readonly #indexer: GzipIndexer;
  readonly #front: ReadingPlace;
  #places: ReadingPlace[] = [];
  #closed = false;

  constructor(packed: RandomAccess, options: GzipOptions) {
    this.#packed = packed;
    this.#options = options;
    this.#table = options.seekTable ? readSeekTable(options.seekTable, packed.size) : null;
    this.#indexer = new GzipIndexer(packed);
    this.#front = new ReadingPlace(
      0,
      { step: () => this.#advance(), close: () => this.#indexer.stream.close() },
      { ahead: true },
    );
  }

  async begin(signal?: AbortSignal): Promise<void> {
    if (this.#table !== null) return;
    await this.#front.read(0, 1, signal);
    const { damage } = this;
    const { location } = this.#options;
    if (damage?.code === 'gzip-invalid' && damage.packed === 0) {
      throw new SourceError('gzip-invalid', `${location} is no gzip file. Open it under its right name.`, { location });
    }
  }

  get size(): number | null {
    if (this.#table !== null) return this.#table.size;
    const { stream } = this.#indexer;
    return stream.ended ? stream.unpacked : null;
  }

  get packedSize(): number | null {
    return this.#packed.size;
  }

  get packedDone(): number {
    return this.#table?.packedSize ?? this.#indexer.stream.packed;
  }

  get damage(): GzipDamage | null {
    return this.#indexer.stream.damage;
  }

  seekTable(): Uint8Array | null {
    const { stream, points } = this.#indexer;
    if (this.#table !== null) return writeSeekTable(this.#table);
    if (!stream.ended || stream.damage !== null) return null;
    return writeSeekTable({ packedSize: stream.packed, size: stream.unpacked, points });
  }

  async read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array> {
    const upTo = Math.min(end, this.size ?? end);
    if (start >= upTo) return new Uint8Array(0);
    for (;;) {
      const bytes = await this.#placeFor(start).read(start, upTo, signal);
      // Null where another reader took the place further before it was this one's turn.
      if (bytes !== null) return bytes;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#front.retire();
    for (const place of this.#places) place.retire();
    this.#places = [];
    await this.#packed.close();
  }

  get #points(): readonly SeekPoint[] {
    return this.#table?.points ?? this.#indexer.points;
  }

  /** The first pass where it has not gone by; else a place that has less to go than from the nearest point; else a new one. */
  #placeFor(start: number): ReadingPlace {
    if (this.#closed) throw new Error(`${this.#options.location} has been closed`);
    if (this.#table === null && this.#front.start <= start) return this.#front;
    const point = pointBefore(this.#points, start);
    const found = this.#places.find((one) => one.usable && one.start <= start && one.end >= point.unpacked);
    const place = found ?? this.#newPlace(point);
    this.#places = [...this.#places.filter((one) => one !== place && one.usable), place];
    while (this.#places.length > PLACES) this.#places.shift()?.retire();
    return place;
  }

  #newPlace(point: SeekPoint): ReadingPlace {
    const stream = new GzipStream(this.#packed, point, { checked: false });
    return new ReadingPlace(point.unpacked, { step: () => stream.step(), close: () => stream.close() });
  }

  async #advance(): Promise<readonly Uint8Array[] | null> {
    const { stream } = this.#indexer;
    const pieces = await this.#indexer.step();
    const { location, onProgress } = this.#options;
    if (stream.unpacked > LIMIT.allowance && stream.unpacked > stream.packed * LIMIT.ratio) {
      throw new SourceError(
        'gzip-too-large',
        `${location} unpacks to more than ${LIMIT.ratio} times its size, as only files made to do harm do. It was not opened.`,
        { location },
      );
    }
    onProgress?.(stream.packed, this.#packed.size);
    return pieces;
  }
}
