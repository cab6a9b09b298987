/** Invariants: expressions that are evaluated after every commit of the states that they watch. Kept in the journal. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { SourceError } from '../sources/source-error.ts';
import { type Evaluation, type Expression, evaluate, parseExpression } from './expression.ts';
import type { Journal } from './journal.ts';
import { nameMatches } from './query-match.ts';
import type { Commit } from './state-recorder.ts';

export interface Watch {
  readonly id: string;
  readonly name: string;
  /** A glob over keys: `agent:*`. */
  readonly keys: string;
  readonly expression: string;
}

/** What a watch found after a commit. */
export interface WatchResult {
  readonly watch: Watch;
  readonly key: string;
  readonly seq: number;
  readonly time: number;
  readonly evaluation: Evaluation;
  /**
   * `broken`: it held after the commit before and does not any more. `mended`: the other way round. `first`: it was never asked of
   * this state before.
   */
  readonly turn: 'broken' | 'mended' | 'first' | null;
}

export interface WatchValue {
  readonly seq: number;
  readonly time: number;
  /** As JSON text. */
  readonly value: string | null;
  /** Null where the state did not answer. */
  readonly holds: boolean | null;
}

const META = 'watches';
const LIST = z.array(z.object({ id: z.string(), name: z.string(), keys: z.string(), expression: z.string() }));
/** Values that are kept for each watch and state. */
const MOST_VALUES = 1000;
/** Values that wait before they are written by themselves. */
const MOST_WAITING = 200;

interface Active {
  readonly watch: Watch;
  readonly expression: Expression;
  /** What it found last, by key. */
  readonly last: Map<string, Last>;
}

interface Last {
  readonly holds: boolean | null;
  readonly value: string | null;
  /** What it said when it last answered. */
  readonly answered: boolean | null;
}

export class Watches {
  readonly #journal: Journal;
  #active: readonly Active[];
  readonly #listeners = new Set<(result: WatchResult) => void>();
  /** Values that wait to be written with the next flush. */
  #values: { watch: string; key: string; value: WatchValue }[] = [];

