/** AgentStateModule and AgentMetrics, by the rules of section 3.1 of the design document. */

import type { Message } from './message.ts';
import type { AgentProfile, AgentStatus, TaskEnd } from './model.ts';

/** Weight of the newest response time in the moving average. */
export const RESPONSE_TIME_ALPHA = 0.1;
const MAX_CONTEXT = 1000;

export interface AgentTask {
  readonly id: string;
  readonly sessionId: string;
}

export class AgentModule {
  readonly profile: AgentProfile;
  status: AgentStatus = 'initializing';
  task: AgentTask | null = null;
  context: Message[] = [];
  totalMessages = 0;
  successfulTasks = 0;
  failedTasks = 0;
  /** Seconds. */
  averageResponseTime = 0;
  memoryUsageMb: number;
  lastActivity: number | null = null;
  changedAt: number;

  constructor(profile: AgentProfile, createdAt: number) {
    this.profile = profile;
    this.memoryUsageMb = profile.baseMemoryMb;
    this.changedAt = createdAt;
  }

  get key(): string {
    return `agent:${this.profile.id}`;
  }

  updateStatus(status: AgentStatus, at: number): void {
    this.status = status;
    this.lastActivity = at;
    this.changedAt = at;
  }

  startTask(task: AgentTask, at: number): void {
    if (this.status !== 'idle') throw new Error(`${this.key} cannot start ${task.id} while ${this.status}`);
    this.task = task;
    this.updateStatus('busy', at);
  }

  /** `killed` stops where the document's `complete_task` has cleared the task and not yet set the status. */
  completeTask(end: TaskEnd, at: number): void {
    if (this.task === null) throw new Error(`${this.key} has no task to complete`);
    if (end === 'failed') this.failedTasks += 1;
    else this.successfulTasks += 1;
    this.task = null;
    this.changedAt = at;
    if (end !== 'killed') this.updateStatus('idle', at);
  }

  hear(message: Message): void {
    this.context.push(message);
    this.totalMessages += 1;
    this.context = this.context.slice(-MAX_CONTEXT);
    this.changedAt = message.at;
  }

  /** An exponential moving average; the first measurement is taken as it is. */
  updateResponseTime(seconds: number): void {
    this.averageResponseTime =
      this.averageResponseTime === 0
        ? seconds
        : RESPONSE_TIME_ALPHA * seconds + (1 - RESPONSE_TIME_ALPHA) * this.averageResponseTime;
  }
}
