/** What recorded history says about performance: states that grow, keys that change all the time, and how large it has become. */
import type { JournalPruneRule } from '../../../shared/ipc/performance.ts';
import type { Journal } from '../tracking/journal.ts';
import { changesByKey, type KeyChanges } from '../tracking/journal-figures.ts';
import type { RetentionPlan, RetentionRule } from '../tracking/retention.ts';
import { type GrowingState, growingStates, type StateSizes } from './state-growth.ts';

export interface JournalAdvice {
  readonly growing: readonly GrowingState[];
  /** A key that has most of the recent changes, and how many there were of all keys. */
  readonly hot: (KeyChanges & { readonly all: number }) | null;
  readonly large: {
    readonly journalBytes: number;
    readonly statesBytes: number | null;
    readonly rule: JournalPruneRule;
    /** What the rule would forget. */
    readonly plan: RetentionPlan;
  } | null;
}

/** Changes that are looked at, which takes some 50 ms; about older ones nobody can do anything any more. */
const RECENT_CHANGES = 20_000;
const ENOUGH_CHANGES = 200;
const ENOUGH_KEYS = 4;
const HOT_SHARE = 0.5;
const LARGE_BYTES = 64 * 1024 * 1024;
/** Times the states that it is the history of. */
const LARGE_FACTOR = 10;
/** What pruning has to free, to be worth the while. */
const WORTH_FREEING = 0.25;
const PRUNE_AGES = [30, 7, 1] as const;
const DAY_MS = 86_400_000;

export interface JournalAdviceOptions {
  /** Of the states as they are, together; null where nobody has looked. */
  readonly statesBytes: number | null;
  readonly sizes: StateSizes;
  /** Milliseconds. */
  readonly now: number;
}

/** Of many changes and some whole states: others get a turn between two of these. */
export async function journalAdvice(journal: Journal, options: JournalAdviceOptions): Promise<JournalAdvice> {
  const high = journal.lastSeq;
  const range = { low: Math.max(1, high - RECENT_CHANGES), high };
  return {
    growing: await growingStates(journal, range, options.sizes),
    hot: hotKey(changesByKey(journal, range)),
    large: largeJournal(journal, options),
  };
}

function hotKey(keys: readonly KeyChanges[]): JournalAdvice['hot'] {
  const all = keys.reduce((sum, { changes }) => sum + changes, 0);
  const [most] = keys;
  if (most === undefined || all < ENOUGH_CHANGES || keys.length < ENOUGH_KEYS) return null;
  return most.changes >= HOT_SHARE * all ? { ...most, all } : null;
}

function largeJournal(journal: Journal, { statesBytes, now }: JournalAdviceOptions): JournalAdvice['large'] {
  const journalBytes = journal.bytes;
  if (journalBytes < LARGE_BYTES || journalBytes < LARGE_FACTOR * (statesBytes ?? 0)) return null;
  const rules: readonly JournalPruneRule[] = [
    ...PRUNE_AGES.map((maxAgeDays) => ({ maxAgeDays })),
    { maxBytes: Math.floor(journalBytes / 2) },
  ];
  for (const rule of rules) {
    const plan = journal.planRetention(retentionOf(rule), now);
    if (plan.bytes >= WORTH_FREEING * journalBytes) return { journalBytes, statesBytes, rule, plan };
  }
  return null;
}

export function retentionOf({ maxAgeDays, maxBytes }: JournalPruneRule): RetentionRule {
  return { maxAgeMs: maxAgeDays === undefined ? undefined : maxAgeDays * DAY_MS, maxBytes };
}
