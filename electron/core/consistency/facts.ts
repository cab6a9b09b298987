/**
 * What is kept of each state after it has been looked at: names, statuses and references, never messages. The rules about how
 * states belong together look at these, so that each state is read once and only a few hundred bytes of it stay.
 */
import { createHash } from 'node:crypto';
import type { FindingPlace } from '../../../shared/ipc/consistency.ts';
import type { NodeId } from '../../../shared/json/document.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { unwrap } from '../../../shared/messages/message-shape.ts';
import type { Noted, StateView } from './state-view.ts';

/** A value with its place, after its state has been let go. */
export interface Kept<T> {
  readonly value: T;
  readonly place: FindingPlace;
}

export interface StatusFact extends Kept<string> {
  /** As it is written, and the path of the text within its tag. */
  readonly raw: string;
  readonly textPath: JsonPath;
}

export interface AgentFact {
  readonly key: string;
  readonly id: string;
  readonly place: FindingPlace;
  readonly status: StatusFact | null;
  /** Null where the agent has no such attribute; the value is null where it has one and no task. */
  readonly currentTask: Kept<string | null> | null;
  /** As it is named: with or without `session:`. */
  readonly currentSession: Kept<string> | null;
  readonly successful: Kept<number> | null;
  readonly failed: Kept<number> | null;
  readonly totalMessages: number | null;
  readonly updatedMs: number | null;
}

export interface SessionFact {
  readonly key: string;
  readonly id: string;
  readonly place: FindingPlace;
  readonly status: StatusFact | null;
  readonly participants: readonly Kept<string>[] | null;
  /** Where `participants` stands. */
  readonly list: FindingPlace | null;
  /** Who has a time in `participant_activity`. */
  readonly active: readonly Kept<string>[];
  readonly messages: MessageIds | null;
  readonly messageCount: number | null;
  readonly updatedMs: number | null;
}

export interface ConversationFact {
  readonly key: string;
  readonly place: FindingPlace;
  /** As it is named: with or without `session:`. */
  readonly session: Kept<string> | null;
  readonly messages: MessageIds | null;
}

/** Of a list of messages, however long it is. */
export interface MessageIds {
  readonly count: number;
  /** Of the ids in their order: two lists with the same digest have the same ids. */
  readonly digest: string;
  readonly place: FindingPlace;
}

export interface TaskFact {
  readonly id: string;
  readonly place: FindingPlace;
  readonly agent: Kept<string> | null;
  readonly session: Kept<string> | null;
  /** `open`: neither done nor given up. */
  readonly status: 'open' | 'done' | 'failed' | 'other' | null;
}

/** Sums over all agents or sessions that a state claims to know (section 3.2 and 4.2 of the design). */
export interface TotalsFact {
  readonly of: 'agents' | 'sessions';
  readonly atMs: number | null;
  readonly figures: Readonly<Record<string, Kept<number>>>;
}

export interface Facts {
  /** By key. */
  readonly keys: ReadonlyMap<string, { readonly kind: string; readonly id: string }>;
  readonly agents: ReadonlyMap<string, AgentFact>;
  readonly sessions: ReadonlyMap<string, SessionFact>;
  readonly conversations: readonly ConversationFact[];
  readonly tasks: readonly TaskFact[];
  readonly totals: readonly TotalsFact[];
  /** States that could not be read, or not to their end: what they would say is not known. */
  readonly unknown: ReadonlySet<string>;
}

const OPEN = new Set(['open', 'pending', 'running', 'in_progress', 'active', 'assigned', 'started', 'todo']);
const DONE = new Set(['done', 'completed', 'complete', 'finished', 'success', 'succeeded']);
const FAILED = new Set(['failed', 'failure', 'error', 'cancelled', 'canceled', 'aborted']);

/** A folder `tasks/` is a kind of its own. */
const TASK_KINDS = new Set(['task', 'tasks']);

/** `agent:x` and `x` mean the same agent. */
export function bareId(name: string, kind: string): string {
  return name.startsWith(`${kind}:`) ? name.slice(kind.length + 1) : name;
}

/** Every name by which an agent or a session may be meant, also of one that cannot be read. */
export function idsOf(facts: Facts, kind: 'agent' | 'session'): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const known of facts.keys.values()) if (known.kind === kind) ids.add(known.id);
  for (const { id } of (kind === 'agent' ? facts.agents : facts.sessions).values()) ids.add(id);
  return ids;
}

export class FactCollector implements Facts {
  readonly keys = new Map<string, { readonly kind: string; readonly id: string }>();
  readonly agents = new Map<string, AgentFact>();
  readonly sessions = new Map<string, SessionFact>();
  readonly conversations: ConversationFact[] = [];
  readonly tasks: TaskFact[] = [];
  readonly totals: TotalsFact[] = [];
  readonly unknown = new Set<string>();

  add(state: StateView): void {
    if (state.isCutOff) {
      this.unknown.add(state.key);
      return;
    }
    if (state.document.kind(state.data) !== 'object') return;
    const { kind } = state.entry;
    if (kind === 'agent') this.agents.set(state.key, agentFact(state));
    else if (kind === 'session') this.sessions.set(state.key, sessionFact(state));
    else if (kind === 'conversation') this.conversations.push(conversationFact(state));
    for (const task of tasksIn(state)) this.tasks.push(task);
    this.totals.push(...totalsIn(state));
  }
}

