import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip, isGzip } from './gunzip.ts';

const text = Buffer.from(JSON.stringify(Array.from({ length: 20_000 }, (_, id) => ({ id, square: id * id }))));
const packed = gzipSync(text);

describe('gunzip', () => {
  it('unpacks, also what several members were joined to', async () => {
    expect(await gunzip(packed)).toEqual({ bytes: text, fault: null });
    expect(await gunzip(Buffer.concat([packed, packed]))).toEqual({ bytes: Buffer.concat([text, text]), fault: null });
    expect((await gunzip(gzipSync(''))).bytes.length).toBe(0);
  });

  it.each([0.1, 0.5, 0.9])('keeps what a file that was cut at %f of its length still holds', async (part) => {
    const { bytes, fault } = await gunzip(packed.subarray(0, Math.floor(packed.length * part)));
    expect(fault?.code).toBe('gzip-truncated');
    expect(bytes.length).toBeGreaterThan(text.length * part * 0.7);
    expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  it('keeps everything when only the end mark is missing', async () => {
    const { bytes, fault } = await gunzip(packed.subarray(0, -3));
    expect(fault?.code).toBe('gzip-truncated');
    expect(text.equals(bytes)).toBe(true);
  });

  it('keeps everything before bytes that are no gzip', async () => {
    const { bytes, fault } = await gunzip(Buffer.concat([packed, Buffer.from('not gzip')]));
    expect(fault?.code).toBe('gzip-invalid');
    expect(text.equals(bytes)).toBe(true);
  });

  it('keeps what stands before a broken block', async () => {
    const broken = Buffer.from(packed);
    broken.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    const { bytes, fault } = await gunzip(broken);
    expect(fault?.code).toBe('gzip-invalid');
    const half = Math.floor(text.length * 0.4);
    expect(text.subarray(0, half).equals(bytes.subarray(0, half))).toBe(true);
  });

  it('says of a file that only begins like gzip that it is none', async () => {
    const fake = Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.from('{"a":1}')]);
    expect(isGzip(fake)).toBe(true);
    expect(await gunzip(fake)).toMatchObject({ fault: { code: 'gzip-invalid' }, bytes: { length: 0 } });
  });

  it('stops a bomb of 10 GB within a second and in flat memory', async () => {
    const member = gzipSync(Buffer.alloc(16 << 20), { level: 9 });
    const bomb = Buffer.concat(Array.from({ length: 640 }, () => member));
    expect(bomb.length).toBeLessThan(11e6);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const { bytes, fault } = await gunzip(bomb);
    expect(fault?.code).toBe('gzip-too-large');
    expect(bytes.length).toBe(0);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
  });

  it('unpacks a small file that packs very well', async () => {
    const zeros = Buffer.alloc(15 << 20);
    expect((await gunzip(gzipSync(zeros))).bytes.length).toBe(zeros.length);
  });

  it('can be cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(gunzip(packed, { signal })).rejects.toThrow(/abort/i);
  });
});
