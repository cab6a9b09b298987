/** Blocks of about this many characters can be skipped by the layout while they are out of sight. */
export const BLOCK_CHARS = 16_384;

/**
 * Adds streamed text to blocks. A block ends at a line's end wherever there is one, so that the seams are not seen;
 * only a line longer than a block is broken. Returns a new list; full blocks keep their identity.
 */
export function appendText(blocks: readonly string[], chunk: string): string[] {
  if (chunk === '') return [...blocks];
  const done = blocks.slice(0, -1);
  let rest = (blocks.at(-1) ?? '') + chunk;
  while (rest.length > BLOCK_CHARS) {
    const end = blockEnd(rest);
    done.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  if (rest !== '') done.push(rest);
  return done;
}

function blockEnd(text: string): number {
  const line = text.lastIndexOf('\n', BLOCK_CHARS - 1);
  if (line >= 0) return line + 1;
  // Never between the two halves of a character outside of the basic plane.
  const high = text.charCodeAt(BLOCK_CHARS - 1);
  return high >= 0xd800 && high <= 0xdbff ? BLOCK_CHARS - 1 : BLOCK_CHARS;
}
