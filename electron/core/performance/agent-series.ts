/** How agents did over time, by what their own metrics said: tasks, success rate, response time. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AgentSeries, TimeRange } from '../../../shared/ipc/performance.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { JsonPath } from '../../../shared/json/path.ts';
import { memberText } from '../sources/state-facts.ts';
import type { Journal } from '../tracking/journal.ts';
import { seqRange } from '../tracking/journal-figures.ts';
import { eachValueChange, type ValueChange } from '../tracking/value-changes.ts';
import { agentFacts } from '../workspace/overview-facts.ts';
import { AgentLine, type AgentMetricsAt, NO_METRICS } from './agent-line.ts';

export interface AgentSeriesOptions {
  readonly range: TimeRange;
  /** Of each agent, at most. */
  readonly points: number;
}

const AGENT = 'agent:';
const METRICS = 'performance_metrics';
/** What the metrics may lie in: an envelope, or a tagged value. */
const WRAPPINGS: ReadonlySet<string | number> = new Set(['state_data', '__data__']);
const FIELDS: ReadonlyMap<string | number, keyof AgentMetricsAt> = new Map([
  ['successful_tasks', 'completed'],
  ['failed_tasks', 'failed'],
  ['average_response_time', 'response'],
]);
const MOST_AGENTS = 500;
const MICROS = 1000;

/** What happened to the metrics of one agent with one change. */
interface Step {
  readonly commit: number;
  readonly time: number;
  /** A single figure; null where more was replaced at once, and the state has to be looked at. */
  readonly field: keyof AgentMetricsAt | null;
  readonly old: number | null;
  readonly new: number | null;
}

/** What an agent's state said when it was looked at. */
interface Known {
  readonly seq: number;
  readonly name: string;
  readonly metrics: AgentMetricsAt;
}

/** Asks a journal for its agents; what their states said is remembered, since putting them together takes most of the time. */
export class AgentHistory {
  readonly #known = new Map<string, Known>();

  /** Agents that keep metrics, in the order in which they came. Others get a turn between two of them. */
  async series(journal: Journal, { range, points }: AgentSeriesOptions): Promise<readonly AgentSeries[]> {
    const { low, high } = seqRange(journal, range.from * MICROS, range.to * MICROS);
    const steps = await stepsByAgent(journal, { low, high });
    const agents: AgentSeries[] = [];
    for (const { key, seq } of journal.keysAt({ seq: high })) {
      if (!key.startsWith(AGENT)) continue;
      if (agents.length >= MOST_AGENTS) break;
      await nextTurn();
      const own = steps.get(key) ?? [];
      const { name, metrics } = this.#look(journal, key, seq, own);
      if (metrics.completed === null) continue;
      const stateAt = (at: number) => journal.stateAt(key, { seq: at });
      const line = new AgentLine(
        range.from,
        metricsBefore(own, metrics, () => stateAt(low - 1)),
        points,
      );
      for (const step of own)
        line.step(
          step.time / MICROS,
          step.commit,
          after(step, () => stateAt(step.commit)),
        );
      agents.push({ key, name, ...line.series() });
    }
    return agents;
  }

  /** At the end of the range; what was known before will do where every figure has been told since. */
  #look(journal: Journal, key: string, seq: number, steps: readonly Step[]): Known {
    const known = this.#known.get(key);
    const isTold = [...FIELDS.values()].every((name) => steps.some(({ field }) => field === name));
    if (known !== undefined && (known.seq === seq || (isTold && known.metrics.completed !== null))) return known;
    const text = journal.stateAt(key, { seq });
    const looked = {
      seq,
      name: (text === null ? null : nameIn(text)) ?? key.slice(AGENT.length),
      metrics: text === null ? NO_METRICS : metricsOf(text),
    };
    this.#known.set(key, looked);
    return looked;
  }
}

async function stepsByAgent(journal: Journal, range: { readonly low: number; readonly high: number }) {
  const steps = new Map<string, Step[]>();
  await eachValueChange(journal, range, concernsMetrics, (change) => {
    if (!change.key.startsWith(AGENT)) return;
    const known = steps.get(change.key);
    if (known === undefined) steps.set(change.key, [stepOf(change)]);
    else known.push(stepOf(change));
  });
  return steps;
}

function concernsMetrics(segments: JsonPath): boolean {
  const rest = segments.filter((segment) => !WRAPPINGS.has(segment));
  const [attribute, field] = rest;
  if (attribute === undefined) return true;
  return attribute === METRICS && rest.length <= 2 && (field === undefined || FIELDS.has(field));
}

function stepOf({ commit, time, segments, old, new: now }: ValueChange): Step {
  const field = FIELDS.get(segments.at(-1) ?? '') ?? null;
  return { commit, time, field, old: amount(old), new: amount(now) };
}

function amount(text: string | null): number | null {
  const number = text === null ? Number.NaN : Number(text);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

/** What held when the range began: what its first change of each figure replaced, or what holds at its end where there is none. */
function metricsBefore(
  steps: readonly Step[],
  last: AgentMetricsAt,
  stateBefore: () => Uint8Array | null,
): AgentMetricsAt {
  const replaced = steps.findIndex(({ field }) => field === null);
  if (replaced !== -1) {
    const text = stateBefore();
    return text === null ? NO_METRICS : metricsOf(text);
  }
  const before = (name: keyof AgentMetricsAt) => {
    const first = steps.find(({ field }) => field === name);
    return first === undefined ? last[name] : first.old;
  };
  return { completed: before('completed'), failed: before('failed'), response: before('response') };
}

function after({ field, new: value }: Step, stateAfter: () => Uint8Array | null): Partial<AgentMetricsAt> {
  if (field !== null) return { [field]: value };
  const text = stateAfter();
  return text === null ? NO_METRICS : metricsOf(text);
}

function metricsOf(text: Uint8Array): AgentMetricsAt {
  const { successful, failed, responseSeconds } = agentFacts(text);
  return { completed: successful, failed, response: responseSeconds };
}

function nameIn(text: Uint8Array): string | null {
  const { document } = parseJson(text, { recordDepth: 2 });
  if (document === null) return null;
  const data = document.member(0, 'state_data') ?? document.member(0, '__data__') ?? 0;
  return memberText(document, data, 'name');
}
