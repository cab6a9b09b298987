/** A source as it would be after repairs: what the next look at it finds, and what a comparison shows. Nobody writes it. */
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import type { Mending } from '../writing/state-writer.ts';

export interface RepairedText {
  readonly text: Uint8Array;
  readonly mends: Mending;
}

/** Faults of a text that are told when it is parsed anew. */
const OF_THE_TEXT: ReadonlySet<string> = new Set([
  'truncated',
  'syntax',
  'invalid-utf8',
  'control-character',
  'gzip-truncated',
]);

export class RepairedSource implements Source {
  readonly format: Source['format'];
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: Source['problems'];
  readonly #now: Source;
  readonly #texts: ReadonlyMap<string, RepairedText>;

  constructor(now: Source, texts: ReadonlyMap<string, RepairedText>) {
    this.#now = now;
    this.#texts = texts;
    this.format = now.format;
    this.location = now.location;
    this.bytes = now.bytes;
    this.entries = now.entries.map((entry) => {
      const repaired = texts.get(entry.key);
      return repaired === undefined ? entry : { ...entry, bytes: repaired.text.length };
    });
    this.problems = now.problems.filter(({ key, code }) => {
      const repaired = key === null ? undefined : texts.get(key);
      if (repaired === undefined) return true;
      return !OF_THE_TEXT.has(code) && !(code === 'trailing-garbage' && repaired.mends === 'tail');
    });
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const state = await this.#now.read(key, options);
    const repaired = this.#texts.get(key);
    return repaired === undefined ? state : { ...state, bytes: repaired.text, problems: [] };
  }

  writer() {
    return 'past' as const;
  }

  async changed(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  /** What it is made of stays open. */
  async close(): Promise<void> {}
}
