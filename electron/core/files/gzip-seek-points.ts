/** Places in a gzip file from which unpacking can begin, and how they are kept. */
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

/** As far as deflate looks back. */
export const WINDOW = 32 << 10;

export interface SeekPoint {
  readonly packedBit: number;
  readonly unpacked: number;
  /** Inside of a member, at the beginning of a block; otherwise at the header of a member. */
  readonly within: boolean;
  /** The unpacked bytes before it that what follows refers to, packed; null when it refers to none of them. */
  readonly window: Uint8Array | null;
}

export const BEGINNING: SeekPoint = { packedBit: 0, unpacked: 0, within: false, window: null };

export function windowOf(point: SeekPoint): Uint8Array | null {
  return point.window && inflateRawSync(point.window);
}

export function packWindow(window: Uint8Array): Uint8Array {
  // A copy: zlib's answer is a part of a buffer of 16 KiB, which would be kept with it.
  return Uint8Array.from(deflateRawSync(window, { level: 1 }));
}

/** The last point at or before an unpacked offset; `points` ascend. */
export function pointBefore(points: readonly SeekPoint[], unpacked: number): SeekPoint {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.unpacked ?? 0) <= unpacked) low = middle + 1;
    else high = middle;
  }
  return points[low - 1] ?? BEGINNING;
}

/** What is known of a file that was unpacked to its end without damage. */
export interface SeekTable {
  readonly packedSize: number;
  readonly size: number;
  readonly points: readonly SeekPoint[];
}

/**
 * The table as bytes: a CRC-32 of all that follows, then `SGZ1`, the two sizes and the number of points (float64), then for
 * each point its packed bit and unpacked offset (float64), the length of its window (uint32; 0xffffffff for none), whether it is
 * within a member (uint8), and the window. Little-endian.
 */
export function writeSeekTable(table: SeekTable): Uint8Array {
  const windows = table.points.reduce((sum, point) => sum + (point.window?.length ?? 0), 0);
  const bytes = new Uint8Array(HEAD + table.points.length * POINT + windows);
  const view = new DataView(bytes.buffer);
  view.setUint32(4, MAGIC);
  [table.packedSize, table.size, table.points.length].forEach((value, i) => view.setFloat64(8 + i * 8, value, true));
  let at = HEAD;
  for (const point of table.points) {
    view.setFloat64(at, point.packedBit, true);
    view.setFloat64(at + 8, point.unpacked, true);
    view.setUint32(at + 16, point.window?.length ?? NO_WINDOW, true);
    view.setUint8(at + 20, point.within ? 1 : 0);
    at += POINT;
    if (point.window) bytes.set(point.window, at);
    at += point.window?.length ?? 0;
  }
  view.setUint32(0, crc32(bytes.subarray(4)), true);
  return bytes;
}

/** Null for what is no such table, is damaged, or is of a file of another size. */
export function readSeekTable(bytes: Uint8Array, packedSize: number | null): SeekTable | null {
  if (bytes.length < HEAD) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint32(4) !== MAGIC || view.getUint32(0, true) !== crc32(bytes.subarray(4))) return null;
  const points: SeekPoint[] = [];
  const count = view.getFloat64(24, true);
  for (let at = HEAD; points.length < count; ) {
    const length = view.getUint32(at + 16, true);
    const end = at + POINT + (length === NO_WINDOW ? 0 : length);
    points.push({
      packedBit: view.getFloat64(at, true),
      unpacked: view.getFloat64(at + 8, true),
      within: view.getUint8(at + 20) === 1,
      window: length === NO_WINDOW ? null : bytes.slice(at + POINT, end),
    });
    at = end;
  }
  const table = { packedSize: view.getFloat64(8, true), size: view.getFloat64(16, true), points };
  return packedSize === null || table.packedSize === packedSize ? table : null;
}

const MAGIC = 0x53475a31;
const NO_WINDOW = 0xffffffff;
const HEAD = 32;
const POINT = 21;
