/** What of a load arrived in a journal. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal } from '../../electron/core/tracking/journal.ts';
import { AGENTS, COUNTERS, SESSIONS } from './load-driver.ts';

export interface Counted {
  readonly changes: number;
  readonly missing: number;
  /** States whose text, or whose last value, is not the one that there was at the end. */
  readonly wrong: number;
}

/** Every counter has to have had each value from 1 on, once and in order, and its state the last of them. */
export function countChanges(journal: Journal): Counted {
  const last = new Map<string, number>();
  let changes = 0;
  let missing = 0;
  const rows = journal.withDatabase((database) =>
    database
      .prepare<[], { key: string; path: string; value: string }>(
        `SELECT k.key, p.path, c.new AS value FROM changes c JOIN keys k ON k.id = c.key JOIN paths p ON p.id = c.path
         WHERE p.path <> '' ORDER BY c.seq`,
      )
      .all(),
  );
  for (const { key, path, value } of rows) {
    const counter = `${key} ${path}`;
    changes += 1;
    missing += Math.abs(Number(value) - (last.get(counter) ?? 0) - 1);
    last.set(counter, Number(value));
  }
  let wrong = 0;
  for (let at = 0; at < AGENTS; at += 1) {
    const key = `agent:a${at}`;
    const state = parsed(journal.stateAt(key, { seq: journal.lastSeq })) as Record<string, number> | null;
    if (COUNTERS.some((name) => state?.[name] !== last.get(`${key} ${name}`))) wrong += 1;
  }
  return { changes, missing, wrong };
}

/** Every message has to have been added once, and each session to be what its file is. */
export function countMessages(journal: Journal, folder: string): Counted {
  const found = journal.withDatabase((database) =>
    database
      .prepare<[], { key: string; count: number }>(
        `SELECT k.key, count(DISTINCT c.path) AS count FROM changes c JOIN keys k ON k.id = c.key JOIN paths p ON p.id = c.path
         WHERE p.path LIKE '%content[%]' AND c.kind = 0 GROUP BY c.key`,
      )
      .all(),
  );
  const counts = new Map(found.map(({ key, count }) => [key, count]));
  let changes = 0;
  let missing = 0;
  let wrong = 0;
  for (let slot = 0; slot < SESSIONS; slot += 1) {
    const key = `session:s${slot}`;
    const text = readFileSync(join(folder, `s${slot}.json`));
    const messages = (parsed(text) as { friday: { memory: { content: unknown[] } } }).friday.memory.content.length;
    changes += counts.get(key) ?? 0;
    missing += messages - (counts.get(key) ?? 0);
    const state = journal.stateAt(key, { seq: journal.lastSeq });
    if (state === null || Buffer.compare(state, text) !== 0) wrong += 1;
  }
  return { changes, missing, wrong };
}

function parsed(text: Uint8Array | null): unknown {
  return text === null ? null : JSON.parse(Buffer.from(text).toString('utf8'));
}
