/** States beside agents and sessions: configuration and caches in files; board, metrics and knowledge in the database. */
import { RESPONSE_TIME_ALPHA } from './agent-module.ts';
import { MINUTE, NOW, STARTED_AT } from './clock.ts';
import type { Sample } from './metrics.ts';
import { float, type PyDict, type PyValue } from './python-json.ts';
import { randomFor, uuid } from './random.ts';
import { SEED } from './simulation.ts';
import { datetimeTag, enumTag, type Home, type StateRecord, setTag, uuidTag } from './state-record.ts';
import type { Fleet, Task } from './world.ts';

const DAY = 24 * 60 * MINUTE;

export function runtimeStates(fleet: Fleet): StateRecord[] {
  return [
    runtimeConfig(fleet),
    limitsConfig(),
    searchPages(fleet),
    exchangeRates(),
    board(fleet),
    systemMetrics(fleet),
    metricsHistory(fleet),
    travelPolicy(),
    glossary(fleet),
  ];
}

type Fields = Pick<StateRecord, 'kind' | 'id' | 'type' | 'home' | 'data'> & {
  readonly createdAt?: number;
  readonly savedAt?: number;
  readonly tags?: readonly string[];
};

function record(fields: Fields): StateRecord {
  return { version: '1.0.0', createdAt: STARTED_AT, savedAt: NOW, tags: [], ...fields };
}

/** When a tool first answered. */
function answerTime(fleet: Fleet, tool: string): number {
  const calls = [...fleet.toolCalls.values()].flat();
  const at = calls.find((call) => call.name === tool)?.answeredAt;
  if (at === undefined || at === null) throw new Error(`no answer of ${tool}`);
  return at;
}

const inDatabase: Home = { in: 'database', metadata: true };

function runtimeConfig(fleet: Fleet): StateRecord {
  const groups = fleet.agents.flatMap((agent) => agent.profile.toolGroups);
  return record({
    kind: 'config',
    id: 'runtime',
    type: 'robotagent.config.RuntimeConfig',
    home: { in: 'store', form: 'indented' },
    data: {
      run_id: uuidTag(uuid(randomFor(`${SEED}/run`))),
      started_at: datetimeTag(STARTED_AT),
      saved_at: datetimeTag(NOW),
      tool_groups: setTag([...new Set(groups)], 'frozenset'),
      // Why the expired session was not noticed: the clean-up ran once, before the session expired, and then stopped.
      session_cleanup: {
        interval_seconds: 3600,
        runs: 1,
        last_run: datetimeTag(STARTED_AT + 60 * MINUTE),
        state: 'stopped',
      },
    },
  });
}

function limitsConfig(): StateRecord {
  return record({
    kind: 'config',
    id: 'limits',
    type: 'robotagent.config.Limits',
    home: { in: 'store', form: 'line' },
    savedAt: STARTED_AT,
    data: {
      agent_context_messages: 1000,
      session_messages: 10_000,
      response_time_alpha: RESPONSE_TIME_ALPHA,
      request_timeout_seconds: float(30),
    },
  });
}

/**
 * A cache whose page numbers came from two places, one as int and one as text: Python prints both keys as "1". The mean
 * over an empty list was NaN, which Python prints as it is. JSON.parse would lose the one and fail on the other.
 */
function searchPages(fleet: Fleet): StateRecord {
  const pages = new Map<string | number, PyValue>([
    [1, ['2304.03442', '2303.11366', '2305.10250']],
    [2, ['2310.08560', '2502.12110']],
    ['1', ['2304.03442', '2310.08560']],
  ]);
  return record({
    kind: 'cache',
    id: 'search-pages',
    type: 'robotagent.cache.SearchPageCache',
    home: { in: 'store', form: 'line' },
    savedAt: answerTime(fleet, 'search_papers'),
    data: {
      query: 'long-term memory LLM agents',
      pages,
      hit_rate: 0.625,
      mean_relevance: float(Number.NaN),
      max_age_seconds: float(300),
    },
  });
}

