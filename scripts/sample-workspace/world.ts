/** What one run of the simulation holds while it runs, and what it leaves behind. */
import type { AgentModule } from './agent-module.ts';
import type { ToolCall } from './message.ts';
import type { Sample } from './metrics.ts';
import type { TaskEnd, UserProfile } from './model.ts';
import type { Scheduler } from './scheduler.ts';
import type { SessionModule } from './session-module.ts';

export interface Task {
  readonly id: string;
  readonly title: string;
  readonly agent: string;
  readonly sessionId: string;
  readonly startedAt: number;
  finishedAt: number | null;
  end: TaskEnd | null;
}

export interface Fleet {
  readonly agents: readonly AgentModule[];
  readonly users: readonly UserProfile[];
  readonly sessions: readonly SessionModule[];
  readonly tasks: readonly Task[];
  /** By session. */
  readonly toolCalls: ReadonlyMap<SessionModule, readonly ToolCall[]>;
  readonly samples: readonly Sample[];
}

/** What the processes of one run share. */
export interface World {
  readonly seed: string;
  readonly scheduler: Scheduler;
  readonly agents: ReadonlyMap<string, AgentModule>;
  readonly users: ReadonlyMap<string, UserProfile>;
  readonly sessions: SessionModule[];
  readonly tasks: Task[];
  readonly toolCalls: Map<SessionModule, ToolCall[]>;
  readonly samples: Sample[];
}
