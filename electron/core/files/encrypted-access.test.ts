import { randomBytes } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { EncryptingWriter, isChunkEncrypted, openEncryptedFile, readClearText } from './encrypted-access.ts';
import type { RandomAccess } from './random-access.ts';

const CHUNK = 256 << 10;
const SEALED = CHUNK + 16;
const CLEAR = Buffer.from('{"what":"may be known"}');
const BODY = 64 + CLEAR.length;

/** Bytes in memory, in place of a file. */
function bytesAccess(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (start, end) => bytes.subarray(start, end), close: async () => undefined };
}

async function encrypted(plain: Uint8Array, pieces = 100_000): Promise<Buffer> {
  const written: Uint8Array[] = [];
  // Cheap to guess, so that a thousand files can be tried.
  const parameters = { log2N: 1, r: 1, p: 1, salt: randomBytes(16) };
  const write = async (bytes: Uint8Array): Promise<void> => void written.push(bytes.slice());
  const writer = await EncryptingWriter.begin('right', CLEAR, write, parameters);
  for (let at = 0; at < plain.length; at += pieces) await writer.write(plain.subarray(at, at + pieces));
  await writer.finish();
  return Buffer.concat(written);
}

const open = (bytes: Uint8Array, passphrase = 'right') => openEncryptedFile(bytesAccess(bytes), passphrase, 'a file');

/** All that can be read, from the front in parts; null where anything rejects. */
async function contentOf(bytes: Uint8Array): Promise<Buffer | null> {
  try {
    const access = await open(bytes);
    const parts: Uint8Array[] = [await access.read(0, 0)];
    for (let at = 0; at < (access.size ?? 0); ) {
      const part = await access.read(at, at + 200_000);
      parts.push(part);
      at += part.length;
    }
    return Buffer.concat(parts);
  } catch (error) {
    expect(error).toBeInstanceOf(SourceError);
    return null;
  }
}

async function failure(work: Promise<unknown>): Promise<SourceError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof SourceError) return error;
  throw new Error('it did not fail');
}

describe('an encrypted file of chunks', () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])('of %i bytes gives back what was written', async (size) => {
    const plain = randomBytes(size);
    const bytes = await encrypted(plain, 77_777);
    expect(isChunkEncrypted(bytes)).toBe(true);
    const access = await open(bytes);
    expect(access.size).toBe(size);
    expect(plain.equals(await access.read(0, size + 10))).toBe(true);
    expect(bytes.includes(plain.subarray(0, 24)) && size > 24).toBe(false);
  });

  test('is read from any place', async () => {
    const plain = randomBytes(3 * CHUNK + 1234);
    const access = await open(await encrypted(plain));
    const place = fc.integer({ min: 0, max: plain.length + 100 });
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(plain.subarray(start, end).equals(await access.read(start, end))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('tells what stands in clear text without the passphrase, and refuses a wrong one', async () => {
    const bytes = await encrypted(Buffer.from('secret'));
    expect(Buffer.from(await readClearText(bytesAccess(bytes), 'a file')).equals(CLEAR)).toBe(true);
    const error = await failure(open(bytes, 'wrong'));
    expect(error.code).toBe('secret-wrong');
    expect(error.message).not.toContain('wrong');
  });

  test('one bit flipped anywhere is detected', async () => {
    const plain = randomBytes(CHUNK + 5000);
    const bytes = await encrypted(plain);
    for (let place = 0; place < 1000; place++) {
      // All of what stands in front, and places all over the chunks.
      const at = place < BODY ? place : BODY + Math.floor(((bytes.length - BODY) * (place - BODY)) / (1000 - BODY));
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (place % 8));
      const content = await contentOf(flipped);
      expect(content === null || content.length < plain.length, `byte ${at}`).toBe(true);
    }
  });

  test('a file that was cut anywhere is told from a whole one, and the chunks before the last are readable', async () => {
    const plain = randomBytes(2 * CHUNK + 700);
    const bytes = await encrypted(plain);
    const ends = [0, 1, 63, 64, BODY - 1, BODY, BODY + 15, BODY + 16, BODY + SEALED, BODY + 2 * SEALED];
    for (let end = 1000; end < bytes.length; end += 10_000) ends.push(end);
    // Within a tag: not one byte of text is left of the last chunk.
    for (const left of [1, 15, 16, 17]) ends.push(BODY + SEALED + left, BODY + 2 * SEALED + left);
    for (const end of ends) {
      expect(await contentOf(bytes.subarray(0, end)), `cut at ${end}`).toBeNull();
    }
    const access = await open(bytes.subarray(0, BODY + SEALED + 5000));
    expect(plain.subarray(0, CHUNK).equals(await access.read(0, 2 * CHUNK))).toBe(true);
    expect((await failure(access.read(CHUNK, CHUNK + 1))).code).toBe('unreadable');
    expect(access.damage).toMatchObject({ decrypted: CHUNK });
    const atBoundary = await open(bytes.subarray(0, BODY + 2 * SEALED));
    expect((await failure(atBoundary.read(CHUNK, CHUNK + 1))).message).toContain('cut off');
  });

  test('chunks that are exchanged, repeated, left out or of another file are detected', async () => {
    const plain = randomBytes(3 * CHUNK);
    const bytes = await encrypted(plain);
    const other = await encrypted(plain);
    const chunk = (of: Buffer, number: number) => of.subarray(BODY + number * SEALED, BODY + (number + 1) * SEALED);
    const head = bytes.subarray(0, BODY);
    const [a, b, c] = [chunk(bytes, 0), chunk(bytes, 1), chunk(bytes, 2)];
    for (const chunks of [
      [b, a, c],
      [a, a, c],
      [a, c],
      [a, b, c, c],
      [a, chunk(other, 1), c],
      [a, b, b],
    ]) {
      expect(await contentOf(Buffer.concat([head, ...chunks]))).toBeNull();
    }
    expect(await contentOf(Buffer.concat([other.subarray(0, BODY), a, b, c]))).toBeNull();
  });
});
