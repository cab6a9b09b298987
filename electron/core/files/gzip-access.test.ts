import { constants, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBlock } from './deflate-blocks.ts';
import { type GzipAccess, openGzip } from './gzip-access.ts';
import { readSeekTable } from './gzip-seek-points.ts';
import type { RandomAccess } from './random-access.ts';

const MIB = 1 << 20;
const LOCATION = '/backups/all.json.gz';

/** Text like states: words that come again, and numbers that do not. */
function statesOf(megabytes: number): Buffer {
  const lines: string[] = [];
  let seed = 7;
  for (let length = 0; length < megabytes * MIB; ) {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const line = `{"id":${lines.length},"role":"${seed % 3 ? 'user' : 'assistant'}","content":"message ${seed} about ${seed % 977}"},\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join(''));
}

/** Bytes that do not get smaller, so that zlib stores them. */
function noiseOf(megabytes: number): Buffer {
  const bytes = Buffer.allocUnsafe(megabytes * MIB);
  let seed = 99;
  for (let i = 0; i < bytes.length; i += 4) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    bytes.writeUInt32LE((seed ^ (seed >>> 13)) >>> 0, i);
  }
  return bytes;
}

class InMemory implements RandomAccess {
  readonly bytes: Uint8Array;
  reads = 0;
  closed = false;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.length;
  }

  async read(start: number, end: number): Promise<Uint8Array> {
    this.reads += Math.max(0, Math.min(end, this.bytes.length) - start);
    return this.bytes.subarray(start, end);
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const open = (packed: Uint8Array, seekTable?: Uint8Array) =>
  openGzip(new InMemory(packed), { location: LOCATION, seekTable });

async function readAll(file: GzipAccess, step = MIB): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const part = await file.read(at, at + step);
    if (part.length === 0) return Buffer.concat(parts);
    parts.push(part);
    at += part.length;
  }
}

/** What `zlib` unpacks is what is read at any range, before the first pass, in any order, at once, and after. */
async function readsAnyRange(text: Buffer, packed: Buffer): Promise<GzipAccess> {
  expect(gunzipSync(packed).equals(text)).toBe(true);
  const ranges = fc.array(fc.tuple(fc.nat(text.length + 10), fc.nat(300_000)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(ranges, fc.boolean(), async (wanted, atOnce) => {
      const file = await open(packed);
      const read = async ([start, length]: [number, number]) => {
        const bytes = await file.read(start, start + length);
        expect(text.subarray(start, start + length).equals(bytes)).toBe(true);
      };
      if (atOnce) await Promise.all(wanted.map(read));
      else for (const range of wanted) await read(range);
      await file.close();
    }),
    { numRuns: 3 },
  );
  const file = await open(packed);
  expect((await readAll(file)).equals(text)).toBe(true);
  expect(file.size).toBe(text.length);
  expect(file.damage).toBeNull();
  for (let start = text.length - 70_000; start >= 0; start -= 1_234_567) {
    expect(text.subarray(start, start + 70_000).equals(await file.read(start, start + 70_000))).toBe(true);
  }
  return file;
}

const states = statesOf(10);
const packedStates = gzipSync(states, { level: 6 });

describe('random access into gzip', () => {
  it.each([1, 6, 9])('reads any range of what was packed at level %i, with points every few MiB', async (level) => {
    const file = await readsAnyRange(states, gzipSync(states, { level }));
    expect(points(file).length).toBeGreaterThanOrEqual(3);
    expect(points(file).every((point) => !point.within || point.window !== null)).toBe(true);
  });

  it('reads stored blocks, and finds where they begin', async () => {
    const noise = noiseOf(10);
    expect(points(await readsAnyRange(noise, gzipSync(noise, { level: 6 }))).length).toBe(3);
    expect(points(await readsAnyRange(noise, gzipSync(noise, { level: 0 }))).length).toBe(3);
  });

  it('reads blocks with the fixed codes, in which no point can be found', async () => {
    const some = states.subarray(0, 6 * MIB);
    const file = await readsAnyRange(some, gzipSync(some, { strategy: constants.Z_FIXED }));
    expect(points(file)).toHaveLength(1);
  });

  it('needs no window behind a full flush', async () => {
    // So little between two that each part is one block.
    const size = 64 << 10;
    const parts = Array.from({ length: 144 }, (_, i) => states.subarray(i * size, (i + 1) * size));
    const text = Buffer.concat(parts);
    const flushed = parts.map((part) => deflateRawSync(part, { finishFlush: constants.Z_FULL_FLUSH }));
    const whole = gzipSync(text);
    const body = Buffer.concat([whole.subarray(0, 10), ...flushed, Buffer.from([3, 0]), whole.subarray(-8)]);
    const file = await readsAnyRange(text, body);
    const [, ...found] = points(file);
    expect(found.length).toBeGreaterThan(0);
    expect(found.every(({ within, window }) => within && window === null)).toBe(true);
  });

  it('begins at any member of those that were joined', async () => {
    const parts = Array.from({ length: 10 }, (_, i) => states.subarray(i * MIB, (i + 1) * MIB));
    const members = Buffer.concat(parts.map((part) => gzipSync(part)));
    const joined = await readsAnyRange(Buffer.concat(parts), members);
    expect(points(joined).some((point) => !point.within && point.unpacked > 0)).toBe(true);
  });

  it('reads small files of any content and any cut into members', async () => {
    const member = fc.record({ text: fc.string({ maxLength: 400 }), level: fc.integer({ min: 0, max: 9 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { minLength: 1, maxLength: 4 }),
        fc.nat(500),
        fc.nat(500),
        async (all, a, b) => {
          const packed = Buffer.concat(all.map(({ text, level }) => gzipSync(text, { level })));
          const text = gunzipSync(packed);
          const file = await open(packed);
          expect(text.subarray(a, a + b).equals(await file.read(a, a + b))).toBe(true);
          expect((await readAll(file, 37)).equals(text)).toBe(true);
          expect(file.size).toBe(text.length);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('reads of the packed file what lies between two points, and no more, once they are known', async () => {
    const packed = new InMemory(packedStates);
    const first = await openGzip(packed, { location: LOCATION });
    await readAll(first);
    const table = first.seekTable();
    expect(table?.length).toBeLessThan(states.length / 500);
    packed.reads = 0;
    const again = await openGzip(packed, { location: LOCATION, seekTable: table ?? undefined });
    expect(again.size).toBe(states.length);
    const start = 8.3 * MIB;
    expect(states.subarray(start, start + 1000).equals(await again.read(start, start + 1000))).toBe(true);
    expect(packed.reads).toBeLessThan(packedStates.length);
    expect(readSeekTable(again.seekTable() ?? new Uint8Array(0), packedStates.length)).toEqual(
      readSeekTable(table ?? new Uint8Array(0), packedStates.length),
    );
  });

  it('takes no table that is damaged, or of a file of another size', async () => {
    const file = await open(packedStates);
    await readAll(file);
    const table = Buffer.from(file.seekTable() ?? []);
    expect(readSeekTable(table, packedStates.length + 1)).toBeNull();
    fc.assert(
      fc.property(fc.nat(table.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(table);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        expect(readSeekTable(damaged, packedStates.length)).toBeNull();
        expect(readSeekTable(table.subarray(0, at), packedStates.length)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it('stops between two steps when asked, and reads on rightly afterwards', async () => {
    const file = await open(packedStates);
    const stopped = new AbortController();
    const reading = file.read(0, states.length, stopped.signal);
    await file.read(0, 10);
    stopped.abort();
    await expect(Promise.all([reading, file.read(0, states.length, stopped.signal)])).rejects.toThrow('abort');
    expect((await readAll(file)).equals(states)).toBe(true);
  });
});

describe('damaged gzip', () => {
  it('reads what a file that was cut off still holds, and says where it ends', async () => {
    const small = states.subarray(0, 200_000);
    const packed = gzipSync(small);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 12, max: packed.length - 1 }), async (cut) => {
        const file = await open(packed.subarray(0, cut));
        const read = await readAll(file);
        expect(small.subarray(0, read.length).equals(read)).toBe(true);
        expect(file.damage).toMatchObject({ code: 'gzip-truncated', unpacked: read.length });
        expect(file.size).toBe(read.length);
        expect(file.seekTable()).toBeNull();
        if (cut >= packed.length - 8) expect(read.length).toBe(small.length);
      }),
      { numRuns: 40 },
    );
  });

  it('never gives a wrong byte without saying so, whichever bit is flipped', async () => {
    const small = states.subarray(0, 150_000);
    const packed = gzipSync(small);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 10, max: packed.length - 1 }), fc.nat(7), async (at, bit) => {
        const damaged = Buffer.from(packed);
        // Behind the last block a few bits of its byte mean nothing.
        fc.pre(at !== packed.length - 9);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        const file = await open(damaged);
        const read = await readAll(file);
        expect(file.damage).not.toBeNull();
        // What was packed before the damage comes out as it was.
        const before = Math.floor((at / packed.length) * small.length * 0.5) - 20_000;
        if (before > 0) expect(small.subarray(0, before).equals(read.subarray(0, before))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what stands before a broken block, to the byte, behind many a seek point', async () => {
    const broken = Buffer.from(packedStates);
    broken.fill(0xff, packedStates.length >> 1, (packedStates.length >> 1) + 64);
    const file = await open(broken);
    const read = await readAll(file);
    expect(file.damage).toMatchObject({ code: 'gzip-invalid', unpacked: read.length });
    const right = Math.floor(states.length * 0.45);
    expect(read.length).toBeGreaterThan(right);
    expect(states.subarray(0, right).equals(read.subarray(0, right))).toBe(true);
    expect(states.subarray(3 * MIB, 3 * MIB + 99).equals(await file.read(3 * MIB, 3 * MIB + 99))).toBe(true);
  });

  it('names what follows the last member, unless it is nothing but zeros', async () => {
    const packed = gzipSync('{}');
    const garbage = await open(Buffer.concat([packed, Buffer.from('not gzip')]));
    expect((await readAll(garbage)).toString()).toBe('{}');
    expect(garbage.damage).toMatchObject({ code: 'gzip-invalid', unpacked: 2, packed: packed.length });
    const padded = await open(Buffer.concat([packed, Buffer.alloc(512)]));
    expect((await readAll(padded)).toString()).toBe('{}');
    expect(padded.damage).toBeNull();
  });

  it('refuses what is empty and what is no gzip, and closes it', async () => {
    for (const [bytes, code] of [
      ['', 'empty'],
      ['{"a":1}', 'gzip-invalid'],
      ['\x1f\x8b{"a":1}', 'gzip-invalid'],
    ] as const) {
      const packed = new InMemory(Buffer.from(bytes, 'latin1'));
      await expect(openGzip(packed, { location: LOCATION })).rejects.toMatchObject({ code });
      expect(packed.closed).toBe(true);
    }
    expect((await open(gzipSync(''))).size).toBe(0);
  });

  it('refuses a bomb of 10 GB after 64 MiB of it', async () => {
    const member = gzipSync(Buffer.alloc(16 * MIB), { level: 9 });
    const bomb = Buffer.concat(Array.from({ length: 640 }, () => member));
    const file = await open(bomb);
    await expect(readAll(file)).rejects.toMatchObject({ code: 'gzip-too-large' });
    await expect(file.read(1e9, 1e9 + 1)).rejects.toMatchObject({ code: 'gzip-too-large' });
    expect(file.packedDone).toBeLessThan(MIB);
    await file.close();
  });
});

describe('finding blocks', () => {
  it('finds none in noise', () => {
    const noise = noiseOf(1);
    const found: number[] = [];
    for (let at: number | null = 0; at !== null; ) {
      at = findBlock(noise, at, noise.length);
      if (at === null) break;
      found.push(at);
      at += 1;
    }
    // A stored block's lengths agree by accident once in some 500,000 bytes.
    expect(found.length).toBeLessThan(10);
  });
});

function points(file: GzipAccess) {
  return readSeekTable(file.seekTable() ?? new Uint8Array(0), null)?.points ?? [];
}
