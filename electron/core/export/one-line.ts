const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Takes the white space between the tokens of a JSON text away, piece by piece, so that it stands on one line. */
export class OneLine {
  #inString = false;
  #escaped = false;

  push(piece: Uint8Array): Uint8Array {
    const out = new Uint8Array(piece.length);
    let length = 0;
    for (const byte of piece) {
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === BACKSLASH) this.#escaped = true;
        else if (byte === QUOTE) this.#inString = false;
      } else if (byte === QUOTE) this.#inString = true;
      else if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) continue;
      out[length] = byte;
      length += 1;
    }
    return out.subarray(0, length);
  }
}
