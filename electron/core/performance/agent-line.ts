/** The metrics of one agent put together change by change, as points over time. */
import type { AgentPoint, AgentSeries } from '../../../shared/ipc/performance.ts';
import { rate } from '../../../shared/state/agent-metrics.ts';
import { evenly } from './evenly.ts';

/** Null for a figure that the agent does not keep. */
export interface AgentMetricsAt {
  readonly completed: number | null;
  readonly failed: number | null;
  readonly response: number | null;
}

export const NO_METRICS: AgentMetricsAt = { completed: null, failed: null, response: null };

/** Points that are gathered for each that is asked for. */
const GATHERED = 4;

export class AgentLine {
  readonly #most: number;
  #metrics: AgentMetricsAt;
  #points: AgentPoint[] = [];
  /** Of the newest point. */
  #commit: number | null = null;
  #completedIn = 0;
  #failedIn = 0;

  /** @param from milliseconds; what held then is the first point. @param most points */
  constructor(from: number, before: AgentMetricsAt, most: number) {
    this.#most = most;
    this.#metrics = before;
    this.#add(from);
  }

  /** The changes of one commit are one point. @param time milliseconds */
  step(time: number, commit: number, change: Partial<AgentMetricsAt>): void {
    const before = this.#metrics;
    this.#metrics = { ...before, ...change };
    this.#completedIn += risen(before.completed, this.#metrics.completed);
    this.#failedIn += risen(before.failed, this.#metrics.failed);
    if (commit === this.#commit) this.#points.pop();
    this.#commit = this.#add(time) ? commit : null;
  }

  series(): Omit<AgentSeries, 'key' | 'name'> {
    return { points: evenly(this.#points, this.#most), completedIn: this.#completedIn, failedIn: this.#failedIn };
  }

  /** False where the agent keeps no metrics. */
  #add(time: number): boolean {
    const { completed, failed, response } = this.#metrics;
    if (completed === null) return false;
    const ended = completed + (failed ?? 0);
    this.#points.push({
      time,
      completed,
      failed: failed ?? 0,
      ...(ended > 0 && { successRate: rate(completed, failed ?? 0) }),
      ...(response !== null && { responseTime: response }),
    });
    if (this.#points.length > 2 * GATHERED * this.#most)
      this.#points = [...evenly(this.#points, GATHERED * this.#most)];
    return true;
  }
}

/** An agent that was made anew counts from 0 again. One that was not there before ended none. */
function risen(before: number | null, after: number | null): number {
  if (before === null || after === null) return 0;
  return after >= before ? after - before : after;
}
