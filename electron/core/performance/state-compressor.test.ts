import { gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { COMPRESSION_ALGORITHMS, StateCompressor } from './state-compressor.ts';

const bytes = (text: string) => Buffer.from(text);

async function refusal(work: Promise<unknown>): Promise<SourceError | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}

describe.each(COMPRESSION_ALGORITHMS)('%s', (algorithm) => {
  it('what is unpacked is what was packed, byte for byte', async () => {
    const compressor = new StateCompressor(algorithm);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (text) => {
        const packed = await compressor.compress(text);
        expect(Buffer.from(await compressor.decompress(packed, 'agent:a')).equals(text)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('the ratio is that of the bytes that went in and came out, and absent before', async () => {
    const compressor = new StateCompressor(algorithm);
    expect(compressor.figures()).toBeNull();
    await compressor.compress(new Uint8Array(0));
    expect(compressor.figures()).toBeNull();
    const texts = ['{"a": 1}', 'x'.repeat(10_000)].map(bytes);
    let out = algorithm === 'none' ? 0 : (await new StateCompressor(algorithm).compress(new Uint8Array(0))).length;
    for (const text of texts) out += (await compressor.compress(text)).length;
    const bytesIn = 10_008;
    expect(compressor.figures()).toEqual({ algorithm, bytesIn, bytesOut: out, ratio: out / bytesIn });
    expect((compressor.figures()?.ratio ?? 0) < 0.1).toBe(algorithm !== 'none');
  });
});

it('gzip and zlib are what other programs call so', async () => {
  const text = bytes('{"name": "计划"}');
  expect(gunzipSync(await new StateCompressor('gzip').compress(text))).toEqual(text);
  expect(inflateSync(await new StateCompressor('zlib').compress(text))).toEqual(text);
  expect(await new StateCompressor('gzip').decompress(gzipSync(text, { level: 9 }), 'agent:a')).toEqual(text);
});

it('what is broken, cut off or packed in another way is refused by the place where it was found', async () => {
  const text = bytes('{"n": 1}'.repeat(100));
  for (const [algorithm, other] of [
    ['gzip', 'zlib'],
    ['zlib', 'gzip'],
  ] as const) {
    const compressor = new StateCompressor(algorithm);
    const packed = await compressor.compress(text);
    const foreign = await new StateCompressor(other).compress(text);
    for (const broken of [packed.subarray(0, -6), foreign, text, new Uint8Array(0)]) {
      const error = await refusal(compressor.decompress(broken, 'agent:a'));
      expect(error).toMatchObject({ code: 'gzip-invalid', details: { location: 'agent:a' } });
    }
  }
});

it('a bomb is refused before it fills the memory', async () => {
  const compressor = new StateCompressor('gzip');
  const bomb = gzipSync(new Uint8Array(40 << 20));
  const error = await refusal(compressor.decompress(bomb, 'agent:bomb'));
  expect(error).toMatchObject({ code: 'gzip-too-large', details: { location: 'agent:bomb' } });
  // Whoever knows how much it is may say so.
  expect(await compressor.decompress(bomb, 'agent:bomb', 40 << 20)).toHaveLength(40 << 20);
});
