/** The document's AgentStateModule (3.1). Names in the state are the document's, so Python reads and writes the same. */
import { AgentMetrics } from './agent-metrics.ts';
import type { Clock } from './clock.ts';
import { DateTime } from './date-time.ts';
import { EnhancedStateModule } from './enhanced-state-module.ts';
import { cloneValue, type PlainObject } from './plain.ts';
import { foreignLabel, isDict, isList, isMemberOf, isText, isTextOrNull } from './rules.ts';
import type { StateDict } from './state-module.ts';
import { defineStateType, type StateType } from './state-type.ts';
import { type EnumType, enumValueOf } from './type-registry.ts';
import { EnumValue } from './values.ts';

export const AgentStatus = {
  IDLE: 'idle',
  BUSY: 'busy',
  ERROR: 'error',
  OFFLINE: 'offline',
  INITIALIZING: 'initializing',
} as const;
export type AgentStatus = (typeof AgentStatus)[keyof typeof AgentStatus];

export const agentStatusType: EnumType = { name: 'statescope.AgentStatus', members: AgentStatus, anyModule: true };

/** The latest messages that an agent keeps. */
export const CONTEXT_LIMIT = 1000;

export const agentStateType: StateType = defineStateType({
  name: 'statescope.AgentStateModule',
  stateClass: 'core',
  attributes: [
    { key: 'agent_id', rules: [isText] },
    { key: 'status', rules: [isMemberOf(agentStatusType)] },
    { key: 'current_task_id', rules: [isTextOrNull] },
    { key: 'conversation_context', rules: [isList] },
    { key: 'performance_metrics', rules: [isDict] },
  ],
});

export class AgentStateModule extends EnhancedStateModule {
  agentId: string;
  status: AgentStatus = AgentStatus.IDLE;
  currentTaskId: string | null = null;
  /** The latest 1,000 messages, oldest first. Replaced, never changed in place. */
  conversationContext: readonly PlainObject[] = [];
  performanceMetrics = new AgentMetrics();
  readonly #clock: Clock;
  /** As the file that was loaded spells the enum's type. */
  #statusLabel = agentStatusType.name;

  constructor(agentId: string, clock: Clock) {
    super(agentStateType);
    this.agentId = agentId;
    this.#clock = clock;
    this.registerState('agentId', { key: 'agent_id' });
    this.registerState<AgentStatus>('status', {
      toJson: (status) => new EnumValue(this.#statusLabel, status),
      fromJson: (data) => enumValueOf(agentStatusType, data) as AgentStatus,
    });
    this.registerState('currentTaskId', { key: 'current_task_id' });
    this.registerState('conversationContext', { key: 'conversation_context', validators: [isList] });
    this.registerState<AgentMetrics>('performanceMetrics', {
      key: 'performance_metrics',
      toJson: (metrics) => metrics.toJson(),
      fromJson: (data) => new AgentMetrics(data),
    });
  }

  updateStatus(status: AgentStatus): void {
    this.status = status;
    this.performanceMetrics = this.performanceMetrics.withActivity(this.#clock());
  }

  startTask(taskId: string): void {
    this.currentTaskId = taskId;
    this.updateStatus(AgentStatus.BUSY);
  }

  completeTask(outcome: 'success' | 'failure' = 'success'): void {
    this.performanceMetrics = this.performanceMetrics.countTask(outcome);
    this.currentTaskId = null;
    this.updateStatus(AgentStatus.IDLE);
  }

  /** Copied. A message that has a `timestamp` keeps it; one that has none gets the clock's, in UTC. */
  addConversationMessage(message: Readonly<PlainObject>): void {
    const added = { ...cloneValue(message) };
    if (!Object.hasOwn(added, 'timestamp')) added['timestamp'] = DateTime.at(this.#clock()).text;
    this.performanceMetrics = this.performanceMetrics.countMessage();
    this.conversationContext = [...this.conversationContext, added].slice(-CONTEXT_LIMIT);
  }

  /** The latest messages, oldest first. 0 gives none. */
  getConversationSummary(lastN = 10): readonly PlainObject[] {
    return lastN > 0 ? this.conversationContext.slice(-lastN) : [];
  }

  /** @param responseTime in seconds. */
  updateResponseTime(responseTime: number): void {
    this.performanceMetrics = this.performanceMetrics.withResponseTime(responseTime);
  }

  protected override loaded(data: Readonly<StateDict>): void {
    this.#statusLabel = foreignLabel(data['status']) ?? agentStatusType.name;
  }
}
