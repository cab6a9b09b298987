import { DateTime } from './date-time.ts';
import { StateTypeError } from './errors.ts';
import { isPlainObject, memberOf, type PlainObject, setMember } from './plain.ts';
import { plainNumber, timeOf } from './rules.ts';

/** Weight of the newest response time in the moving average (the document, 3.1). */
export const ALPHA = 0.1;

const DEFAULTS: Readonly<PlainObject> = {
  total_messages: 0,
  successful_tasks: 0,
  failed_tasks: 0,
  average_response_time: 0,
  memory_usage_mb: 0,
  last_activity: null,
};

/**
 * The document's AgentMetrics (3.1), immutable. It is its JSON data: unknown fields, their order and numbers such as 553.0
 * stay, missing fields have their defaults.
 */
export class AgentMetrics {
  readonly #data: PlainObject;

  /** @throws StateTypeError `not-a-dict`. */
  constructor(data: unknown = {}) {
    if (!isPlainObject(data)) throw new StateTypeError('not-a-dict', 'agent metrics are a dict');
    this.#data = { ...data };
    for (const [name, value] of Object.entries(DEFAULTS)) {
      if (!Object.hasOwn(this.#data, name)) setMember(this.#data, name, value);
    }
  }

  get totalMessages(): number {
    return this.#number('total_messages');
  }

  get successfulTasks(): number {
    return this.#number('successful_tasks');
  }

  get failedTasks(): number {
    return this.#number('failed_tasks');
  }

  /** In the unit that was handed in, seconds in the document; an exponential moving average with alpha 0.1. */
  get averageResponseTime(): number {
    return this.#number('average_response_time');
  }

  get memoryUsageMb(): number {
    return this.#number('memory_usage_mb');
  }

  /** Null when there was none, or when it is no time. */
  get lastActivity(): DateTime | null {
    const value = memberOf(this.#data, 'last_activity');
    try {
      return value === null || value === undefined ? null : timeOf(value);
    } catch {
      // Metrics are tolerant: the text stays in the data and is no moment.
      return null;
    }
  }

  /** 0 to 1; 0 when no task has ended. */
  get successRate(): number {
    return rate(this.successfulTasks, this.failedTasks);
  }

  /** Fields that the document does not name. */
  get unknownFields(): readonly string[] {
    return Object.keys(this.#data).filter((name) => !Object.hasOwn(DEFAULTS, name));
  }

  /** A copy. */
  toJson(): PlainObject {
    return { ...this.#data };
  }

  countMessage(): AgentMetrics {
    return this.#with('total_messages', this.totalMessages + 1);
  }

  countTask(outcome: 'success' | 'failure'): AgentMetrics {
    return outcome === 'success'
      ? this.#with('successful_tasks', this.successfulTasks + 1)
      : this.#with('failed_tasks', this.failedTasks + 1);
  }

  /** The first one is the average; each further one counts a tenth. */
  withResponseTime(responseTime: number): AgentMetrics {
    const average = this.averageResponseTime;
    return this.#with(
      'average_response_time',
      average === 0 ? responseTime : ALPHA * responseTime + (1 - ALPHA) * average,
    );
  }

  /** Written as ISO text. */
  withActivity(epochMs: number): AgentMetrics {
    return this.#with('last_activity', DateTime.at(epochMs).text);
  }

  withMemoryUsage(megabytes: number): AgentMetrics {
    return this.#with('memory_usage_mb', megabytes);
  }

  #with(name: string, value: unknown): AgentMetrics {
    return new AgentMetrics({ ...this.#data, [name]: value });
  }

  /** 0 for what is no number. */
  #number(name: string): number {
    return plainNumber(memberOf(this.#data, name)) || 0;
  }
}

/** 0 when there is nothing to count. */
export function rate(successes: number, failures: number): number {
  const all = successes + failures;
  return all > 0 ? successes / all : 0;
}
