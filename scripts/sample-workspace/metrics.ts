/** The system metrics of sections 3.2 and 4.2 of the design document. */
import type { AgentModule } from './agent-module.ts';
import type { AgentStatus, SessionStatus } from './model.ts';
import { float, type PyDict } from './python-json.ts';
import type { SessionModule } from './session-module.ts';

export interface Sample {
  readonly at: number;
  readonly agents: PyDict;
  readonly sessions: PyDict;
}

export function measure(at: number, agents: readonly AgentModule[], sessions: readonly SessionModule[]): Sample {
  return { at, agents: agentMetrics(agents), sessions: sessionMetrics(sessions) };
}

function agentMetrics(agents: readonly AgentModule[]): PyDict {
  const inStatus = (status: AgentStatus): number => agents.filter((agent) => agent.status === status).length;
  const successful = sum(agents.map((agent) => agent.successfulTasks));
  const failed = sum(agents.map((agent) => agent.failedTasks));
  return {
    total_agents: agents.length,
    active_agents: inStatus('busy'),
    idle_agents: inStatus('idle'),
    error_agents: inStatus('error'),
    total_messages: sum(agents.map((agent) => agent.totalMessages)),
    total_successful_tasks: successful,
    total_failed_tasks: failed,
    overall_success_rate: float(successful + failed > 0 ? successful / (successful + failed) : 0),
  };
}

function sessionMetrics(sessions: readonly SessionModule[]): PyDict {
  const inStatus = (status: SessionStatus): number => sessions.filter((session) => session.status === status).length;
  const messages = sum(sessions.map((session) => session.messageCount));
  return {
    total_sessions: sessions.length,
    active_sessions: inStatus('active'),
    paused_sessions: inStatus('paused'),
    ended_sessions: inStatus('ended'),
    total_messages: messages,
    total_participants: new Set(sessions.flatMap((session) => session.participants)).size,
    // Python writes the int 0 when there is no session yet, and a float otherwise.
    average_messages_per_session: sessions.length > 0 ? float(messages / sessions.length) : 0,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