function exchangeRates(): StateRecord {
  return record({
    kind: 'cache',
    id: 'exchange-rates',
    type: 'robotagent.cache.ExchangeRateCache',
    home: { in: 'store', form: 'indented' },
    savedAt: STARTED_AT + 12 * MINUTE,
    data: {
      base: 'EUR',
      rates: { EUR: float(1), CNY: 8.2514, USD: 1.1583, CHF: 0.9307, INR: 102.44 },
      fetched_at: datetimeTag(STARTED_AT + 12 * MINUTE),
    },
  });
}

function board(fleet: Fleet): StateRecord {
  return record({
    kind: 'board',
    id: 'fleet',
    type: 'robotagent.state.TaskBoardModule',
    home: inDatabase,
    tags: ['tasks'],
    data: { tasks: fleet.tasks.map(boardTask), open: fleet.tasks.filter((task) => task.end === null).length },
  });
}

function boardTask(task: Task): PyDict {
  const status = task.end === null ? 'running' : task.end === 'failed' ? 'failed' : 'done';
  return {
    task_id: task.id,
    title: task.title,
    agent: task.agent,
    session: `session:${task.sessionId}`,
    status: enumTag('TaskStatus', status),
    started_at: datetimeTag(task.startedAt),
    finished_at: task.finishedAt === null ? null : datetimeTag(task.finishedAt),
  };
}

function systemMetrics(fleet: Fleet): StateRecord {
  const last = fleet.samples.at(-1);
  if (last === undefined) throw new Error('the simulation took no samples');
  return record({
    kind: 'metrics',
    id: 'system',
    type: 'robotagent.state.SystemMetrics',
    home: inDatabase,
    data: sampleEntry(last),
  });
}

function metricsHistory(fleet: Fleet): StateRecord {
  return record({
    kind: 'metrics',
    id: 'history',
    type: 'robotagent.state.MetricsHistory',
    home: inDatabase,
    data: { interval_seconds: 600, samples: fleet.samples.map(sampleEntry) },
  });
}

function sampleEntry(sample: Sample): PyDict {
  return { at: datetimeTag(sample.at), agents: sample.agents, sessions: sample.sessions };
}

function travelPolicy(): StateRecord {
  const createdAt = Date.parse('2026-01-05T02:11:40Z');
  return record({
    kind: 'knowledge',
    id: 'travel-2026',
    type: 'robotagent.knowledge.PolicyModule',
    home: inDatabase,
    tags: ['差旅', 'policy'],
    createdAt,
    savedAt: createdAt + 94 * DAY,
    data: {
      title: '2026 年差旅标准',
      valid_from: '2026-01-01',
      tiers: [
        {
          tier: 1,
          cities: ['北京', '上海', '广州', '深圳'],
          hotel_cap_cny: float(500),
          meal_allowance_cny: float(120),
        },
        {
          tier: 2,
          cities: ['杭州', '成都', '南京', '武汉'],
          hotel_cap_cny: float(420),
          meal_allowance_cny: float(100),
        },
        { tier: 3, cities: [], hotel_cap_cny: float(350), meal_allowance_cny: 87.5 },
      ],
      train_class: { M1: '二等座', M2: '二等座', M3: '一等座' },
    },
  });
}

/** Stored without metadata: the column is NULL, as the document's writer leaves it by default. */
function glossary(fleet: Fleet): StateRecord {
  const createdAt = answerTime(fleet, 'glossary_update');
  return record({
    kind: 'knowledge',
    id: 'glossary-a20',
    type: 'robotagent.knowledge.GlossaryModule',
    home: { in: 'database', metadata: false },
    createdAt,
    savedAt: createdAt,
    data: {
      based_on: 'a10',
      owner: 'agent:翻译',
      entries: 214,
      changed: { 主机: 'main unit', 指示灯: 'indicator' },
      kept: { 电源适配器: 'power adapter', 授权服务商: 'authorised service partner', 确认键: 'OK button' },
    },
  });
}
