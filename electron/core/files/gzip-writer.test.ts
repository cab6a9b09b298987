import { gunzipSync, inflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { GzipWriter } from './gzip-writer.ts';

const MIB = 1 << 20;

async function packed(pieces: readonly Uint8Array[]): Promise<Buffer> {
  const written: Uint8Array[] = [];
  const writer = new GzipWriter(async (bytes) => void written.push(bytes));
  for (const piece of pieces) await writer.write(piece);
  await writer.finish();
  return Buffer.concat(written);
}

test('what is written is what any gzip unpacks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 3000 }), { maxLength: 8 }), async (pieces) => {
      expect(gunzipSync(await packed(pieces)).equals(Buffer.concat(pieces))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('every MiB stands alone: it is unpacked without what was before it', async () => {
  const text = Buffer.from(
    Array.from({ length: 60_000 }, (_, at) => `{"id": ${at}, "text": "the same again"}\n`).join(''),
  );
  const bytes = await packed([text]);
  expect(gunzipSync(bytes).equals(text)).toBe(true);
  // A full flush ends with an empty stored block, on a byte of its own.
  const flush = Buffer.from([0, 0, 0xff, 0xff]);
  const second = bytes.indexOf(flush, 10) + flush.length;
  const end = bytes.indexOf(flush, second) + flush.length;
  const alone = inflateRawSync(bytes.subarray(second, end), { finishFlush: 2 });
  expect(alone.equals(text.subarray(MIB, MIB + alone.length))).toBe(true);
  expect(alone.length).toBeGreaterThan(0);
});
