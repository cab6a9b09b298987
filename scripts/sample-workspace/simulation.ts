/** Runs the scripts against the fleet. Pure: the same scripts and seed give the same fleet, to the last digit. */
import { AgentModule } from './agent-module.ts';
import { MINUTE, NOW, SECOND, STARTED_AT } from './clock.ts';
import { measure } from './metrics.ts';
import type { AgentProfile, Scenario, UserProfile } from './model.ts';
import { performSteps } from './perform.ts';
import { randomFor } from './random.ts';
import { type Process, Scheduler } from './scheduler.ts';
import { SessionModule } from './session-module.ts';
import type { Fleet, World } from './world.ts';

export const SEED = 'statescope-sample-1';
const SAMPLE_EVERY = 10 * MINUTE;

/** Throws when a script is impossible: an agent that speaks without a task, a deadlock, a run that lasts beyond `NOW`. */
export function simulate(
  profiles: readonly AgentProfile[],
  users: readonly UserProfile[],
  scenarios: readonly Scenario[],
): Fleet {
  const scheduler = new Scheduler(STARTED_AT);
  const world: World = {
    seed: SEED,
    scheduler,
    agents: new Map(profiles.map((profile) => [profile.id, new AgentModule(profile, STARTED_AT)])),
    users: new Map(users.map((user) => [user.id, user])),
    sessions: [],
    tasks: [],
    toolCalls: new Map(),
    samples: [],
  };
  for (const agent of world.agents.values()) scheduler.schedule(boot(world, agent), STARTED_AT);
  for (const scenario of scenarios) {
    scheduler.schedule(runSession(world, scenario), STARTED_AT + scenario.opensAt * MINUTE);
  }
  scheduler.schedule(takeSamples(world), STARTED_AT);
  scheduler.run();
  if (scheduler.now > NOW) throw new Error(`the run lasts until ${new Date(scheduler.now).toISOString()}, beyond NOW`);
  return {
    agents: [...world.agents.values()],
    users,
    sessions: world.sessions,
    tasks: world.tasks,
    toolCalls: world.toolCalls,
    samples: world.samples,
  };
}

function* boot(world: World, agent: AgentModule): Process {
  const random = randomFor(`${world.seed}/boot/${agent.key}`);
  agent.updateStatus('initializing', world.scheduler.now);
  yield { for: 'time', ms: Math.round(random.between(0.8, 4) * SECOND) };
  agent.updateStatus('idle', world.scheduler.now);
  world.scheduler.becameIdle(agent);
}

function* runSession(world: World, scenario: Scenario): Process {
  const session = new SessionModule(scenario, world.scheduler.now);
  world.sessions.push(session);
  world.toolCalls.set(session, []);
  yield* performSteps(world, session);
}

/** Every ten minutes until NOW: refreshes each agent's memory use, then measures the whole fleet. */
function* takeSamples(world: World): Process {
  const random = randomFor(`${world.seed}/memory`);
  for (;;) {
    for (const agent of world.agents.values()) {
      const used = agent.profile.baseMemoryMb + agent.context.length * 0.75 + random.between(0, 8);
      agent.memoryUsageMb = Math.round(used * 2) / 2;
    }
    world.samples.push(measure(world.scheduler.now, [...world.agents.values()], world.sessions));
    if (world.scheduler.now + SAMPLE_EVERY > NOW) return;
    yield { for: 'time', ms: SAMPLE_EVERY };
  }
}
