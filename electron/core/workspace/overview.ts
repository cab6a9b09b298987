/**
 * The overview of an open source: its agents and sessions counted, summed and ranked. Each agent and session is read
 * once, one at a time, and only its few facts are kept; whoever else asks the worker is answered in between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type {
  Overview,
  OverviewExpiry,
  OverviewGroup,
  OverviewProgress,
  OverviewRank,
  StatesBehind,
} from '../../../shared/ipc/model.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { type AgentFacts, agentFacts, type SessionFacts, sessionFacts } from './overview-facts.ts';
import { fieldWord, LONGEST_FILTER } from './state-filter.ts';

export interface OverviewRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: OverviewProgress) => void;
}

/** A state with what it says; null when it could not be read. */
export interface Known<Facts> {
  readonly entry: StateEntry;
  readonly facts: Facts | null;
}

const SHOWN = 5;
const HOUR_MS = 3_600_000;

/**
 * Reads a source's agents and sessions and sums them up.
 * @param asOf the moment at which the source was read, ISO 8601 UTC: an expiry before it is past
 * @throws SourceError `cancelled` once the signal is raised
 */
export async function readOverview(source: Source, asOf: string, run: OverviewRun): Promise<Overview> {
  const agentEntries = ofKind(source.entries, 'agent');
  const sessionEntries = ofKind(source.entries, 'session');
  const total = agentEntries.length + sessionEntries.length;
  let done = 0;
  const read = async <Facts>(entries: readonly StateEntry[], factsOf: (bytes: Uint8Array) => Facts) => {
    const known: Known<Facts>[] = [];
    for (const entry of entries) {
      if (run.signal.aborted) throw cancelled(source.location);
      known.push({ entry, facts: await factsIn(source, entry, factsOf) });
      done += 1;
      run.onProgress({ done, total });
      await nextTurn();
    }
    return known;
  };
  const agents = await read(agentEntries, agentFacts);
  const sessions = await read(sessionEntries, sessionFacts);
  return summarize(source.entries, agents, sessions, asOf);
}

/** The arithmetic, over facts that have been read. */
export function summarize(
  entries: readonly StateEntry[],
  agents: readonly Known<AgentFacts>[],
  sessions: readonly Known<SessionFacts>[],
  asOf: string,
): Overview {
  const behind = (some: readonly StateEntry[]) => statesBehind(some, entries);
  return {
    states: behind(entries),
    agents: groupOf(agents, behind),
    sessions: groupOf(sessions, behind),
    messages: messagesOf(sessions, behind),
    tasks: tasksOf(agents, behind),
    busiestAgents: top(agents.map((agent) => rank(agent, agent.facts?.messages ?? null))),
    busiestSessions: top(sessions.map((session) => rank(session, session.facts?.messages ?? null))),
    largest: top(entries.map((entry) => rank({ entry, facts: null }, entry.bytes))),
    expiry: expiryOf(sessions, Date.parse(asOf), behind),
    unread: behind([...agents, ...sessions].filter(({ facts }) => facts === null).map(({ entry }) => entry)),
  };
}

