/** For the tests of this folder: journals in a folder of their own, and what fills them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { JsonPath } from '../../../shared/json/path.ts';
import { type Journal, type JournalOptions, openJournal } from './journal.ts';
import { JournalWriter } from './journal-writer.ts';
import { parseQuery, type Query } from './query.ts';
import { StateRecorder } from './state-recorder.ts';

export const NOW = Date.UTC(2026, 10, 22, 12);

export interface Recording {
  readonly journal: Journal;
  readonly writer: JournalWriter;
  readonly recorder: StateRecorder;
  /** One value of a state; a second of the clock later. */
  readonly set: (key: string, path: JsonPath, value: unknown) => void;
  /** A whole state; a second of the clock later. */
  readonly save: (key: string, value: unknown) => void;
}

export interface Bench {
  path(name?: string): string;
  open(name?: string, options?: Partial<JournalOptions>): Journal;
  record(name?: string, options?: { readonly keptBytes?: number; readonly stepMs?: number }): Recording;
}

/** Call it once in a file. Journals that a test leaves open are closed after it. */
export function journals(): Bench {
  let folder = '';
  let open: Journal[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'statescope-journal-'));
  });
  afterEach(() => {
    for (const journal of open) journal.close();
    open = [];
    rmSync(folder, { recursive: true, force: true });
  });
  const bench: Bench = {
    path: (name = 'journal.db') => join(folder, name),
    open: (name, options) => {
      const journal = openJournal(bench.path(name), { source: 'test', ...options });
      open.push(journal);
      return journal;
    },
    record: (name, { keptBytes, stepMs = 1000 } = {}) => {
      const journal = bench.open(name);
      const writer = new JournalWriter(journal, { maxDelayMs: 1e6 });
      let now = NOW - stepMs;
      const kept = keptBytes === undefined ? {} : { keptBytes };
      const recorder = new StateRecorder({ journal, writer, now: () => (now += stepMs), ...kept });
      return {
        journal,
        writer,
        recorder,
        set: (key, path, value) => {
          const text = value === undefined ? null : JSON.stringify(value);
          recorder.recordChanges(key, [{ path, value: text }], { origin: 'test', type: 'attribute_change' });
        },
        save: (key, value) => {
          recorder.recordState(key, Buffer.from(JSON.stringify(value)), { origin: 'watch' });
        },
      };
    },
  };
  return bench;
}

export function queryOf(text: string, now = NOW): Query {
  const parsed = parseQuery(text, { now });
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return parsed.query;
}

export function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}
