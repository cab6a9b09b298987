/** Where the states of a JSON text of any size stand, found in one pass with flat memory. */
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { RandomAccess } from '../files/random-access.ts';
import { findDuplicates } from './duplicate-keys.ts';
import { IndexDraft } from './index-draft.ts';
import type { BuildOptions, EntryList, FoundEntries, OffsetIndex } from './model.ts';
import { readAhead } from './read-ahead.ts';
import { BUFFER_BYTES } from './scanner.ts';

export { entriesOf, keysOf } from './list-pages.ts';

/** Milliseconds of work after which others get a turn, even where reading waits for nothing. */
const TURN_MS = 10;
/** Milliseconds between two tellings. */
const TELL_MS = 50;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads the text once. Damage is part of the answer (`fault`), never thrown.
 * @throws what `access.read` throws; the signal's reason.
 */
export async function buildIndex(access: RandomAccess, options: BuildOptions = {}): Promise<OffsetIndex> {
  const { resume, signal } = options;
  if (resume !== undefined && (!(resume instanceof IndexDraft) || resume.complete)) {
    throw new RangeError('only an index that was stopped can be gone on with');
  }
  const isWhole = { start: await afterByteOrderMark(access, signal), end: null, findsStates: true };
  const draft = resume ?? IndexDraft.begin({ ...isWhole, mostRecorded: options.mostRecorded });
  draft.size = access.size;
  try {
    // One that was stopped after that is only short of its duplicates.
    if (draft.fault === null) await run(access, draft, null, options);
    draft.size ??= draft.fault === null || draft.fault.code === 'truncated' ? draft.scanned : null;
    draft.duplicates = await findDuplicates(access, [draft.top, draft.states], signal);
  } catch (error) {
    options.onStopped?.(draft);
    throw error;
  }
  draft.complete = true;
  return draft;
}

export type ChildrenOptions = Pick<BuildOptions, 'signal' | 'onProgress' | 'onStates' | 'chunkBytes' | 'mostRecorded'>;

/**
 * The children of the container that stands at `[start, end)` of the text: the messages of a session, for instance.
 * Its list is as any other: `entriesOf` pages through it. Where the container is damaged, it ends.
 */
export async function indexChildren(
  access: RandomAccess,
  start: number,
  end: number,
  options: ChildrenOptions = {},
): Promise<EntryList> {
  const draft = IndexDraft.begin({ start, findsStates: false, mostRecorded: options.mostRecorded });
  draft.size = access.size;
  await run(access, draft, end, options);
  return draft.top;
}

async function run(access: RandomAccess, draft: IndexDraft, end: number | null, options: BuildOptions): Promise<void> {
  const { signal, onProgress, chunkBytes = BUFFER_BYTES } = options;
  const from = draft.scanned;
  const total = end ?? access.size;
  const hash = options.sha256 === true ? createHash('sha256') : null;
  const told = new Told(options.onStates);
  let lastTurn = performance.now();
  let lastTold = -Infinity;
  let at = hash === null ? from : 0;
  for await (const chunk of readAhead(access, at, end, draft.buffers(chunkBytes), signal)) {
    hash?.update(chunk);
    at += chunk.length;
    // What was scanned before the index was stopped, and a byte order mark, are only hashed.
    const fresh = at - chunk.length < from ? chunk.subarray(Math.min(chunk.length, from - (at - chunk.length))) : chunk;
    if (!draft.feed(fresh)) break;
    const now = performance.now();
    if (now - lastTold >= TELL_MS) {
      lastTold = now;
      told.tell(draft);
      onProgress?.(at, total);
    }
    if (now - lastTurn < TURN_MS) continue;
    await turn();
    signal?.throwIfAborted();
    lastTurn = performance.now();
  }
  draft.finish();
  told.tell(draft);
  onProgress?.(at, total);
  if (hash !== null && (draft.fault === null || draft.fault.code === 'truncated')) draft.sha256 = hash.digest('hex');
}

/** Which entries the caller knows of. */
class Told {
  readonly #onStates: ((found: FoundEntries) => void) | undefined;
  readonly #told = new Map<EntryList, number>();

  constructor(onStates: BuildOptions['onStates']) {
    this.#onStates = onStates;
  }

  tell({ top, states }: OffsetIndex): void {
    for (const list of [top, states]) {
      if (list === null) continue;
      const from = this.#told.get(list) ?? 0;
      if (list.count <= from) continue;
      this.#told.set(list, list.count);
      this.#onStates?.({ list, from, to: list.count });
    }
  }
}

async function afterByteOrderMark(access: RandomAccess, signal: AbortSignal | undefined): Promise<number> {
  const first = await access.read(0, BYTE_ORDER_MARK.length, signal);
  return BYTE_ORDER_MARK.every((byte, at) => first[at] === byte) ? BYTE_ORDER_MARK.length : 0;
}
