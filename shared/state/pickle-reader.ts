import { decodeAscii, decodeUtf8 } from '../json/json-string.ts';
import { StateError } from './errors.ts';

/** Bounded reading of a pickle's bytes. Every read past the end is an error, and no length is believed before it is checked. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get offset(): number {
    return this.#at;
  }

  take(length: number): Uint8Array {
    if (!(length >= 0) || length > this.#bytes.length - this.#at) {
      throw new StateError(
        'pickle-invalid',
        `the pickle ends at byte ${this.#bytes.length}, ${length} more are wanted`,
      );
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number {
    return this.take(1)[0] ?? 0;
  }

  /** Little-endian. Exact below 2^53; a length beyond that is no length. */
  unsigned(size: number): number {
    return this.take(size).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** Two's complement, little-endian, of any size. */
  integer(size: number): bigint {
    const bytes = this.take(size);
    const digits = [...bytes].toReversed().map((byte) => byte.toString(16).padStart(2, '0'));
    return size === 0 ? 0n : BigInt.asIntN(size * 8, BigInt(`0x${digits.join('')}`));
  }

  double(): number {
    const bytes = this.take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  }

  text(length: number): string {
    return decodeUtf8(this.take(length));
  }

  /** Up to the line feed, which is skipped. */
  line(encoding: 'utf8' | 'latin1' = 'utf8'): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new StateError('pickle-invalid', `a line that begins at byte ${this.#at} has no end`);
    const bytes = this.take(end - this.#at);
    this.#at = end + 1;
    // decodeAscii takes each byte for the character of its number, which is Latin-1.
    return encoding === 'latin1' ? decodeAscii(bytes, 0, bytes.length) : decodeUtf8(bytes);
  }
}
