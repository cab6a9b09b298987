/** The grammar of a number, a byte at a time. */

// What of a number has been read.
export const MINUS: i32 = 0;
export const ZERO: i32 = 1;
export const DIGITS: i32 = 2;
export const POINT: i32 = 3;
export const FRACTION: i32 = 4;
export const EXPONENT: i32 = 5;
export const EXPONENT_SIGN: i32 = 6;
export const EXPONENT_DIGITS: i32 = 7;

/** -1 when the byte does not belong to the number. */
export function numberAfter(state: i32, byte: u8): i32 {
  if (byte >= 0x30 && byte <= 0x39) {
    if (state == MINUS) return byte == 0x30 ? ZERO : DIGITS;
    if (state == DIGITS) return DIGITS;
    if (state == POINT || state == FRACTION) return FRACTION;
    return state == ZERO ? -1 : EXPONENT_DIGITS;
  }
  if (byte == 0x2e) return state == ZERO || state == DIGITS ? POINT : -1;
  if (byte == 0x65 || byte == 0x45) return state == ZERO || state == DIGITS || state == FRACTION ? EXPONENT : -1;
  if (byte == 0x2b || byte == 0x2d) return state == EXPONENT ? EXPONENT_SIGN : -1;
  return -1;
}

export function isWholeNumber(state: i32): bool {
  return state == ZERO || state == DIGITS || state == FRACTION || state == EXPONENT_DIGITS;
}