function agentFact(state: StateView): AgentFact {
  const { key, entry } = state;
  const metrics = state.member('performance_metrics');
  const inMetrics = (name: string) =>
    metrics === undefined ? null : keep(state, state.number(name, state.untagged(metrics)));
  return {
    key,
    id: state.text('agent_id')?.value ?? entry.id,
    place: state.place(),
    status: statusFact(state),
    currentTask: currentTask(state),
    currentSession: keep(state, state.text('current_session_id') ?? state.text('current_session')),
    successful: inMetrics('successful_tasks'),
    failed: inMetrics('failed_tasks'),
    totalMessages: inMetrics('total_messages')?.value ?? null,
    updatedMs: updatedMs(state),
  };
}

function statusFact(state: StateView): StatusFact | null {
  const found = state.status();
  if (found === undefined) return null;
  return { value: found.value, place: state.place(found.node), raw: found.raw, textPath: state.path(found.text) };
}

function currentTask(state: StateView): Kept<string | null> | null {
  const node = state.member('current_task_id');
  if (node === undefined) return null;
  const kind = state.document.kind(node);
  if (kind === 'null') return { value: null, place: state.place(node) };
  return keep(state, state.textAt(node));
}

function sessionFact(state: StateView): SessionFact {
  const participants = state.list('participants');
  const activity = state.member('participant_activity');
  const activityNode = activity === undefined ? undefined : state.untagged(activity);
  const active =
    activityNode !== undefined && state.document.kind(activityNode) === 'object'
      ? [...state.document.children(activityNode)]
      : [];
  const messages = state.list('messages');
  return {
    key: state.key,
    id: state.text('session_id')?.value ?? state.entry.id,
    place: state.place(),
    status: statusFact(state),
    participants:
      participants === undefined ? null : participants.value.flatMap((item) => keep(state, state.textAt(item)) ?? []),
    list: participants === undefined ? null : state.place(participants.node),
    active: active.map((node) => ({ value: state.document.key(node) ?? '', place: state.place(node) })),
    messages:
      messages === undefined
        ? null
        : messageIdsOf(state, messages, (item) => state.text('id', unwrap(state.document, item))?.value ?? null),
    messageCount: state.number('message_count')?.value ?? null,
    updatedMs: updatedMs(state),
  };
}

function conversationFact(state: StateView): ConversationFact {
  const ids = state.list('message_ids');
  return {
    key: state.key,
    place: state.place(),
    session: keep(state, state.text('session') ?? state.text('session_id')),
    messages: ids === undefined ? null : messageIdsOf(state, ids, (item) => state.textAt(item)?.value ?? null),
  };
}

function messageIdsOf(
  state: StateView,
  { value: items, node }: Noted<readonly NodeId[]>,
  idOf: (item: NodeId) => string | null,
): MessageIds | null {
  const hash = createHash('sha256');
  for (const item of items) {
    const id = idOf(item);
    // Without ids there is nothing to compare by.
    if (id === null) return null;
    hash.update(JSON.stringify(id));
  }
  return { count: items.length, digest: hash.digest('base64'), place: state.place(node) };
}

/** The items of a board's `tasks`, and states that are a task themselves. */
function* tasksIn(state: StateView): Generator<TaskFact> {
  if (TASK_KINDS.has(state.entry.kind)) {
    yield taskFact(state, state.data, state.text('task_id')?.value ?? state.entry.id);
    return;
  }
  const { document } = state;
  for (const item of state.list('tasks')?.value ?? []) {
    if (document.kind(item) !== 'object') continue;
    const id = state.text('task_id', item)?.value ?? state.text('id', item)?.value;
    if (id !== undefined) yield taskFact(state, item, id);
  }
}

function taskFact(state: StateView, node: NodeId, id: string): TaskFact {
  const named = (...names: readonly string[]) => {
    for (const name of names) {
      const found = state.text(name, node);
      if (found !== undefined) return keep(state, found);
    }
    return null;
  };
  const status = state.status(node)?.value;
  return {
    id,
    place: state.place(node),
    agent: named('agent', 'agent_id', 'assigned_to', 'assignee'),
    session: named('session', 'session_id'),
    status: status === undefined ? null : statusOf(status),
  };
}

function statusOf(status: string): TaskFact['status'] {
  if (OPEN.has(status)) return 'open';
  if (DONE.has(status)) return 'done';
  return FAILED.has(status) ? 'failed' : 'other';
}

const TOTALS = {
  agents: ['total_agents', 'total_messages', 'total_successful_tasks', 'total_failed_tasks'],
  sessions: ['total_sessions', 'total_messages'],
} as const;

/** Of `{at, agents: {total_agents, …}, sessions: {total_sessions, …}}`, as the design's get_system_metrics gives them. */
function totalsIn(state: StateView): readonly TotalsFact[] {
  return (['agents', 'sessions'] as const).flatMap((of) => {
    const node = state.member(of);
    if (node === undefined || state.number(`total_${of}`, node) === undefined) return [];
    const atMs = (state.time('at') ?? state.time('timestamp'))?.value.epochMs ?? null;
    const figures = TOTALS[of].flatMap((name) => {
      const kept = keep(state, state.number(name, node));
      return kept === null ? [] : [[name, kept] as const];
    });
    return [{ of, atMs, figures: Object.fromEntries(figures) }];
  });
}

function updatedMs(state: StateView): number | null {
  const { updatedAt } = state.entry;
  const ms =
    updatedAt === null ? NaN : Date.parse(/[Zz]$|[+-]\d\d:?\d\d$/.test(updatedAt) ? updatedAt : `${updatedAt}Z`);
  return Number.isNaN(ms) ? null : ms;
}

function keep<T>(state: StateView, found: Noted<T> | undefined): Kept<T> | null {
  return found === undefined ? null : { value: found.value, place: state.place(found.node) };
}
