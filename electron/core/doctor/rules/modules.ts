/**
 * Modules that a session has lost: setting a nested module to None drops it from `state_dict`, a save that failed half-way leaves
 * keys out, and `load_state_dict` is strict for nested modules, so the agent comes up blank (QwenPaw #899).
 */
import type { ConsistencyRepair } from '../../../../shared/ipc/consistency.ts';
import type { JsonDocument, NodeId } from '../../../../shared/json/document.ts';
import { parseJson } from '../../../../shared/json/parse.ts';
import type { JsonPath } from '../../../../shared/json/path.ts';
import type { Facts } from '../../consistency/facts.ts';
import type { FoundAt, JournalRule, SourceRule } from '../../consistency/rule.ts';
import { placeOf } from '../../consistency/state-view.ts';
import type { StateEntry } from '../../sources/source.ts';
import { bytesOrNull } from './bytes-or-null.ts';

/** What AgentScope 1.x writes of modules that hold nothing. */
const EMPTY: Readonly<Record<string, string>> = {
  toolkit: '{"active_groups": []}',
  memory: '{"content": [], "_compressed_summary": ""}',
  plan_notebook: '{"storage": {"plans": {}}, "current_plan": null}',
};
const SESSIONS: ReadonlySet<string> = new Set(['JSONSession', 'SqliteSession', 'RedisSession']);
/** Longer ones are not carried along in a report. */
const LONGEST_REPAIR = 1 << 18;
const MOST_MOMENTS = 20;
/** Of values that all sessions have alike. */
const LONGEST_VALUE = 1 << 16;
/** The session, its agents, and their parts. */
const PART_DEPTH = 2;
const GROUP = 'conversation';
const ID = 'dropped-module';

/** The agents of a session with their modules and attributes: short values as they are written, null for modules and what is long. */
type Shape = ReadonlyMap<string, ReadonlyMap<string, string | null>>;

/** What all other sessions of the same agent have. */
export const droppedModule: SourceRule = {
  id: ID,
  group: GROUP,
  severity: 'warning',
  needs: 'source',
  async *check(source) {
    // Names only: of the values one for all sessions is kept.
    const sessions: { entry: StateEntry; names: ReadonlyMap<string, ReadonlySet<string>> }[] = [];
    const agents = new Map<string, Common>();
    for (const entry of source.entries) {
      if (!SESSIONS.has(entry.type ?? '')) continue;
      const shape = shapeOf(await bytesOrNull(source, entry.key));
      if (shape === null) continue;
      sessions.push({ entry, names: new Map([...shape].map(([agent, members]) => [agent, new Set(members.keys())])) });
      for (const [agent, members] of shape) agents.set(agent, withSession(agents.get(agent), members));
    }
    for (const { entry, names } of sessions) yield [...missingIn(entry, names, agents)];
  },
};

/** What the sessions of one agent have in common. */
interface Common {
  readonly sessions: number;
  /** How many have it, and the value that all of these have; null where they differ. */
  readonly parts: Map<string, { readonly count: number; readonly value: string | null }>;
}

function withSession(
  { sessions, parts }: Common = { sessions: 0, parts: new Map() },
  members: ReadonlyMap<string, string | null>,
): Common {
  for (const [name, value] of members) {
    const known = parts.get(name);
    const isSame = known === undefined || known.value === value;
    parts.set(name, { count: (known?.count ?? 0) + 1, value: isSame ? value : null });
  }
  return { sessions: sessions + 1, parts };
}

function* missingIn(
  entry: StateEntry,
  names: ReadonlyMap<string, ReadonlySet<string>>,
  agents: ReadonlyMap<string, Common>,
): Iterable<FoundAt> {
  for (const [agent, members] of names) {
    const { sessions = 0, parts = [] } = agents.get(agent) ?? {};
    const others = sessions - 1;
    for (const [name, { count, value }] of parts) {
      if (members.has(name) || count < others || others === 0) continue;
      const text = EMPTY[name] ?? value;
      const repair = text === null ? null : putIn('add-module', [agent, name], text);
      yield missing(entry, [agent, name], { agent, module: name, sessions: others }, repair);
    }
  }
}

