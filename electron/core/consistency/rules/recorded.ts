/** What has been recorded of a source: its journal and its snapshots, whole and in order. */
import { createHash } from 'node:crypto';
import { compare, parseVector, type VersionVector, vectorText } from '../../../../shared/clock/version-vector.ts';
import { toDot } from '../../../../shared/json/path.ts';
import { mayBecome, SessionStatus } from '../../../../shared/state/session-state.ts';
import { SourceError } from '../../sources/source-error.ts';
import { plainStatus } from '../../sources/state-facts.ts';
import type { Journal } from '../../tracking/journal.ts';
import type { Facts, SessionFact } from '../facts.ts';
import type { FoundAt, JournalRule, SnapshotRule } from '../rule.ts';
import { placeOf } from '../state-view.ts';

const MICROS = 1000;
/** Changes of one status; more than a session goes through. */
const MOST_STATUSES = 10_000;
const SNAPSHOTS_AT_ONCE = 100;

/** The latest state of each key can be put together again, and is the one that was recorded. */
export const journalWhole: JournalRule = {
  id: 'journal-whole',
  group: 'integrity',
  severity: 'error',
  needs: 'journal',
  *check(journal) {
    for (const { key, seq } of journal.keysAt({ seq: journal.lastSeq })) {
      const reason = faultOf(journal, key, seq);
      yield reason === null ? [] : [{ place: placeOf({ key, location: '.' }), details: { seq, reason } }];
    }
  },
};

function faultOf(journal: Journal, key: string, seq: number): string | null {
  try {
    const text = journal.stateAt(key, { seq: journal.lastSeq });
    const revision = revisionOf(journal, seq);
    if (text === null || revision === null) return null;
    const isRecorded = createHash('sha256').update(text).digest().equals(revision);
    return isRecorded ? null : 'SHA-256';
  } catch (error) {
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

/** SHA-256 of the text after a commit, where it was noted. */
function revisionOf(journal: Journal, seq: number): Buffer | null {
  return journal.withDatabase(
    (database) =>
      database.prepare<[number], { revision: Buffer | null }>('SELECT revision FROM commits WHERE seq = ?').get(seq)
        ?.revision ?? null,
  );
}

/** A session went from one status to another that its state machine does not allow. */
export const transitions: JournalRule = {
  id: 'impossible-transition',
  group: 'validity',
  severity: 'error',
  needs: 'journal',
  *check(journal, { sessions }) {
    for (const session of sessions.values()) {
      if (session.status === null) continue;
      const { before, values } = journal.lane(session.key, toDot(session.status.textPath), MOST_STATUSES);
      if (values.length > 0) yield impossible(session, session.status, before, values);
    }
  },
};

function impossible(
  { id }: SessionFact,
  { place }: NonNullable<SessionFact['status']>,
  before: string | null,
  values: ReturnType<Journal['lane']>['values'],
): readonly FoundAt[] {
  const found: FoundAt[] = [];
  let last = statusIn(before);
  for (const { value, time, seq } of values) {
    const next = statusIn(value);
    // What was removed in between begins anew.
    if (last !== null && next !== null && last !== next && !mayBecome(last, next)) {
      const at = new Date(time / MICROS).toISOString();
      found.push({ place, details: { session: id, from: last, to: next, time: at, seq } });
    }
    last = next;
  }
  return found;
}

function statusIn(json: string | null): SessionStatus | null {
  const text = json === null ? null : plainStatus(json.replaceAll('"', ''));
  return Object.values(SessionStatus).find((status) => status === text) ?? null;
}

/** What a state has seen of other writers only ever grows. */
export const vectorsGrow: JournalRule = {
  id: 'vector-backwards',
  group: 'validity',
  severity: 'error',
  needs: 'journal',
  *check(journal, facts) {
    let lastKey: string | null = null;
    let last: VersionVector | null = null;
    for (const { key, seq, vector } of vectorsOf(journal)) {
      const next = parseVector(vector);
      const order = key === lastKey && last !== null && next !== null ? compare(last, next) : 'before';
      const isBack = order === 'after' || order === 'concurrent';
      const details = { seq, before: last === null ? '' : vectorText(last), vector };
      yield isBack ? [{ place: placeOfKey(facts, key), details }] : [];
      lastKey = key;
      last = next;
    }
  },
};

interface VectorRow {
  readonly key: string;
  readonly seq: number;
  readonly vector: string;
}

function vectorsOf(journal: Journal): readonly VectorRow[] {
  return journal.withDatabase((database) =>
    database
      .prepare<[], VectorRow>(
        'SELECT k.key, v.seq, v.vector FROM vectors v JOIN keys k ON k.id = v.key ORDER BY v.key, v.seq',
      )
      .all(),
  );
}

function placeOfKey({ agents, sessions }: Facts, key: string) {
  return (agents.get(key) ?? sessions.get(key))?.place ?? placeOf({ key, location: '.' });
}

/** Every text of every snapshot is there, and is the one that was captured. */
export const snapshotsWhole: SnapshotRule = {
  id: 'snapshot-whole',
  group: 'integrity',
  severity: 'error',
  needs: 'snapshots',
  *check(snapshots) {
    // Texts are stored once for all snapshots that have them.
    const looked = new Set<string>();
    let cursor: string | null = null;
    do {
      const { rows, next } = snapshots.list({ limit: SNAPSHOTS_AT_ONCE, ...(cursor !== null && { cursor }) });
      for (const { id } of rows) {
        for (const { key, sha256 } of snapshots.manifest(id)) {
          if (looked.has(sha256)) continue;
          looked.add(sha256);
          let reason: string | null = null;
          try {
            const actual = createHash('sha256').update(snapshots.read(id, key)).digest('hex');
            if (actual !== sha256) reason = 'SHA-256';
          } catch (error) {
            if (!(error instanceof SourceError)) throw error;
            reason = error.message;
          }
          yield reason === null ? [] : [{ place: placeOf({ key, location: '.' }), details: { snapshot: id, reason } }];
        }
      }
      cursor = next;
    } while (cursor !== null);
  },
};
