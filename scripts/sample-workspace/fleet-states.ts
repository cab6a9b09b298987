/** From the simulated fleet to the states of its agents, sessions, conversations and people. */
import type { AgentModule } from './agent-module.ts';
import { isoTime, SECOND, STARTED_AT } from './clock.ts';
import { agentScopeMessage, type Message, sessionMessage, type ToolCall } from './message.ts';
import type { UserProfile } from './model.ts';
import { float, type PyDict } from './python-json.ts';
import type { SessionModule } from './session-module.ts';
import { datetimeTag, enumTag, type FileForm, type Home, type StateRecord, setTag } from './state-record.ts';
import type { Fleet } from './world.ts';

const VERSION = '1.0.0';
const INDENTED = new Set(['agent:planner', 'user:林悦']);
const COMPRESSED = new Set([
  'session:report-sales-q3',
  'session:translation-manual-a20',
  'conversation:report-sales-q3',
  'conversation:translation-manual-a20',
]);

export function fleetStates(fleet: Fleet): StateRecord[] {
  return [
    ...fleet.agents.map(agentState),
    ...fleet.sessions.map(sessionState),
    ...fleet.sessions.map((session) => conversationState(session, fleet.toolCalls.get(session) ?? [])),
    ...fleet.users.map(userState),
  ];
}

function agentState(agent: AgentModule): StateRecord {
  return {
    kind: 'agent',
    id: agent.profile.id,
    type: 'robotagent.state.AgentStateModule',
    version: VERSION,
    createdAt: STARTED_AT,
    savedAt: agent.changedAt,
    tags: ['fleet', ...agent.profile.toolGroups],
    home: agent.profile.home === 'database' ? { in: 'database', metadata: true } : file(agent.key),
    data: {
      // AgentScope's state_dict lists nested modules before attributes.
      toolkit: { active_groups: agent.profile.toolGroups },
      agent_id: agent.profile.id,
      status: enumTag('AgentStatus', agent.status),
      current_task_id: agent.task?.id ?? null,
      conversation_context: agent.context.map(agentScopeMessage),
      performance_metrics: {
        total_messages: agent.totalMessages,
        successful_tasks: agent.successfulTasks,
        failed_tasks: agent.failedTasks,
        average_response_time: float(agent.averageResponseTime),
        memory_usage_mb: float(agent.memoryUsageMb),
        last_activity: agent.lastActivity === null ? null : datetimeTag(agent.lastActivity),
      },
    },
  };
}

function sessionState(session: SessionModule): StateRecord {
  const activity = [...session.participantActivity].map(([participant, at]) => [participant, isoTime(at)] as const);
  return {
    kind: 'session',
    id: session.scenario.id,
    type: 'robotagent.state.SessionStateModule',
    version: VERSION,
    createdAt: session.createdAt,
    savedAt: session.changedAt,
    tags: session.scenario.topics,
    home: file(`session:${session.scenario.id}`),
    data: {
      session_id: session.scenario.id,
      participants: session.participants,
      messages: session.messages.map(sessionMessage),
      context: session.context,
      status: enumTag('SessionStatus', session.status),
      created_at: isoTime(session.createdAt),
      expires_at: session.expiresAt === null ? null : isoTime(session.expiresAt),
      message_count: session.messageCount,
      participant_activity: new Map(activity),
    },
  };
}

/** The index of a session's conversation: what was said where, which tools ran and how long, what it cost. */
function conversationState(session: SessionModule, toolCalls: readonly ToolCall[]): StateRecord {
  const { scenario, messages } = session;
  const last = messages.at(-1)?.at ?? session.createdAt;
  return {
    kind: 'conversation',
    id: scenario.id,
    type: 'robotagent.state.ConversationStateModule',
    version: VERSION,
    createdAt: session.createdAt,
    savedAt: last,
    tags: scenario.topics,
    home: file(`conversation:${scenario.id}`),
    data: {
      conversation_id: scenario.id,
      session: `session:${scenario.id}`,
      title: scenario.title,
      language: scenario.language,
      topics: setTag(scenario.topics),
      summary: scenario.summary,
      started_at: datetimeTag(messages.at(0)?.at ?? session.createdAt),
      updated_at: datetimeTag(last),
      message_ids: messages.map((message) => message.id),
      tool_calls: toolCalls.map(toolCallEntry),
      token_usage: tokenUsage(messages),
    },
  };
}

function toolCallEntry(call: ToolCall): PyDict {
  return {
    id: call.id,
    name: call.name,
    agent: call.agent,
    called_at: datetimeTag(call.calledAt),
    seconds: call.answeredAt === null ? null : float((call.answeredAt - call.calledAt) / SECOND),
    state: call.answeredAt === null ? 'pending' : 'answered',
  };
}

/** Output tokens by agent, in order of first appearance. */
function tokenUsage(messages: readonly Message[]): PyDict {
  const totals: Record<string, number> = {};
  for (const message of messages) {
    if (message.reply === null) continue;
    totals[message.sender] = (totals[message.sender] ?? 0) + message.reply.outputTokens;
  }
  return totals;
}

function userState(user: UserProfile): StateRecord {
  return {
    kind: 'user',
    id: user.id,
    type: 'robotagent.state.UserProfileModule',
    version: VERSION,
    createdAt: STARTED_AT,
    savedAt: STARTED_AT,
    tags: [],
    home: file(`user:${user.id}`),
    data: {
      user_id: user.id,
      display_name: user.displayName,
      title: user.title,
      locale: user.locale,
      timezone: user.timezone,
    },
  };
}

function file(key: string): Home {
  const form: FileForm = COMPRESSED.has(key) ? 'gzip' : INDENTED.has(key) ? 'indented' : 'line';
  return { in: 'store', form };
}
