/**
 * The sample fleet at work: its states are loaded with `statescope/state`, go on working, and are saved as an agent would
 * save them, so that history, watches and time travel have something to show. Nothing of it is played back.
 */
import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentStateModule } from '../../../shared/state/agent-state.ts';
import { type DecodedState, StateCodec } from '../../../shared/state/codec.ts';
import { StateError } from '../../../shared/state/errors.ts';
import { isPlainObject } from '../../../shared/state/plain.ts';
import { SessionStateModule } from '../../../shared/state/session-state.ts';
import { replaceFile } from '../files/replace-file.ts';
import { knownTypes } from '../validation/known-types.ts';

interface Member<M> {
  readonly path: string;
  readonly module: M;
  state: DecodedState;
}

const REQUESTS = [
  'Summarise the incident of this morning.',
  'Which of the sources contradict each other?',
  'Translate the second chapter, keep the terms.',
  'Find a train that arrives before noon.',
  '检查一下昨天的报表。',
] as const;
const ANSWERS = [
  'I have read all four documents; two of them disagree on the date.',
  'Done. The table has 14 rows, one of them is flagged.',
  'The 08:42 arrives at 11:37 and has seats left.',
  'I could not reach the archive and will try again.',
  '报表已经核对完毕，有一处差异。',
] as const;

export class DemoFleet {
  readonly #codec = new StateCodec(knownTypes(), Date.now);
  readonly #agents: Member<AgentStateModule>[] = [];
  readonly #sessions: Member<SessionStateModule>[] = [];
  #step = 0;

  private constructor() {}

  /** Copies the sample into an empty folder. @param sample the folder that comes with Statescope */
  static async open(sample: string, folder: string): Promise<DemoFleet> {
    await cp(join(sample, 'store'), folder, { recursive: true });
    const fleet = new DemoFleet();
    await fleet.#load(join(folder, 'agents'), fleet.#agents, AgentStateModule);
    await fleet.#load(join(folder, 'sessions'), fleet.#sessions, SessionStateModule);
    return fleet;
  }

  /** One agent does one thing, and the states that it touches are saved. */
  async work(): Promise<void> {
    this.#step += 1;
    const agent = this.#agents[Math.floor(Math.random() * this.#agents.length)];
    if (agent === undefined) return;
    const { module } = agent;
    if (module.currentTaskId === null) {
      module.startTask(`task-${Date.now().toString(36)}`);
      module.addConversationMessage({ role: 'user', name: 'demo', content: pick(REQUESTS) });
    } else {
      module.updateResponseTime(0.4 + Math.random() * 3);
      module.addConversationMessage({ role: 'assistant', name: module.agentId, content: pick(ANSWERS) });
      module.completeTask(Math.random() < 0.12 ? 'failure' : 'success');
    }
    await this.#save(agent);
    const session = this.#sessions[this.#step % Math.max(1, this.#sessions.length)];
    if (session === undefined || session.module.status !== 'active') return;
    session.module.addMessage({ role: 'assistant', content: pick(ANSWERS) }, module.agentId);
    await this.#save(session);
  }

  async #load<M extends AgentStateModule | SessionStateModule>(
    folder: string,
    members: Member<M>[],
    type: new (id: string, clock: () => number) => M,
  ): Promise<void> {
    for (const name of (await readdir(folder)).filter((each) => each.endsWith('.json'))) {
      const path = join(folder, name);
      try {
        const state = this.#codec.decodeBytes(await readFile(path));
        const module = this.#codec.restore(state);
        if (module instanceof type) members.push({ path, module, state });
      } catch (error) {
        // The sample has states with faults, to be looked at; those do not work.
        if (!(error instanceof StateError)) throw error;
      }
    }
  }

  async #save(member: Member<AgentStateModule | SessionStateModule>): Promise<void> {
    const { module, state, path } = member;
    const bytes = this.#codec.encode(
      // What the sample's agents have beyond the document's modules, such as a toolkit, stays.
      {
        ...this.#codec.stateOf(module, state.type),
        extras: state.extras,
        stateData: { ...(isPlainObject(state.stateData) ? state.stateData : {}), ...module.stateDict() },
      },
      { origin: state.origin },
    );
    await replaceFile(path, bytes);
    member.state = this.#codec.decodeBytes(bytes);
  }
}

function pick<T>(all: readonly [T, ...T[]]): T {
  return all[Math.floor(Math.random() * all.length)] ?? all[0];
}
