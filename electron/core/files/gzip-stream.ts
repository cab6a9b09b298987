/** Unpacks gzip front to back, from its beginning or from any seek point, at the speed of zlib. */
import { crc32 } from 'node:zlib';
import { LONGEST_HEADER, leadIn } from './deflate-blocks.ts';
import { gzipHeader } from './gzip-header.ts';
import { type SeekPoint, windowOf } from './gzip-seek-points.ts';
import type { RandomAccess } from './random-access.ts';
import { RawInflate } from './raw-inflate.ts';

/** Packed bytes that are read at once. */
const READ = 1 << 20;
/** Packed bytes that zlib is given at once: fewer when they become much, so that memory stays flat (a byte can become 1,032). */
const SLICE = { least: 4 << 10, most: 128 << 10 } as const;
const MUCH = 4 << 20;
/** Where zlib fails, the piece is repeated in ever smaller ones: it drops what a call had unpacked before the fault. */
const FINER = [512, 1] as const;
const TRAILER = 8;
/** Names and comments in a header are short, unless somebody plays tricks. */
const LONGEST_MEMBER_HEADER = 1 << 20;

/** Where unpacking ended before the file did, or what does not add up. What was unpacked before it can be used. */
export interface GzipDamage {
  readonly code: 'gzip-invalid' | 'gzip-truncated';
  /** English, without the file's name. */
  readonly message: string;
  /** Unpacked bytes before it. */
  readonly unpacked: number;
  /** Packed bytes before it. */
  readonly packed: number;
}

type Pieces = readonly Uint8Array[];

export class GzipStream {
  /** Unpacked offset of what the next step gives, and packed offset of what it reads. */
  unpacked: number;
  packed: number;
  damage: GzipDamage | null = null;
  ended = false;
  /** The nearest place to begin again from. */
  from: SeekPoint;
  readonly #file: RandomAccess;
  readonly #checked: boolean;
  #buffer: Uint8Array = new Uint8Array(0);
  #bufferAt = 0;
  #engine: RawInflate | null = null;
  #slice: number = SLICE.least;
  #memberAt: number;
  #sum = 0;
  /** What is not in the sum yet: it is added while zlib is busy with the next piece, in a thread of its own. */
  #unsummed: Uint8Array[] = [];

  /** @param from with `checked`: the beginning of the file; the sum of each member is then compared with what its end says. */
  constructor(file: RandomAccess, from: SeekPoint, { checked }: { readonly checked: boolean }) {
    this.#file = file;
    this.#checked = checked;
    this.from = from;
    this.unpacked = from.unpacked;
    this.packed = Math.floor(from.packedBit / 8);
    this.#memberAt = from.unpacked;
  }

  /** The next step begins a member. */
  get betweenMembers(): boolean {
    return this.#engine === null && !this.ended;
  }

  /** Packed bytes from here on: more than one step takes, fewer only at the end of the file. */
  async peek(): Promise<Uint8Array> {
    return this.#ahead(SLICE.most + LONGEST_HEADER);
  }

  /** How much a step takes. */
  get slice(): number {
    return this.#slice;
  }

  /**
   * Unpacks up to so many packed bytes. Null at the end, and at damage.
   * @param meanwhile called while zlib works, if it has to; must not throw.
   * @throws what reading throws; it is of no use any more then.
   */
  async step(most: number = this.#slice, meanwhile?: () => void): Promise<Pieces | null> {
    if (this.ended) return null;
    this.#engine ??= await this.#begin();
    if (this.#engine === null) return null;
    const ahead = await this.peek();
    if (ahead.length === 0) return this.#end('gzip-truncated', 'the packed data ends early');
    const part = ahead.subarray(0, most);
    const done = await this.#push(this.#engine, part, meanwhile);
    if (done === null) return this.#rescue(part.length);
    this.packed += done.used;
    this.#count(done.out);
    if (done.used < part.length) await this.#endMember();
    return done.out;
  }

  close(): void {
    this.ended = true;
    this.#engine?.close();
    this.#engine = null;
    this.#buffer = new Uint8Array(0);
  }

  async #ahead(count: number): Promise<Uint8Array> {
    const had = this.#bufferAt + this.#buffer.length - this.packed;
    if (had < count && (this.#file.size === null || this.packed + had < this.#file.size)) {
      this.#buffer = await this.#file.read(this.packed, this.packed + Math.max(count, READ));
      this.#bufferAt = this.packed;
    }
    return this.#buffer.subarray(this.packed - this.#bufferAt);
  }

  async #begin(): Promise<RawInflate | null> {
    if (this.from.within && this.packed === Math.floor(this.from.packedBit / 8)) return this.#beginWithin();
    let header = await this.#ahead(TRAILER);
    if (header.length === 0) {
      this.close();
      return null;
    }
    let length = gzipHeader(header);
    if (length === 'more') {
      header = await this.#ahead(LONGEST_MEMBER_HEADER);
      length = gzipHeader(header);
    }
    if (length === 'more') return this.#end('gzip-truncated', 'the packed data ends early');
    if (length === 'none') {
      if (this.packed > 0 && header.every((byte) => byte === 0)) this.close();
      else this.#end('gzip-invalid', `what stands at byte ${this.packed} of the packed file is no gzip`);
      return null;
    }
    this.packed += length;
    this.#memberAt = this.unpacked;
    this.#sum = 0;
    return new RawInflate(null);
  }

