/** What all states of a run are gathered into, and what they are measured with. */
import type { Turns } from '../search/turns.ts';
import { AttributeSizes } from './attribute-sizes.ts';
import { ConversationSizes } from './conversation-sizes.ts';
import { Duplicates } from './duplicates.ts';
import type { TokenCounter } from './token-counter.ts';

export interface Measuring {
  /** Bytes of a part that is told apart. */
  readonly smallest: number;
  /** For the hashes of all documents, the same as long as anything is compared with them. */
  readonly seed: number;
  /** Null where tokens are not counted. */
  readonly counter: TokenCounter | null;
  readonly turns: Turns;
  readonly attributes: AttributeSizes;
  readonly conversations: ConversationSizes;
  readonly duplicates: Duplicates;
}

/** A part of less than this share of all cannot be seen in any picture of it. */
const SMALLEST_SHARE = 1 / 20_000;
const SMALLEST_DUPLICATE_SHARE = 1 / 100_000;
/** What is stored twice below this is names, words and short answers. */
const SMALLEST_DUPLICATE = 256;

/** @param bytes of all states together */
export function measuringOf(
  bytes: number,
  { seed, counter, turns }: Pick<Measuring, 'seed' | 'counter' | 'turns'>,
): Measuring {
  const smallest = Math.ceil(bytes * SMALLEST_SHARE);
  return {
    smallest,
    seed,
    counter,
    turns,
    attributes: new AttributeSizes(),
    conversations: new ConversationSizes(smallest),
    duplicates: new Duplicates(Math.max(SMALLEST_DUPLICATE, Math.ceil(bytes * SMALLEST_DUPLICATE_SHARE))),
  };
}
