/** The words of the simulation: who takes part, and what a session's script can say. */
import type { PyDict, PyValue } from './python-json.ts';

export type AgentStatus = 'idle' | 'busy' | 'error' | 'offline' | 'initializing';
export type SessionStatus = 'active' | 'paused' | 'ended' | 'expired';

export interface AgentProfile {
  readonly id: string;
  readonly name: string;
  /** Tool groups that are switched on, as AgentScope's Toolkit saves them. */
  readonly toolGroups: readonly string[];
  /** Resident size of the process without any conversation. */
  readonly baseMemoryMb: number;
  /** The core team lives in files, the second team in the database. */
  readonly home: 'store' | 'database';
}

export interface UserProfile {
  readonly id: string;
  readonly displayName: string;
  readonly title: string;
  readonly locale: 'zh-CN' | 'en';
  readonly timezone: string;
}

/** What a tool does with a call. `silent` never answers: the call is left dangling. */
export type ToolAnswer =
  | { readonly kind: 'json'; readonly value: PyValue }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'silent' };

/** How a task ends. `killed`: the process dies inside of `complete_task`, after the task was cleared and before the status. */
export type TaskEnd = 'done' | 'failed' | 'killed';

/** One line of a script. Ids of agents and people are bare (`planner`, `林悦`); participants are keys (`agent:planner`). */
export type Step =
  | { readonly kind: 'ask'; readonly from: string; readonly to: string; readonly text: string }
  | {
      readonly kind: 'say';
      readonly from: string;
      readonly to: string | null;
      readonly text: string;
      readonly thinking: string | null;
    }
  | {
      readonly kind: 'call';
      readonly from: string;
      readonly tool: string;
      readonly input: PyDict;
      readonly answer: ToolAnswer;
      readonly seconds: number | null;
      readonly text: string | null;
      readonly thinking: string | null;
    }
  | { readonly kind: 'start'; readonly agent: string; readonly task: string; readonly title: string }
  | { readonly kind: 'finish'; readonly agent: string; readonly end: TaskEnd }
  | { readonly kind: 'status'; readonly agent: string; readonly status: AgentStatus }
  | { readonly kind: 'join'; readonly participant: string }
  | { readonly kind: 'note'; readonly key: string; readonly value: PyValue }
  | { readonly kind: 'wait'; readonly minutes: number }
  | { readonly kind: 'pause'; readonly reason: string }
  | { readonly kind: 'end'; readonly reason: string };

export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly language: 'zh' | 'en' | 'mixed';
  readonly topics: readonly string[];
  readonly summary: string;
  /** Minutes after the simulation's start. */
  readonly opensAt: number;
  readonly expiresInSeconds: number | null;
  /** Keys of those who are there from the beginning. */
  readonly participants: readonly string[];
  readonly steps: readonly Step[];
}
