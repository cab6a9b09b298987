/** Sessions with those who take part in them, and with their conversations, both ways. */
import type { FindingPlace } from '../../../../shared/ipc/consistency.ts';
import { parseJson } from '../../../../shared/json/parse.ts';
import type { JsonPath } from '../../../../shared/json/path.ts';
import { unwrap } from '../../../../shared/messages/message-shape.ts';
import type { Source } from '../../sources/source.ts';
import { SourceError } from '../../sources/source-error.ts';
import { bareId, type Facts, idsOf, type SessionFact } from '../facts.ts';
import { removeRepair } from '../repairs.ts';
import type { FactsRule, FoundAt, SourceRule } from '../rule.ts';
import { StateView } from '../state-view.ts';

/** A session over which nothing happens any more may have lost its people. */
const RUNNING = new Set(['active', 'paused']);

export const participantExists: FactsRule = {
  id: 'participant-missing',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const known = namesOf(facts);
    for (const session of facts.sessions.values()) {
      const places = placesByName(session);
      for (const participant of session.participants ?? []) {
        const name = participant.value;
        const kind = name.slice(0, Math.max(name.indexOf(':'), 0));
        // A name without a kind may be anybody's, and of a kind of which nothing is kept nothing can be said.
        const isKept = kind === '' ? known.kinds.has('agent') : known.kinds.has(kind);
        if (!isKept) continue;
        yield known.names.has(name)
          ? []
          : [
              {
                place: participant.place,
                // A person may take part before anything is kept of them.
                severity: kind === 'agent' ? 'error' : 'warning',
                details: { session: session.id, participant: name },
                repair: removeRepair('remove-participant', places.get(name) ?? []),
              },
            ];
      }
    }
  },
};

/** The session of an agent has to be there. */
export const agentSessionExists: FactsRule = {
  id: 'agent-session-missing',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const known = idsOf(facts, 'session');
    if (known.size === 0) return;
    for (const { id, currentSession } of facts.agents.values()) {
      if (currentSession === null) continue;
      yield known.has(bareId(currentSession.value, 'session'))
        ? []
        : [{ place: currentSession.place, details: { agent: id, session: currentSession.value } }];
    }
  },
};

/** And has to list the agent. */
export const sessionListsAgent: FactsRule = {
  id: 'agent-not-listed',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check({ agents, sessions }) {
    const known = sessionsById(sessions.values());
    const listed = new Map<SessionFact, ReadonlySet<string>>();
    for (const { id, key, currentSession } of agents.values()) {
      const session = currentSession === null ? undefined : known.get(bareId(currentSession.value, 'session'));
      if (currentSession === null || !session?.participants || session.list === null) continue;
      const names = listed.get(session) ?? new Set(session.participants.map(({ value }) => bareId(value, 'agent')));
      listed.set(session, names);
      const isListed = names.has(id) || names.has(bareId(key, 'agent'));
      yield isListed
        ? []
        : [
            {
              place: currentSession.place,
              details: { agent: id, session: session.id },
              related: [session.list],
            },
          ];
    }
  },
};

export const activityOfParticipants: FactsRule = {
  id: 'activity-of-stranger',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check({ sessions }) {
    for (const { id, participants, active, list } of sessions.values()) {
      if (participants === null || list === null || active.length === 0) continue;
      const names = new Set(participants.map(({ value }) => value));
      yield active
        .filter(({ value }) => !names.has(value))
        .map(({ value, place }) => ({
          place,
          details: { session: id, participant: value },
          related: [list],
          repair: removeRepair('remove-activity', [place.path]),
        }));
    }
  },
};

export const sessionHasPeople: FactsRule = {
  id: 'session-without-participants',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check({ sessions }) {
    for (const { id, participants, list, status } of sessions.values()) {
      if (participants === null || list === null || !RUNNING.has(status?.value ?? '')) continue;
      yield participants.length > 0 ? [] : [{ place: list, details: { session: id, status: status?.value ?? '' } }];
    }
  },
};

export const conversationHasSession: FactsRule = {
  id: 'conversation-without-session',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const known = idsOf(facts, 'session');
    if (known.size === 0) return;
    for (const { session, place } of facts.conversations) {
      if (session === null) continue;
      yield known.has(bareId(session.value, 'session'))
        ? []
        : [{ place: session.place, details: { conversation: place.key ?? '', session: session.value } }];
    }
  },
};

