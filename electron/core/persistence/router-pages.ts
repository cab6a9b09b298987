/** One page out of the pages of several backends, in the order of keys. */
import { z } from 'zod';
import { compareCodePoints } from '../../../shared/state/canonical.ts';
import { SourceError } from '../sources/source-error.ts';
import type { CallOptions, InfoPage, PageRequest, StateBackend, StateInfo } from './backend.ts';

/**
 * Where the page before ended: its last key, and for each backend that is not at its end the cursor of the page of its own
 * that it was in. Its cursors are opaque, so that page is asked for again, and what came already is passed over.
 */
const cursorSchema = z.object({ last: z.string(), pages: z.record(z.string(), z.string().nullable()) });

interface Reading {
  readonly name: string;
  readonly backend: StateBackend;
  /** The cursor that the page in hand was asked for with. */
  cursor: string | null;
  states: readonly StateInfo[];
  at: number;
  next: string | null;
}

export class MergedPages {
  readonly #backends: ReadonlyMap<string, StateBackend>;
  readonly #belongsTo: (key: string) => string;

  constructor(backends: ReadonlyMap<string, StateBackend>, belongsTo: (key: string) => string) {
    this.#backends = backends;
    this.#belongsTo = belongsTo;
  }

  async page(request: PageRequest, options?: CallOptions): Promise<InfoPage> {
    const { after = null } = request;
    const from = after === null ? null : parseCursor(after);
    const readings: Reading[] = [];
    for (const [name, backend] of this.#backends) {
      const cursor = from === null ? null : from.pages[name];
      if (cursor === undefined) continue;
      const reading: Reading = { name, backend, cursor, states: [], at: 0, next: null };
      await read(reading, cursor, request, options);
      await passOver(reading, (key) => from !== null && compareCodePoints(key, from.last) <= 0, request, options);
      readings.push(reading);
    }
    const states: StateInfo[] = [];
    while (states.length < request.limit) {
      const info = this.#first(readings);
      if (info === null) break;
      states.push(info);
      for (const reading of readings) await passOver(reading, (key) => key === info.key, request, options);
    }
    const last = states.at(-1)?.key;
    const open = readings.filter(({ states, at }) => at < states.length);
    if (last === undefined || open.length === 0) return { states, next: null };
    return { states, next: formatCursor({ last, pages: Object.fromEntries(open.map((r) => [r.name, r.cursor])) }) };
  }

  /** The one with the first key; of several with that key the one that belongs there. */
  #first(readings: readonly Reading[]): StateInfo | null {
    let first: Reading | null = null;
    for (const reading of readings) {
      const info = reading.states[reading.at];
      if (info === undefined) continue;
      const order = first === null ? -1 : compareCodePoints(info.key, first.states[first.at]?.key ?? '');
      if (order < 0 || (order === 0 && this.#belongsTo(info.key) === reading.name)) first = reading;
    }
    return first?.states[first.at] ?? null;
  }
}

async function read(reading: Reading, cursor: string | null, request: PageRequest, options?: CallOptions) {
  const { states, next } = await reading.backend.page({ ...request, after: cursor }, options);
  Object.assign(reading, { cursor, states, next, at: 0 });
}

/** Goes on, into the next pages where it must, until a state is not to be passed over. */
async function passOver(
  reading: Reading,
  over: (key: string) => boolean,
  request: PageRequest,
  options?: CallOptions,
): Promise<void> {
  for (;;) {
    const info = reading.states[reading.at];
    if (info === undefined) {
      if (reading.next === null) return;
      await read(reading, reading.next, request, options);
    } else if (over(info.key)) {
      reading.at++;
    } else {
      return;
    }
  }
}

function formatCursor(cursor: z.infer<typeof cursorSchema>): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function parseCursor(text: string): z.infer<typeof cursorSchema> {
  try {
    return cursorSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch (error) {
    const message = 'This place in the list of states is not known here. List them from the beginning.';
    throw new SourceError('not-found', message, { location: text.slice(0, 40) }, { cause: error });
  }
}