  /** The watches that the journal has. One whose expression no longer parses, since an older or newer version wrote it, is left out. */
  constructor(journal: Journal) {
    this.#journal = journal;
    const stored = LIST.safeParse(JSON.parse(journal.meta(META) ?? '[]'));
    const watches = stored.success ? stored.data : [];
    this.#active = watches.flatMap((watch) => {
      const parsed = parseExpression(watch.expression);
      return parsed.ok ? [{ watch, expression: parsed.expression, last: new Map() }] : [];
    });
  }

  get list(): readonly Watch[] {
    return this.#active.map(({ watch }) => watch);
  }

  /** @throws SourceError `bad-config` with the position for an expression that is none; check it with `parseExpression` before. */
  add(watch: Omit<Watch, 'id'>): Watch {
    const parsed = parseExpression(watch.expression);
    if (!parsed.ok) {
      const reason = `${parsed.message} (character ${parsed.offset + 1})`;
      throw new SourceError('bad-config', `${watch.expression} is no expression: ${reason}. Mend it, then try again.`, {
        location: watch.expression,
        reason,
      });
    }
    const added = { ...watch, id: randomUUID() };
    this.#active = [...this.#active, { watch: added, expression: parsed.expression, last: new Map() }];
    this.#save();
    return added;
  }

  /** Whether there was one. */
  remove(id: string): boolean {
    const rest = this.#active.filter(({ watch }) => watch.id !== id);
    if (rest.length === this.#active.length) return false;
    this.#active = rest;
    this.#values = this.#values.filter(({ watch }) => watch !== id);
    this.#save();
    this.#journal.withDatabase((database) => database.prepare('DELETE FROM watch_values WHERE watch = ?').run(id));
    return true;
  }

  /** Called for every evaluation. Returns what ends it. */
  onResult(listener: (result: WatchResult) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Give it to the recorder's `onCommit`. States that no watch is for cost a comparison of their key. */
  readonly evaluate = (commit: Commit): void => {
    for (const active of this.#active) {
      if (!nameMatches(commit.key, active.watch.keys.toLowerCase())) continue;
      const document = commit.document();
      if (document === null) active.last.delete(commit.key);
      else this.#note(active, commit, evaluate(active.expression, document));
    }
  };

  /** The latest values of a watch, oldest first. */
  history(id: string, key: string, limit = MOST_VALUES): readonly WatchValue[] {
    this.flush();
    const keyId = this.#journal.keyId(key);
    if (keyId === undefined) return [];
    type Row = { seq: number; time: number; value: string | null; holds: number | null };
    const rows = this.#journal.withDatabase((database) =>
      database
        .prepare<[string, number, number], Row>(
          'SELECT seq, time, value, holds FROM watch_values WHERE watch = ? AND key = ? ORDER BY seq DESC LIMIT ?',
        )
        .all(id, keyId, Math.max(0, limit)),
    );
    return rows.toReversed().map((row) => ({ ...row, holds: row.holds === null ? null : row.holds === 1 }));
  }

  /** Writes the values that wait. Those of keys that the writer has not written yet go on waiting. */
  flush(): void {
    const values = this.#values;
    this.#values = [];
    if (values.length === 0) return;
    const pairs = new Map<string, readonly [string, number]>();
    this.#journal.withDatabase((database) => {
      const insert = database.prepare('INSERT OR REPLACE INTO watch_values VALUES (?, ?, ?, ?, ?, ?)');
      database.transaction(() => {
        for (const waiting of values) {
          const key = this.#journal.keyId(waiting.key);
          if (key === undefined) {
            this.#values.push(waiting);
            continue;
          }
          pairs.set(`${waiting.watch} ${key}`, [waiting.watch, key]);
          const { seq, time, value, holds } = waiting.value;
          insert.run(waiting.watch, key, seq, time, value, holds === null ? null : Number(holds));
        }
      })();
    });
    this.#prune(pairs);
  }

  #note(active: Active, { key, seq, time }: Commit, evaluation: Evaluation): void {
    const holds = evaluation.ok ? evaluation.holds : null;
    const value = evaluation.ok ? JSON.stringify(evaluation.observed) : null;
    const before = active.last.get(key) ?? this.#stored(active.watch.id, key);
    active.last.set(key, { holds, value, answered: holds ?? before?.answered ?? null });
    if (before === null || before.holds !== holds || before.value !== value) {
      this.#values.push({ watch: active.watch.id, key, value: { seq, time, value, holds } });
      if (this.#values.length >= MOST_WAITING) this.flush();
    }
    const turn = turnOf(before?.answered ?? null, holds, before === null);
    for (const listener of this.#listeners) listener({ watch: active.watch, key, seq, time, evaluation, turn });
  }

  /** What an earlier run of the program found last. */
  #stored(id: string, key: string): Last | null {
    const [last] = this.#journal.keyId(key) === undefined ? [] : this.history(id, key, 1);
    return last === undefined ? null : { ...last, answered: last.holds };
  }

  #prune(pairs: ReadonlyMap<string, readonly [string, number]>): void {
    this.#journal.withDatabase((database) => {
      const remove = database.prepare(
        `DELETE FROM watch_values WHERE watch = ? AND key = ? AND seq <
           (SELECT seq FROM watch_values WHERE watch = ? AND key = ? ORDER BY seq DESC LIMIT 1 OFFSET ${MOST_VALUES - 1})`,
      );
      for (const [watch, key] of pairs.values()) remove.run(watch, key, watch, key);
    });
  }

  #save(): void {
    this.#journal.setMeta(META, JSON.stringify(this.list));
  }
}

function turnOf(before: boolean | null, now: boolean | null, isFirst: boolean): WatchResult['turn'] {
  if (isFirst) return 'first';
  if (before === true && now === false) return 'broken';
  return before === false && now === true ? 'mended' : null;
}
