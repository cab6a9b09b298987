import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LaneEvent, LanePage } from '../../shared/ipc/sync.ts';
import { joinedLanes, refreshedLanes } from './lane-pages.ts';

const NODES = ['a', 'b', 'c'] as const;

/** What the engine answers when there are `count` changes; the n-th is of the node n % 3. */
function pageOf(count: number, before: number | null, limit: number): LanePage {
  const first = Math.min(count, (before ?? count + 1) - 1);
  const seqs = Array.from({ length: Math.min(limit, first) }, (_, at) => first - at);
  const names = [...new Set(seqs.map((seq) => NODES[seq % NODES.length] ?? ''))].toSorted();
  const events = seqs.map(
    (seq): LaneEvent => ({
      seq,
      lane: names.indexOf(NODES[seq % NODES.length] ?? ''),
      key: 'session:1',
      time: '2026-11-23T08:00:00.000Z',
      what: 'changed',
      bytes: 1,
      mark: null,
      parents: [],
      concurrentWith: [],
      version: null,
    }),
  );
  return {
    order: 'causal',
    lanes: names.map((name) => ({ name })),
    events,
    next: seqs.length < limit ? null : (seqs.at(-1) ?? null),
  };
}

test('property: however one scrolls and whatever comes, the list begins with the newest, has no gap, and each change its node', () => {
  const step = fc.oneof(fc.constant('scroll' as const), fc.nat({ max: 9 }));
  fc.assert(
    fc.property(
      fc.nat({ max: 30 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(step, { maxLength: 20 }),
      (start, limit, steps) => {
        let count = start;
        let lanes = pageOf(count, null, limit);
        for (const each of steps) {
          const { length } = lanes.events;
          if (each !== 'scroll') {
            count += each;
            lanes = refreshedLanes(pageOf(count, null, limit), lanes);
            // Nothing but scrolling makes it longer than a page.
            expect(lanes.events.length).toBeLessThanOrEqual(Math.max(length, limit));
            if (each < limit) expect(lanes.events.length).toBeGreaterThanOrEqual(length);
          } else if (lanes.next !== null) {
            lanes = joinedLanes(lanes, pageOf(count, lanes.next, limit));
          }
          const { events, next } = lanes;
          expect(events.map(({ seq }) => seq)).toEqual(events.map((_, at) => count - at));
          for (const { seq, lane } of events) expect(lanes.lanes[lane]?.name).toBe(NODES[seq % NODES.length]);
          // Null is the end: then all are there.
          if (next === null) expect(events).toHaveLength(count);
          else expect(next).toBe(events.at(-1)?.seq);
        }
      },
    ),
  );
});
