/**
 * A text and many deltas to it, one after the other. `applyDelta` copies and sums up the whole text each time, which for a thousand
 * saves of a long conversation takes seconds; here only the list of parts changes, and the text is put together once. The
 * instructions are those of shared/diff/delta.ts. Sums are not looked at: a journal has the SHA-256 of the result.
 */
import { DELTA_MAGIC, DELTA_VERSION } from '../../../shared/diff/delta.ts';
import { ByteReader } from '../../../shared/diff/varint.ts';
import { DamagedJournal } from './damaged-journal.ts';

/** Each delta goes through all pieces: with many of them it is quicker to put the text together, the sooner the shorter it is. */
const MOST_PIECES = 128;
const BYTES_A_PIECE = 20_000;

export class DeltaChain {
  #pieces: Uint8Array[];
  /** Where each piece begins in the text. */
  #starts: number[] = [0];
  #length: number;

  constructor(text: Uint8Array) {
    this.#pieces = [text];
    this.#length = text.length;
  }

  /** @throws DamagedJournal. */
  apply(delta: Uint8Array): void {
    const input = new ByteReader(delta);
    const isDelta = [...DELTA_MAGIC, DELTA_VERSION].every((byte) => input.byte() === byte);
    const before = input.varint();
    const after = input.varint();
    input.word();
    input.word();
    if (!isDelta || before !== this.#length) throw new DamagedJournal('a delta does not fit the text before it');
    const pieces: Uint8Array[] = [];
    const starts: number[] = [];
    let made = 0;
    let from = 0;
    const add = (piece: Uint8Array): void => {
      if (piece.length === 0) return;
      pieces.push(piece);
      starts.push(made);
      made += piece.length;
    };
    while (!input.atEnd) {
      const code = input.varint();
      const length = Math.floor(code / 2);
      if (code % 2 === 0) {
        add(input.bytes(length));
        continue;
      }
      from += input.signed();
      if (from < 0 || from + length > this.#length) throw new DamagedJournal('a delta copies what is not there');
      this.#copy(from, length, add);
      from += length;
    }
    if (input.failed || made !== after) throw new DamagedJournal('a delta is cut off');
    this.#pieces = pieces;
    this.#starts = starts;
    this.#length = made;
    if (pieces.length > MOST_PIECES + made / BYTES_A_PIECE) this.text();
  }

  text(): Uint8Array {
    const [only] = this.#pieces;
    if (this.#pieces.length === 1 && only !== undefined) return only;
    const text = Buffer.allocUnsafeSlow(this.#length);
    for (const [at, piece] of this.#pieces.entries()) text.set(piece, this.#starts[at]);
    this.#pieces = [text];
    this.#starts = [0];
    return text;
  }

  #copy(from: number, length: number, add: (piece: Uint8Array) => void): void {
    let low = 0;
    for (let high = this.#starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= from) low = middle;
      else high = middle - 1;
    }
    const end = from + length;
    for (let at = low; at < this.#pieces.length; at += 1) {
      const start = this.#starts[at] ?? 0;
      const piece = this.#pieces[at];
      if (piece === undefined || start >= end) return;
      const isWhole = from <= start && start + piece.length <= end;
      add(isWhole ? piece : piece.subarray(Math.max(0, from - start), Math.min(piece.length, end - start)));
    }
  }
}
