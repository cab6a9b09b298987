/** Clocks: what comes before what, what lies in the future, what has run out. */

import type { DateTime } from '../../../../shared/state/date-time.ts';
import { statusRepair } from '../repairs.ts';
import type { StateRule } from '../rule.ts';
import { type Noted, type StateView, timeFrom } from '../state-view.ts';
import { readMetadata } from './metadata.ts';

/** Clocks of machines differ by so much without anybody noticing. */
const TOLERANCE_MS = 5 * 60_000;

/** Times that a state has of its own, by the names that the design, AgentScope and their like give them. */
const CREATED = ['created_at', 'createdAt', 'started_at'];
const LATER = ['updated_at', 'updatedAt', 'finished_at', 'ended_at', 'last_activity', 'expires_at'];
const TIMES = [...CREATED, ...LATER, 'at', 'saved_at', 'fetched_at', 'last_run'];
/** May lie in the future, and often does. */
const AHEAD = new Set(['expires_at']);

/** `timestamp`: of the envelope, when it was written. */
function timesOf(state: StateView): readonly (Noted<DateTime> & { readonly name: string })[] {
  const metrics = state.member('performance_metrics');
  const envelope = state.isEnvelope ? state.time('__timestamp__', 0) : undefined;
  const named = TIMES.flatMap((name) => {
    const found = state.time(name);
    return found === undefined ? [] : [{ ...found, name }];
  });
  const activity = metrics === undefined ? undefined : state.time('last_activity', state.untagged(metrics));
  return [
    ...(envelope === undefined ? [] : [{ ...envelope, name: '__timestamp__' }]),
    ...named,
    ...(activity === undefined ? [] : [{ ...activity, name: 'last_activity' }]),
  ];
}

const hasTimes = (state: StateView) => !state.isCutOff && (timesOf(state).length > 0 || state.stored !== null);

/** Ended before it began. */
export const timeOrder: StateRule = {
  id: 'time-order',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: hasTimes,
  *check(state) {
    for (const object of [state.data, ...tasksOf(state)]) {
      const [created] = CREATED.flatMap((name) => {
        const found = state.time(name, object);
        return found === undefined ? [] : [{ ...found, name }];
      });
      if (created === undefined) continue;
      for (const name of LATER) {
        const later = state.time(name, object);
        if (later === undefined || !isBefore(later.value, created.value)) continue;
        yield {
          node: later.node,
          details: { name, time: later.value.text, first: created.name, firstTime: created.value.text },
          related: [state.place(created.node)],
        };
      }
    }
    yield* metadataOrder(state);
  },
};

function* metadataOrder(state: StateView) {
  const read = state.stored === null ? null : readMetadata(state.stored);
  // The columns of a row where there is no metadata beside it. What a file has are times of the file.
  const { table, createdAt, updatedAt } = state.metadata;
  const isRow = table !== null && read === null;
  const created = isRow ? timeFrom(createdAt ?? '') : typeof read === 'object' ? read?.fields.createdAt : null;
  const updated = isRow ? timeFrom(updatedAt ?? '') : typeof read === 'object' ? read?.fields.updatedAt : null;
  if (!created || !updated || !isBefore(updated, created)) return;
  yield { details: { name: 'updated_at', time: updated.text, first: 'created_at', firstTime: created.text } };
}

/** Where only one of them says its zone, they may be hours apart and mean the same. */
function isBefore(later: DateTime, first: DateTime): boolean {
  return later.naive === first.naive && later.epochMs < first.epochMs;
}

function tasksOf(state: StateView): readonly number[] {
  return (state.list('tasks')?.value ?? []).filter((item) => state.document.kind(item) === 'object');
}

/** Said once for a state, of the time that is furthest ahead. */
export const futureTime: StateRule = {
  id: 'future-time',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: hasTimes,
  *check(state, { now }) {
    const ahead = timesOf(state)
      .filter(({ name, value }) => !AHEAD.has(name) && value.epochMs > now + TOLERANCE_MS)
      .toSorted((a, b) => b.value.epochMs - a.value.epochMs);
    const [furthest] = ahead;
    if (furthest !== undefined) {
      yield { node: furthest.node, details: { name: furthest.name, time: furthest.value.text, count: ahead.length } };
    }
  },
};

/** Said once for a state. */
export const naiveTime: StateRule = {
  id: 'naive-time',
  group: 'validity',
  severity: 'note',
  needs: 'state',
  applies: hasTimes,
  *check(state) {
    const naive = timesOf(state).filter(({ value }) => value.naive);
    const [first] = naive;
    if (first !== undefined) {
      yield { node: first.node, details: { name: first.name, time: first.value.text, count: naive.length } };
    }
  },
};

/** Messages of a list stand in the order in which they came. */
export const messageOrder: StateRule = {
  id: 'message-order',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: (state) => !state.isCutOff && state.conversations.length > 0,
  *check(state) {
    for (const { node } of state.conversations) {
      let last: Noted<DateTime> | undefined;
      for (const item of state.document.children(node)) {
        const message = state.document.kind(item) === 'array' ? state.document.child(item, 0) : item;
        const time = message === undefined ? undefined : state.time('timestamp', message);
        if (time === undefined) continue;
        if (last !== undefined && isBefore(time.value, last.value)) {
          yield {
            node: time.node,
            details: { time: time.value.text, before: last.value.text },
            related: [state.place(last.node)],
          };
          // One message that is out of place is said once; all after it are compared with it.
        }
        last = time;
      }
    }
  },
};

const NOT_OVER = new Set(['active', 'paused']);

export const expiredActive: StateRule = {
  id: 'expired-active',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: (state) => !state.isCutOff && state.status() !== undefined && state.time('expires_at') !== undefined,
  *check(state, { now }) {
    const status = state.status();
    const expires = state.time('expires_at');
    if (status === undefined || expires === undefined || !NOT_OVER.has(status.value)) return;
    // A time without a zone may be up to 14 hours off.
    if (now < expires.value.epochMs + (expires.value.naive ? 14 * 3_600_000 : 0)) return;
    yield {
      node: status.node,
      details: { status: status.value, time: expires.value.text },
      related: [state.place(expires.node)],
      repair: statusRepair({ raw: status.raw, textPath: state.path(status.text) }, 'expired'),
    };
  },
};

/** A time to live that has run out, while the state is still there. */
export const outlivedTtl: StateRule = {
  id: 'outlived-ttl',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: (state) => !state.isCutOff && state.stored !== null,
  *check(state, { now }) {
    const read = state.stored === null ? null : readMetadata(state.stored);
    if (read === null || typeof read === 'string' || read.expiresAt === null || now < read.expiresAt) return;
    const { ttlSeconds, updatedAt } = read.fields;
    yield {
      details: { seconds: ttlSeconds ?? 0, time: updatedAt.text, until: new Date(read.expiresAt).toISOString() },
    };
  },
};
