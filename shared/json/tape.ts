/**
 * Layout of the tape: eight 32-bit integers a node, nodes in document order, so that a subtree is a contiguous range.
 * Offsets are bytes in the parsed input, which is why an input may not be larger than 2^31 - 1 bytes.
 */

/** A node's words start at `id << STRIDE_SHIFT`. */
export const STRIDE_SHIFT = 3;
export const STRIDE = 1 << STRIDE_SHIFT;

/** Kind code in the low bits, flags above. */
export const WORD_INFO = 0;
export const WORD_START = 1;
export const WORD_END = 2;
/** Id of the container; -1 for the root. */
export const WORD_PARENT = 3;
/** First id after the subtree. */
export const WORD_NEXT = 4;
/** Items or members, those that are not on the tape included. */
export const WORD_COUNT = 5;
/** The member name with its quotes; both -1 for items and the root. */
export const WORD_KEY_START = 6;
export const WORD_KEY_END = 7;

export const KIND_MASK = 7;
export const KIND_NULL = 0;
export const KIND_BOOLEAN = 1;
export const KIND_NUMBER = 2;
export const KIND_STRING = 3;
export const KIND_ARRAY = 4;
export const KIND_OBJECT = 5;

export const FLAG_INCOMPLETE = 1 << 3;
export const FLAG_OPAQUE = 1 << 4;
/** The string holds at least one backslash. */
export const FLAG_ESCAPES = 1 << 5;
/** The string holds at least one byte above 0x7f. */
export const FLAG_NON_ASCII = 1 << 6;
/** The same two for the member name. */
export const KEY_FLAGS_SHIFT = 2;
export const FLAG_KEY_ESCAPES = FLAG_ESCAPES << KEY_FLAGS_SHIFT;
export const FLAG_KEY_NON_ASCII = FLAG_NON_ASCII << KEY_FLAGS_SHIFT;

/** A string or a name without either flag is plain: its characters are its bytes. */
export const NOT_PLAIN = FLAG_ESCAPES | FLAG_NON_ASCII;
export const KEY_NOT_PLAIN = FLAG_KEY_ESCAPES | FLAG_KEY_NON_ASCII;
