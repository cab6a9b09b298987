/** What states of a big file say about themselves, from the first bytes of each: neighbours are read in one piece. */
import { parseJson } from '../../../shared/json/parse.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { IndexEntry } from '../index/model.ts';
import { factsOf, MAX_NODES, RECORD_DEPTH, type StateFacts } from './state-facts.ts';

/** A state that is no larger is read whole. What stands behind that in a larger one is not known before it is opened. */
const HEAD_BYTES = 4096;
const RUN_BYTES = 256 * 1024;

export const NO_FACTS: StateFacts = { type: null, status: null, version: null, timestamp: null, fields: [] };

/** Of each entry, in their order. */
export async function headFacts(
  access: RandomAccess,
  entries: readonly IndexEntry[],
  signal?: AbortSignal,
): Promise<StateFacts[]> {
  const facts: StateFacts[] = [];
  const headEnd = ({ start, end }: IndexEntry) => Math.min(end, start + HEAD_BYTES);
  for (let first = 0; first < entries.length; ) {
    const start = entries[first]?.start ?? 0;
    let last = first;
    for (let next = entries[last + 1]; next !== undefined; next = entries[last + 1]) {
      // Between two heads no more is read than another read would cost.
      const near = next.start - (entries[last]?.start ?? 0) <= 2 * HEAD_BYTES;
      if (!near || headEnd(next) - start > RUN_BYTES) break;
      last += 1;
    }
    const run = entries.slice(first, last + 1);
    const bytes = await access.read(start, headEnd(run.at(-1) ?? { ...NOWHERE, start, end: start }), signal);
    for (const entry of run) facts.push(factsIn(bytes.subarray(entry.start - start, headEnd(entry) - start)));
    first = last + 1;
  }
  return facts;
}

/** Of a state's text, or of its beginning. */
export function factsIn(bytes: Uint8Array): StateFacts {
  const { document } = parseJson(bytes, { recordDepth: RECORD_DEPTH, maxNodes: MAX_NODES });
  return document === null ? NO_FACTS : factsOf(document, 0);
}

const NOWHERE = { keyStart: -1, keyEnd: -1, kind: 'null', count: 0 } as const;