  async #beginWithin(): Promise<RawInflate> {
    const engine = new RawInflate(windowOf(this.from));
    if (this.from.packedBit % 8 !== 0) {
      const [byte = 0] = await this.#ahead(1);
      await engine.push(leadIn(this.from.packedBit, byte));
      this.packed += 1;
    }
    return engine;
  }

  async #push(
    engine: RawInflate,
    part: Uint8Array,
    meanwhile?: () => void,
  ): Promise<{ out: Pieces; used: number } | null> {
    const done = engine.push(part);
    this.#addUp();
    meanwhile?.();
    try {
      return await done;
    } catch {
      // What zlib says of it ("invalid distance too far back") tells a person nothing that "broken" does not.
      return null;
    }
  }

  #addUp(): void {
    for (const piece of this.#unsummed) this.#sum = crc32(piece, this.#sum);
    this.#unsummed = [];
  }

  #count(pieces: Pieces): void {
    const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.#checked) this.#unsummed.push(...pieces);
    this.unpacked += bytes;
    if (bytes > MUCH) this.#slice = Math.max(SLICE.least, this.#slice / 4);
    else if (bytes < MUCH / 4) this.#slice = Math.min(SLICE.most, this.#slice * 2);
  }

  async #endMember(): Promise<void> {
    this.#engine?.close();
    this.#engine = null;
    const trailer = await this.#ahead(TRAILER);
    if (trailer.length < TRAILER) {
      this.#end('gzip-truncated', 'the packed data ends early: its check sum is missing');
      return;
    }
    this.#addUp();
    if (this.#checked) {
      const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
      const right =
        view.getUint32(0, true) === this.#sum && view.getUint32(4, true) === (this.unpacked - this.#memberAt) % 2 ** 32;
      if (!right) {
        this.damage ??= {
          code: 'gzip-invalid',
          message: `its check sum is another: some bytes between ${this.#memberAt} and ${this.unpacked} are not what was packed`,
          unpacked: this.unpacked,
          packed: this.packed,
        };
      }
    }
    this.packed += TRAILER;
  }

  #end(code: GzipDamage['code'], what: string): null {
    const message = `${what}; ${this.unpacked} bytes could be unpacked`;
    this.damage ??= { code, message, unpacked: this.unpacked, packed: this.packed };
    this.close();
    return null;
  }

  /** What the failing piece of `length` packed bytes holds before the fault, by unpacking it again in smaller pieces. */
  async #rescue(length: number): Promise<Pieces | null> {
    const failedWithin = this.packed + length;
    const rescued: Uint8Array[] = [];
    for (const finer of FINER) {
      const again = new GzipStream(this.#file, this.from, { checked: false });
      while (!again.ended) {
        again.#engine ??= await again.#begin();
        const left = this.packed - again.packed;
        if (left <= 0) break;
        await again.step(Math.min(SLICE.most, left));
      }
      while (again.packed < failedWithin && !again.ended) {
        const ahead = await again.peek();
        const done = again.#engine && (await again.#push(again.#engine, ahead.subarray(0, finer)));
        if (!done || done.used === 0) break;
        again.packed += done.used;
        again.#count(done.out);
        this.packed = again.packed;
        this.#count(done.out);
        rescued.push(...done.out);
      }
      again.close();
    }
    this.#end('gzip-invalid', `the packed data is broken near its byte ${this.packed}`);
    return rescued.length > 0 ? rescued : null;
  }
}