/** What the session had when it was recorded before: the last moments that are known of it. */
export const moduleDroppedSince: JournalRule = {
  id: 'module-dropped-since',
  group: GROUP,
  severity: 'error',
  needs: 'journal',
  *check(journal, facts) {
    for (const entry of sessionsOf(facts)) {
      const [last, ...before] = journal.commitsOf(entry.key).slice(-MOST_MOMENTS).toReversed();
      if (last === undefined || before.length === 0) continue;
      const textAt = (seq: number) => journal.stateAt(entry.key, { seq });
      yield [
        ...droppedSince(
          entry,
          textAt(last),
          before.map((seq) => ({ name: `#${seq}`, read: () => textAt(seq) })),
        ),
      ];
    }
  },
};

interface KnownMoment {
  readonly name: string;
  read(): Uint8Array | null;
}

function sessionsOf({ keys, sessions }: Facts): readonly Pick<StateEntry, 'key' | 'location'>[] {
  const found: Pick<StateEntry, 'key' | 'location'>[] = [];
  for (const [key, { kind }] of keys) {
    if (kind === 'session') found.push({ key, location: sessions.get(key)?.place.location ?? key });
  }
  return found;
}

/** @param moments the latest first; each module is told with the last moment that has it. */
function* droppedSince(
  entry: Pick<StateEntry, 'key' | 'location'>,
  now: Uint8Array | null,
  moments: readonly KnownMoment[],
): Iterable<FoundAt> {
  const shape = shapeOf(now);
  if (shape === null) return;
  const told = new Set<string>();
  for (const moment of moments) {
    const then = documentOf(moment.read());
    if (then === null) continue;
    for (const { agent, name, node } of partsOf(then)) {
      const id = JSON.stringify([agent, name]);
      if (shape.get(agent)?.has(name) !== false || told.has(id)) continue;
      told.add(id);
      const isLong = then.end(node) - then.start(node) > LONGEST_REPAIR;
      const repair = isLong
        ? null
        : putIn('put-module-back', [agent, name], then.rawText(node), { moment: moment.name });
      yield missing(entry, [agent, name], { agent, module: name, moment: moment.name }, repair);
    }
  }
}

function missing(
  entry: Pick<StateEntry, 'key' | 'location'>,
  path: JsonPath,
  details: FoundAt['details'] & object,
  repair: ConsistencyRepair | null,
): FoundAt {
  return { place: placeOf(entry, path), details, ...(repair !== null && { repair }) };
}

function putIn(
  id: string,
  path: JsonPath,
  text: string,
  details: ConsistencyRepair['details'] = {},
): ConsistencyRepair {
  return { id, details, edits: [{ op: 'set', path, text }] };
}

function shapeOf(text: Uint8Array | null): Shape | null {
  const document = documentOf(text);
  if (document === null) return null;
  const shape = new Map<string, Map<string, string | null>>();
  for (const { agent, name, node } of partsOf(document)) {
    const kind = document.kind(node);
    const isShort = kind !== 'object' && kind !== 'array' && document.end(node) - document.start(node) <= LONGEST_VALUE;
    const members = shape.get(agent) ?? new Map<string, string | null>();
    shape.set(agent, members.set(name, isShort ? document.rawText(node) : null));
  }
  return shape;
}

function documentOf(text: Uint8Array | null): JsonDocument | null {
  const document = text === null ? null : parseJson(text, { recordDepth: PART_DEPTH }).document;
  return document !== null && document.kind(0) === 'object' ? document : null;
}

function* partsOf(document: JsonDocument): Iterable<{ agent: string; name: string; node: NodeId }> {
  for (const agent of document.children(0)) {
    if (document.isShadowed(agent) || !isAgent(document, agent)) continue;
    for (const node of document.children(agent)) {
      yield { agent: document.key(agent) ?? '', name: document.key(node) ?? '', node };
    }
  }
}

/** Other modules of a session, such as a plan, are of any shape. */
function isAgent(document: JsonDocument, node: NodeId): boolean {
  if (document.kind(node) !== 'object') return false;
  const memory = document.member(node, 'memory');
  return memory !== undefined ? document.kind(memory) === 'object' : document.member(node, '_sys_prompt') !== undefined;
}