/** Only a state that cannot be read is passed over; a fault of ours is not. */
async function factsIn<Facts>(
  source: Source,
  entry: StateEntry,
  factsOf: (bytes: Uint8Array) => Facts,
): Promise<Facts | null> {
  try {
    return factsOf((await source.read(entry.key)).bytes);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}

type Behind = (some: readonly StateEntry[]) => StatesBehind;

function groupOf(known: readonly Known<unknown>[], behind: Behind): OverviewGroup | null {
  if (known.length === 0) return null;
  const byStatus = new Map<string | null, StateEntry[]>();
  for (const { entry } of known) {
    const same = byStatus.get(entry.status);
    if (same) same.push(entry);
    else byStatus.set(entry.status, [entry]);
  }
  return {
    all: behind(known.map(({ entry }) => entry)),
    statuses: [...byStatus]
      .map(([status, entries]) => ({ status, states: behind(entries) }))
      .toSorted((a, b) => b.states.count - a.states.count || (a.status ?? '').localeCompare(b.status ?? '')),
  };
}

function messagesOf(sessions: readonly Known<SessionFacts>[], behind: Behind): Overview['messages'] {
  const telling = sessions.filter(({ facts }) => facts !== null && facts.messages !== null);
  if (telling.length === 0) return null;
  return {
    count: telling.reduce((sum, { facts }) => sum + (facts?.messages ?? 0), 0),
    states: behind(telling.map(({ entry }) => entry)),
  };
}

function tasksOf(agents: readonly Known<AgentFacts>[], behind: Behind): Overview['tasks'] {
  const telling = agents.flatMap(({ entry, facts }) =>
    facts?.successful == null || facts.failed === null
      ? []
      : [{ entry, successful: facts.successful, failed: facts.failed }],
  );
  if (telling.length === 0) return null;
  const successful = telling.reduce((sum, agent) => sum + agent.successful, 0);
  const failed = telling.reduce((sum, agent) => sum + agent.failed, 0);
  const all = successful + failed;
  return {
    successful,
    failed,
    successRate: all === 0 ? null : successful / all,
    agents: behind(telling.map(({ entry }) => entry)),
    succeeding: behind(telling.filter((agent) => agent.successful > 0).map(({ entry }) => entry)),
    failing: behind(telling.filter((agent) => agent.failed > 0).map(({ entry }) => entry)),
  };
}

function rank({ entry, facts }: Known<AgentFacts | SessionFacts>, amount: number | null): OverviewRank | null {
  if (amount === null) return null;
  const responseSeconds = facts !== null && 'responseSeconds' in facts ? facts.responseSeconds : null;
  return { key: entry.key, status: entry.status, amount, responseSeconds };
}

function top(ranks: readonly (OverviewRank | null)[]): OverviewRank[] {
  return ranks
    .filter((each) => each !== null)
    .toSorted((a, b) => b.amount - a.amount || a.key.localeCompare(b.key))
    .slice(0, SHOWN);
}

function expiryOf(sessions: readonly Known<SessionFacts>[], asOfMs: number, behind: Behind): Overview['expiry'] {
  const expiring = sessions.flatMap(({ entry, facts }) =>
    facts?.expiresAt == null ? [] : [{ entry, shown: expiry(entry, facts.expiresAt, asOfMs) }],
  );
  if (expiring.length === 0) return null;
  const those = (wanted: (shown: OverviewExpiry) => boolean) =>
    behind(expiring.filter(({ shown }) => wanted(shown)).map(({ entry }) => entry));
  const order = (shown: OverviewExpiry) => (shown.past ? 0 : 1);
  return {
    all: those(() => true),
    past: those(({ past }) => past === true),
    overdue: those(({ overdue }) => overdue),
    next: expiring
      .map(({ shown }) => shown)
      .toSorted(
        (a, b) => order(a) - order(b) || asUtcMs(a.expiresAt) - asUtcMs(b.expiresAt) || a.key.localeCompare(b.key),
      )
      .slice(0, SHOWN),
  };
}

function expiry({ key, status }: StateEntry, expiresAt: string, asOfMs: number): OverviewExpiry {
  const past = isPast(expiresAt, asOfMs);
  return { key, status, expiresAt, past, overdue: past === true && status === 'active' };
}

/** A time without a zone may be any moment from 14 hours before to 12 hours after the same reading in UTC. */
function isPast(time: string, asOfMs: number): boolean | null {
  const at = asUtcMs(time);
  if (Number.isNaN(at)) return null;
  if (hasZone(time)) return at < asOfMs;
  if (at + 12 * HOUR_MS < asOfMs) return true;
  return at - 14 * HOUR_MS > asOfMs ? false : null;
}

function hasZone(time: string): boolean {
  return /T.*(Z|[+-]\d\d:\d\d)$/.test(time);
}

/** Milliseconds of an ISO time; of a naive one as if it were UTC, for ordering. */
function asUtcMs(time: string): number {
  if (hasZone(time)) return Date.parse(time);
  return Date.parse(time.includes('T') ? `${time}Z` : time);
}

/** The shortest filter that selects exactly these states. */
function statesBehind(some: readonly StateEntry[], all: readonly StateEntry[]): StatesBehind {
  const count = some.length;
  const [first] = some;
  if (first === undefined) return { count, key: null, filter: '' };
  const key = count === 1 ? first.key : null;
  if (count === all.length) return { count, key, filter: '' };
  const { kind, status } = first;
  const byKind = fieldWord('kind', kind);
  if (some.every((entry) => entry.kind === kind)) {
    const same = ofKind(all, kind);
    if (same.length === count) return { count, key, filter: byKind };
    const equal = same.filter((entry) => entry.status === status);
    if (equal.length === count && some.every((entry) => entry.status === status))
      return { count, key, filter: `${byKind} ${fieldWord('status', status ?? '')}` };
  }
  const byKeys = some.map((entry) => fieldWord('key', entry.key)).join(' ');
  if (byKeys.length <= LONGEST_FILTER) return { count, key, filter: byKeys };
  const kinds = [...new Set(some.map((entry) => entry.kind))];
  return { count, key, filter: kinds.map((each) => fieldWord('kind', each)).join(' ') };
}

function ofKind(entries: readonly StateEntry[], kind: string): StateEntry[] {
  return entries.filter((entry) => entry.kind === kind);
}

function cancelled(location: string): SourceError {
  return new SourceError('cancelled', `The overview of ${location} was cancelled.`, { location });
}
