/** Which states of a source may hold something, told from their bytes. */
import type { CommonText, Source, StateBytes, StateEntry } from '../sources/source.ts';
import { type ByteFinder, INPUT_BYTES, INPUTS } from './byte-finder.ts';
import type { Search } from './compile.ts';
import type { TokenCheck } from './token-check.ts';
import type { Turns } from './turns.ts';

export interface Candidate {
  readonly entry: StateEntry;
  /** False: there is nothing in it. */
  readonly maybe: boolean;
  /** Where it has been read for that. */
  readonly bytes: StateBytes['bytes'] | null;
}

/** All entries, in this order; of a text that they are parts of, in the order of the text. A state that cannot be read is one. */
export async function* candidates(
  source: Source,
  entries: readonly StateEntry[],
  search: Search,
  turns: Turns,
): AsyncGenerator<Candidate, void, void> {
  const { finder } = search;
  if (finder === null) {
    for (const entry of entries) yield { entry, maybe: true, bytes: null };
    return;
  }
  if (source.commonText !== undefined) {
    yield* inCommonText(source, source.commonText, entries, { finder, tokens: search.tokens }, turns);
    return;
  }
  for (const entry of entries)
    yield { entry, ...(await look(source, entry, { finder, tokens: search.tokens }, turns)) };
}

interface Finding {
  readonly finder: ByteFinder;
  readonly tokens: TokenCheck | null;
}

async function look(
  source: Source,
  entry: StateEntry,
  { finder, tokens }: Finding,
  turns: Turns,
): Promise<Omit<Candidate, 'entry'>> {
  let bytes: Uint8Array;
  try {
    ({ bytes } = await source.read(entry.key));
  } catch {
    // Whoever reads it again is told why.
    return { maybe: true, bytes: null };
  }
  let looked = 0;
  for (const place of finder.places(bytes)) {
    if (place < looked) continue;
    await turns.breathe();
    const end = tokens?.endWithoutHit(bytes, place, bytes.length) ?? null;
    if (end === null) return { maybe: true, bytes };
    looked = end;
  }
  return { maybe: false, bytes };
}

const EMPTY = new Uint8Array(0);

interface Part {
  readonly input: number;
  /** Of its first byte. */
  readonly start: number;
  readonly length: Promise<number>;
}

/** The text is read part by part, some ahead of the one that is looked at, and only what is found is looked up. */
async function* inCommonText(
  source: Source,
  text: CommonText,
  entries: readonly StateEntry[],
  { finder, tokens }: Finding,
  turns: Turns,
): AsyncGenerator<Candidate, void, void> {
  const { access } = text;
  const states = entries.map((entry) => ({ entry, ...text.placeOf(entry.key) })).toSorted((a, b) => a.start - b.start);
  const end = states.reduce((last, state) => Math.max(last, state.end), 0);
  const step = INPUT_BYTES - finder.longest + 1;
  let ahead = states[0]?.start ?? 0;
  const parts: Part[] = [];
  const readAhead = (input: number) => {
    const into = finder.inputs[input];
    if (ahead >= end || into === undefined) return;
    const start = ahead;
    const wanted = into.subarray(0, Math.min(INPUT_BYTES, end - start));
    const length =
      access.readInto?.(wanted, start) ??
      access.read(start, start + wanted.length).then((bytes) => {
        into.set(bytes);
        return bytes.length;
      });
    // It is awaited when its turn has come; until then its failure is nobody's.
    length.catch(() => undefined);
    parts.push({ input, start, length });
    ahead += step;
  };
  for (let input = 0; input < INPUTS; input += 1) readAhead(input);
  let at = 0;
  let state = states[at];
  try {
    for (let part = parts.shift(); part !== undefined && state !== undefined; part = parts.shift()) {
      const length = await part.length;
      await turns.breathe();
      const input = finder.inputs[part.input] ?? EMPTY;
      let isFresh: boolean | null = null;
      let from = 0;
      while (state !== undefined) {
        const found = finder.inInput(part.input, length, from);
        // What begins behind the step belongs to the next part.
        const place = part.start + (found < 0 || found >= step ? Math.min(step, length) : found);
        for (; state !== undefined && state.end <= place; state = states[(at += 1)]) {
          yield { entry: state.entry, maybe: false, bytes: null };
        }
        if (found < 0 || found >= step || state === undefined) break;
        if (place < state.start) {
          from = Math.min(state.start - part.start, step);
          continue;
        }
        const end = tokens?.endWithoutHit(input, found, length) ?? null;
        if (end !== null) {
          await turns.breathe();
          from = end;
          continue;
        }
        const isWhole = state.start >= part.start && state.end <= part.start + length;
        // What was read before the file was found as it was is still what it says: small states are not read once more each.
        if (isWhole) isFresh ??= (await source.changed())?.size === 0;
        const bytes =
          isWhole && isFresh === true ? input.slice(state.start - part.start, state.end - part.start) : null;
        yield { entry: state.entry, maybe: true, bytes };
        from = Math.min(state.end - part.start, step);
        state = states[(at += 1)];
      }
      readAhead(part.input);
    }
  } finally {
    await Promise.allSettled(parts.map(({ length }) => length));
  }
  for (; state !== undefined; state = states[(at += 1)]) yield { entry: state.entry, maybe: false, bytes: null };
}
