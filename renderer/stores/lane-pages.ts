/** Pages of changes put together, as a person scrolls and as new changes come. */
import type { LanePage } from '../../shared/ipc/sync.ts';

/** Two pages may have different lanes: those of the second are told by the names of the first. */
export function joinedLanes(first: LanePage, second: LanePage): LanePage {
  const lanes = [...first.lanes];
  const at = second.lanes.map(({ name }) => {
    const known = lanes.findIndex((lane) => lane.name === name);
    return known >= 0 ? known : lanes.push({ name }) - 1;
  });
  const events = second.events.map((event) => ({ ...event, lane: at[event.lane] ?? 0 }));
  const order = first.order === 'causal' ? 'causal' : second.order;
  return { order, lanes, events: [...first.events, ...events], next: second.next };
}

/** What was scrolled to stays, unless more has come than a page holds. Only scrolling makes the list longer. */
export function refreshedLanes(newest: LanePage, before: LanePage | null): LanePage {
  const last = newest.events.at(-1);
  const first = before?.events[0];
  if (before === null || last === undefined || first === undefined || first.seq < last.seq) return newest;
  const older = before.events.filter(({ seq }) => seq < last.seq);
  if (older.length === 0) return newest;
  const all = joinedLanes(newest, { ...before, events: older });
  const events = all.events.slice(0, Math.max(before.events.length, newest.events.length));
  return events.length === all.events.length ? all : { ...all, events, next: events.at(-1)?.seq ?? null };
}
