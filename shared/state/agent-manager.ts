import { rate } from './agent-metrics.ts';
import { AgentStateModule, AgentStatus, agentStateType } from './agent-state.ts';
import type { Clock } from './clock.ts';
import type { StateCodec } from './codec.ts';
import { StateManager } from './state-manager.ts';

/** The system metrics of 3.2. */
export interface AgentSystemMetrics {
  readonly totalAgents: number;
  /** Busy ones. */
  readonly activeAgents: number;
  readonly idleAgents: number;
  readonly errorAgents: number;
  readonly totalMessages: number;
  readonly totalSuccessfulTasks: number;
  readonly totalFailedTasks: number;
  /** 0 to 1 over all tasks; 0 when no task has ended. */
  readonly overallSuccessRate: number;
}

/** The document's AgentStateManager (3.2). The codec's registry must know `agentStateType` (`registerDocumentTypes`). */
export class AgentStateManager extends StateManager<AgentStateModule> {
  constructor(codec: StateCodec, clock: Clock) {
    super(codec, agentStateType, clock);
  }

  protected override make(id: string): AgentStateModule {
    return new AgentStateModule(id, this.clock);
  }

  /** @throws StateValueError `already-exists`. */
  createAgentState(agentId: string): AgentStateModule {
    return this.add(agentId);
  }

  getAgentsByStatus(status: AgentStatus): readonly string[] {
    return this.idsWhere((agent) => agent.status === status);
  }

  getSystemMetrics(): AgentSystemMetrics {
    const metrics = this.modules.map(({ performanceMetrics }) => performanceMetrics);
    const successes = sum(metrics.map(({ successfulTasks }) => successfulTasks));
    const failures = sum(metrics.map(({ failedTasks }) => failedTasks));
    return {
      totalAgents: this.ids.length,
      activeAgents: this.getAgentsByStatus(AgentStatus.BUSY).length,
      idleAgents: this.getAgentsByStatus(AgentStatus.IDLE).length,
      errorAgents: this.getAgentsByStatus(AgentStatus.ERROR).length,
      totalMessages: sum(metrics.map(({ totalMessages }) => totalMessages)),
      totalSuccessfulTasks: successes,
      totalFailedTasks: failures,
      overallSuccessRate: rate(successes, failures),
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
