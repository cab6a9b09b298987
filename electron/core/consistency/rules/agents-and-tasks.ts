/** Agents and their tasks, both ways: what an agent says that it does, and what a task board says. */
import { type AgentFact, bareId, type Facts, idsOf, type TaskFact } from '../facts.ts';
import { numberRepair, statusRepair } from '../repairs.ts';
import type { FactsRule, FoundAt } from '../rule.ts';

/** In which an agent works at nothing. */
const WITHOUT_TASK = new Set(['idle', 'offline', 'initializing']);

export const busyWithoutTask: FactsRule = {
  id: 'busy-without-task',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check({ agents }) {
    for (const { id, status, currentTask } of agents.values()) {
      if (status === null || currentTask === null) continue;
      const isWrong = status.value === 'busy' && (currentTask.value ?? '') === '';
      yield isWrong
        ? [
            {
              place: status.place,
              details: { agent: id },
              related: [currentTask.place],
              repair: statusRepair(status, 'idle'),
            },
          ]
        : [];
    }
  },
};

export const taskWithoutWork: FactsRule = {
  id: 'task-without-work',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check({ agents }) {
    for (const { id, status, currentTask } of agents.values()) {
      if (status === null || currentTask === null) continue;
      const task = currentTask.value ?? '';
      yield task !== '' && WITHOUT_TASK.has(status.value)
        ? [
            {
              place: currentTask.place,
              details: { agent: id, status: status.value, task },
              related: [status.place],
              repair: {
                id: 'clear-task',
                details: {},
                edits: [{ op: 'set', path: currentTask.place.path, text: 'null' }],
              },
            },
          ]
        : [];
    }
  },
};

export const taskExists: FactsRule = {
  id: 'task-missing',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const tasks = tasksById(facts);
    // It may stand on a board that cannot be read.
    const boards = new Set(facts.tasks.map(({ place }) => facts.keys.get(place.key ?? '')?.kind));
    if ([...facts.unknown].some((key) => boards.has(facts.keys.get(key)?.kind))) return;
    for (const { agent, task, place } of agentsWithTask(facts)) {
      yield tasks.has(task) ? [] : [{ place, details: { agent: agent.id, task } }];
    }
  },
};

export const taskIsTheAgents: FactsRule = {
  id: 'task-of-another',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const tasks = tasksById(facts);
    for (const { agent, task, place } of agentsWithTask(facts)) {
      const owner = tasks.get(task)?.agent;
      if (!owner) continue;
      yield isAgent(agent, owner.value)
        ? []
        : [{ place, details: { agent: agent.id, task, owner: owner.value }, related: [owner.place] }];
    }
  },
};

export const taskIsOpen: FactsRule = {
  id: 'task-finished',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const tasks = tasksById(facts);
    for (const { agent, task, place } of agentsWithTask(facts)) {
      const known = tasks.get(task);
      if (known?.status == null) continue;
      const isOver = known.status === 'done' || known.status === 'failed';
      yield isOver ? [{ place, details: { agent: agent.id, task }, related: [known.place] }] : [];
    }
  },
};

/** The other way round. */
export const openTaskIsWorkedAt: FactsRule = {
  id: 'task-not-worked-at',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check(facts) {
    const agents = agentsById(facts);
    for (const { id, agent: named, status, place } of facts.tasks) {
      const agent = named === null ? undefined : agents.get(bareId(named.value, 'agent'));
      if (status !== 'open' || agent?.currentTask == null) continue;
      yield agent.currentTask.value === id
        ? []
        : [{ place, details: { agent: agent.id, task: id }, related: [agent.currentTask.place] }];
    }
  },
};

export const taskAgentExists: FactsRule = {
  id: 'task-agent-missing',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const known = idsOf(facts, 'agent');
    if (known.size === 0) return;
    for (const { id, agent } of facts.tasks) {
      if (agent === null) continue;
      yield known.has(bareId(agent.value, 'agent'))
        ? []
        : [{ place: agent.place, details: { agent: agent.value, task: id } }];
    }
  },
};

export const taskSessionExists: FactsRule = {
  id: 'task-session-missing',
  group: 'relationships',
  severity: 'error',
  needs: 'facts',
  *check(facts) {
    const known = idsOf(facts, 'session');
    if (known.size === 0) return;
    for (const { id, session } of facts.tasks) {
      if (session === null) continue;
      yield known.has(bareId(session.value, 'session'))
        ? []
        : [{ place: session.place, details: { session: session.value, task: id } }];
    }
  },
};

/** A board that knows of more finished tasks than the agent has counted. Fewer are fine: boards are tidied. */
export const taskCounts: FactsRule = {
  id: 'task-counts',
  group: 'relationships',
  severity: 'warning',
  needs: 'facts',
  *check(facts) {
    const ended = { done: new Map<string, number>(), failed: new Map<string, number>() };
    for (const { agent, status } of facts.tasks) {
      if (agent === null || (status !== 'done' && status !== 'failed')) continue;
      const id = bareId(agent.value, 'agent');
      ended[status].set(id, (ended[status].get(id) ?? 0) + 1);
    }
    for (const agent of facts.agents.values()) {
      const counters = [
        { counter: agent.successful, known: ended.done.get(agent.id) },
        { counter: agent.failed, known: ended.failed.get(agent.id) },
      ];
      const found: FoundAt[] = [];
      let hasTasks = false;
      for (const { counter, known } of counters) {
        if (counter === null || known === undefined) continue;
        hasTasks = true;
        if (counter.value < known) {
          found.push({
            place: counter.place,
            details: { agent: agent.id, counted: counter.value, known },
            repair: numberRepair(counter.place.path, known),
          });
        }
      }
      if (hasTasks) yield found;
    }
  },
};

/** Agents that work at a task, where there is a board that would know of it. */
function* agentsWithTask({ agents, tasks }: Facts) {
  if (tasks.length === 0) return;
  for (const agent of agents.values()) {
    const task = agent.currentTask?.value ?? '';
    if (agent.currentTask !== null && task !== '') yield { agent, task, place: agent.currentTask.place };
  }
}

function tasksById({ tasks }: Facts): ReadonlyMap<string, TaskFact> {
  return new Map(tasks.map((task) => [task.id, task]));
}

function agentsById({ agents }: Facts): ReadonlyMap<string, AgentFact> {
  return new Map(
    [...agents.values()].flatMap((agent) => [[agent.id, agent] as const, [bareId(agent.key, 'agent'), agent] as const]),
  );
}

function isAgent({ id, key }: AgentFact, name: string): boolean {
  const bare = bareId(name, 'agent');
  return bare === id || bare === bareId(key, 'agent');
}
