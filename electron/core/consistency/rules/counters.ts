/** Counters against what they count, and limits against what is kept. */

import type { NodeId } from '../../../../shared/json/document.ts';
import { senderOf } from '../../../../shared/messages/message-shape.ts';
import { ALPHA, rate } from '../../../../shared/state/agent-metrics.ts';
import { CONTEXT_LIMIT } from '../../../../shared/state/agent-state.ts';
import { MESSAGE_LIMIT } from '../../../../shared/state/session-state.ts';
import { numberRepair } from '../repairs.ts';
import type { FoundInState, StateRule } from '../rule.ts';
import type { Noted, StateView } from '../state-view.ts';

/** Sums and products of floats differ in their last digits with the order in which they were made. */
const RELATIVE_TOLERANCE = 1e-9;

export function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

interface Counted {
  readonly counter: Noted<number>;
  readonly list: Noted<readonly NodeId[]>;
  readonly limit: number;
}

/** Of a session its messages, of an agent its context. */
function countedIn(state: StateView): Counted | undefined {
  if (state.isCutOff) return undefined;
  const messages = state.list('messages');
  const messageCount = state.number('message_count');
  if (messages !== undefined && messageCount !== undefined) {
    return { counter: messageCount, list: messages, limit: MESSAGE_LIMIT };
  }
  const context = state.list('conversation_context');
  const metrics = metricsOf(state);
  const total = metrics === undefined ? undefined : state.number('total_messages', metrics);
  return context === undefined || total === undefined
    ? undefined
    : { counter: total, list: context, limit: CONTEXT_LIMIT };
}

function metricsOf(state: StateView): NodeId | undefined {
  const node = state.member('performance_metrics');
  return node === undefined ? undefined : state.untagged(node);
}

/** All that ever came are counted, and only the latest are kept: the counter is never below, and above only where the list is full. */
export const messageCount: StateRule = {
  id: 'message-count',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: (state) => countedIn(state) !== undefined,
  *check(state) {
    const counted = countedIn(state);
    if (counted === undefined) return;
    const { counter, list, limit } = counted;
    const held = list.value.length;
    if (counter.value === held || (counter.value > held && held >= limit)) return;
    yield {
      node: counter.node,
      details: { counted: counter.value, held },
      related: [state.place(list.node)],
      // Fewer than were counted may have been taken away by somebody who knew why.
      severity: counter.value < held ? 'error' : 'warning',
      repair: numberRepair(state.path(counter.node), held),
    };
  },
};

export const keptWithinLimit: StateRule = {
  id: 'over-limit',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: (state) => !state.isCutOff && limited(state).length > 0,
  *check(state) {
    for (const { list, limit, name } of limited(state)) {
      const held = list.value.length;
      if (held > limit) yield { node: list.node, details: { name, held, limit } };
    }
  },
};

function limited(state: StateView) {
  const lists = [
    { name: 'conversation_context', limit: CONTEXT_LIMIT },
    { name: 'messages', limit: MESSAGE_LIMIT },
  ];
  return lists.flatMap(({ name, limit }) => {
    // Only the design's own states have these limits.
    const isOurs = name === 'messages' ? state.member('session_id') !== undefined : true;
    const list = isOurs ? state.list(name) : undefined;
    return list === undefined ? [] : [{ name, limit, list }];
  });
}

const COUNTERS = ['total_messages', 'successful_tasks', 'failed_tasks', 'average_response_time', 'memory_usage_mb'];

export const metricRange: StateRule = {
  id: 'metric-range',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: (state) =>
    !state.isCutOff && (metricsOf(state) !== undefined || state.number('message_count') !== undefined),
  *check(state) {
    const metrics = metricsOf(state);
    const numbers = metrics === undefined ? [] : COUNTERS.map((name) => ({ name, found: state.number(name, metrics) }));
    for (const { name, found } of [...numbers, { name: 'message_count', found: state.number('message_count') }]) {
      // NaN is told by a rule of its own.
      if (found !== undefined && found.value < 0) yield { node: found.node, details: { name, value: found.value } };
    }
  },
};

/** Names of the counts and of the rate that belongs to them, in one object. */
const RATES = [
  { successes: 'successful_tasks', failures: 'failed_tasks', rate: 'success_rate' },
  { successes: 'total_successful_tasks', failures: 'total_failed_tasks', rate: 'overall_success_rate' },
];

/** The latest of a history of samples are not looked at one by one here: the objects of a state's first two levels are. */
export const successRate: StateRule = {
  id: 'success-rate',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: (state) => !state.isCutOff && ratesIn(state).length > 0,
  *check(state) {
    for (const { told, expected } of ratesIn(state)) {
      if (isNear(told.value, expected)) continue;
      yield {
        node: told.node,
        details: { told: told.value, expected },
        repair: numberRepair(state.path(told.node), expected),
      };
    }
  },
};

function ratesIn(state: StateView) {
  const objects = [state.data, ...members(state, state.data)];
  return objects.flatMap((object) =>
    RATES.flatMap((names) => {
      const told = state.number(names.rate, object);
      const successes = state.number(names.successes, object);
      const failures = state.number(names.failures, object);
      if (told === undefined || successes === undefined || failures === undefined) return [];
      return [{ told, expected: rate(successes.value, failures.value) }];
    }),
  );
}

function members(state: StateView, object: NodeId): readonly NodeId[] {
  if (state.document.kind(object) !== 'object') return [];
  return [...state.document.children(object)].map((node) => state.untagged(node));
}

/** The moving average, where every message that it was made of is still there and says how long it took. */
export const averageResponse: StateRule = {
  id: 'average-response-time',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: (state) => averageOf(state) !== undefined,
  *check(state) {
    const average = averageOf(state);
    if (average === undefined || isNear(average.told.value, average.expected)) return;
    const { told, expected, count } = average;
    yield {
      node: told.node,
      details: { told: told.value, expected, count },
      repair: numberRepair(state.path(told.node), expected),
    } satisfies FoundInState;
  },
};

function averageOf(state: StateView) {
  if (state.isCutOff) return undefined;
  const metrics = metricsOf(state);
  const told = metrics === undefined ? undefined : state.number('average_response_time', metrics);
  const counted = countedIn(state);
  const id = state.text('agent_id')?.value;
  // The first of them is gone once the list is full.
  if (
    told === undefined ||
    id === undefined ||
    counted === undefined ||
    counted.counter.value !== counted.list.value.length
  )
    return undefined;
  const times: number[] = [];
  for (const message of counted.list.value) {
    if (senderOf(state.document, message)?.toLowerCase() !== id.toLowerCase()) continue;
    const metadata = state.member('metadata', message);
    const time = metadata === undefined ? undefined : state.number('response_time', metadata);
    // It may have counted all the same: nothing tells.
    if (time === undefined) return undefined;
    times.push(time.value);
  }
  if (times.length === 0) return undefined;
  return { told, expected: movingAverage(times), count: times.length };
}

/** The first one is the average; each further one counts a tenth. */
export function movingAverage(times: readonly number[]): number {
  return times.reduce((average, time) => (average === 0 ? time : ALPHA * time + (1 - ALPHA) * average), 0);
}
