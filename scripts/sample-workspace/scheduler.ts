/**
 * A discrete-event scheduler. A process is a generator that yields what it waits for: an amount of time, or an agent that
 * becomes idle. Equal times run in the order in which they were scheduled.
 */
import type { AgentModule } from './agent-module.ts';

export type Wait =
  | { readonly for: 'time'; readonly ms: number }
  | { readonly for: 'idle'; readonly agent: AgentModule };
export type Process = Generator<Wait, void, void>;

interface Entry {
  readonly at: number;
  readonly sequence: number;
  readonly process: Process;
}

export class Scheduler {
  now: number;
  private readonly queue: Entry[] = [];
  private readonly blocked = new Map<AgentModule, Process[]>();
  private sequence = 0;

  constructor(startedAt: number) {
    this.now = startedAt;
  }

  schedule(process: Process, at: number): void {
    this.sequence += 1;
    this.queue.push({ at, sequence: this.sequence, process });
    this.queue.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  }

  /** Wakes everybody who waits for the agent; each looks again whether it is still idle. */
  becameIdle(agent: AgentModule): void {
    const waiting = this.blocked.get(agent) ?? [];
    this.blocked.delete(agent);
    for (const process of waiting) this.schedule(process, this.now);
  }

  /** Runs until nothing is left to do. Throws when a process waits for an agent that will never be idle. */
  run(): void {
    for (let entry = this.queue.shift(); entry !== undefined; entry = this.queue.shift()) {
      this.now = entry.at;
      const step = entry.process.next();
      if (step.done === true) continue;
      if (step.value.for === 'time') this.schedule(entry.process, this.now + step.value.ms);
      else this.block(entry.process, step.value.agent);
    }
    const stuck = [...this.blocked.keys()].map((agent) => agent.key);
    if (stuck.length > 0) throw new Error(`deadlock: somebody still waits for ${stuck.join(', ')}`);
  }

  private block(process: Process, agent: AgentModule): void {
    this.blocked.set(agent, [...(this.blocked.get(agent) ?? []), process]);
  }
}