/** The way back: a store that has conversations has one for each session with messages. */
export const sessionHasConversation: FactsRule = {
  id: 'session-without-conversation',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check(facts) {
    const { conversations, sessions, unknown } = facts;
    const named = new Set(
      conversations.flatMap(({ session }) => (session === null ? [] : [bareId(session.value, 'session')])),
    );
    if (named.size === 0) return;
    const ids = idsOf(facts, 'session');
    for (const key of unknown) {
      if (!key.startsWith('conversation:')) continue;
      const id = bareId(key, 'conversation');
      // Of a conversation that cannot be read its name has to do; where that tells nothing, it may be anybody's.
      if (!ids.has(id)) return;
      named.add(id);
    }
    for (const session of sessions.values()) {
      if (session.messages === null || session.messages.count === 0) continue;
      yield [session.id, bareId(session.key, 'session')].some((id) => named.has(id))
        ? []
        : [{ place: session.place, details: { session: session.id, messages: session.messages.count } }];
    }
  },
};

/** A conversation that lists its session's messages lists all of them, and no others. Both are read once more where they differ. */
export const conversationMatches: SourceRule = {
  id: 'conversation-messages',
  group: 'relationships',
  severity: 'error',
  needs: 'source',
  async *check(source, facts, context) {
    const known = sessionsById(facts.sessions.values());
    for (const { key, session: named, messages } of facts.conversations) {
      const session = named === null ? undefined : known.get(bareId(named.value, 'session'));
      if (messages === null || !session?.messages) continue;
      if (messages.digest === session.messages.digest) {
        yield [];
        continue;
      }
      const [listed, held] = await Promise.all([
        idsIn(source, key, 'message_ids', context.registry),
        idsIn(source, session.key, 'messages', context.registry),
      ]);
      yield differences(
        listed,
        held,
        { conversation: key, session: session.id },
        messages.place,
        session.messages.place,
      );
    }
  },
};

function differences(
  listed: readonly string[],
  held: readonly string[],
  names: { readonly conversation: string; readonly session: string },
  place: FindingPlace,
  related: FindingPlace,
): readonly FoundAt[] {
  const inSession = new Set(held);
  const inConversation = new Set(listed);
  const gone = listed.filter((id) => !inSession.has(id));
  const unlisted = held.filter((id) => !inConversation.has(id));
  const details = {
    ...names,
    gone: gone.length,
    unlisted: unlisted.length,
    first: gone[0] ?? unlisted[0] ?? '',
  };
  return [
    {
      place,
      details,
      related: [related],
      ...(gone.length + unlisted.length === 0 && { foundKey: 'consistency.rules.conversation-messages.foundOrder' }),
      // An index that lags behind can be made anew; one that names messages which are gone is a loss.
      severity: gone.length > 0 ? 'error' : 'warning',
      repair: {
        id: 'list-messages',
        details: {},
        edits: [{ op: 'set', path: place.path, text: JSON.stringify(held) }],
      },
    },
  ];
}

async function idsIn(
  source: Source,
  key: string,
  list: 'message_ids' | 'messages',
  registry: StateView['registry'],
): Promise<readonly string[]> {
  const entry = source.entries.find((each) => each.key === key);
  try {
    const { bytes, metadata } = await source.read(key);
    const { document, issues } = parseJson(bytes);
    if (document === null || entry === undefined) return [];
    const state = new StateView(entry, metadata, document, issues, registry);
    return (state.list(list)?.value ?? []).flatMap(
      (item) =>
        (list === 'messages' ? state.text('id', unwrap(document, item))?.value : state.textAt(item)?.value) ?? [],
    );
  } catch (error) {
    // Gone since it was looked at: told when it is checked again.
    if (error instanceof SourceError && error.code !== 'cancelled') return [];
    throw error;
  }
}

function sessionsById(sessions: Iterable<SessionFact>): ReadonlyMap<string, SessionFact> {
  return new Map(
    [...sessions].flatMap((each) => [[bareId(each.key, 'session'), each] as const, [each.id, each] as const]),
  );
}

/** Every name by which a participant may be meant, and the kinds of which anything is kept. */
function namesOf({ keys, agents, unknown }: Facts) {
  const names = new Set<string>([...keys.keys(), ...unknown]);
  const kinds = new Set<string>();
  for (const { kind, id } of keys.values()) {
    names.add(id);
    kinds.add(kind);
  }
  for (const { id } of agents.values()) names.add(id).add(`agent:${id}`);
  return { names, kinds };
}

/** Where each is named: in the list, from behind, and in the activity. */
function placesByName({ participants, active }: SessionFact): ReadonlyMap<string, readonly JsonPath[]> {
  const places = new Map<string, JsonPath[]>();
  for (const { value, place } of [...(participants ?? []).toReversed(), ...active]) {
    const others = places.get(value);
    if (others === undefined) places.set(value, [place.path]);
    else others.push(place.path);
  }
  return places;
}
