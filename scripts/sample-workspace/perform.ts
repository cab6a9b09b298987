/** Performs a session's script, step by step, on the simulated clock. */
import type { AgentModule } from './agent-module.ts';
import { MINUTE, SECOND } from './clock.ts';
import {
  jsonAnswer,
  type Message,
  textBlock,
  thinkingBlock,
  tokensOf,
  toolResultBlock,
  toolUseBlock,
} from './message.ts';
import type { Step, ToolAnswer } from './model.ts';
import type { PyDict } from './python-json.ts';
import { messageId, type Random, randomFor, toolCallId } from './random.ts';
import type { Process } from './scheduler.ts';
import type { SessionModule } from './session-module.ts';
import type { World } from './world.ts';

interface Stage {
  readonly world: World;
  readonly session: SessionModule;
  readonly random: Random;
}

type Say = Extract<Step, { kind: 'say' }>;
type Call = Extract<Step, { kind: 'call' }>;
type Start = Extract<Step, { kind: 'start' }>;

export function* performSteps(world: World, session: SessionModule): Process {
  const stage: Stage = { world, session, random: randomFor(`${world.seed}/${session.scenario.id}`) };
  for (const step of session.scenario.steps) yield* perform(stage, step);
}

function* perform(stage: Stage, step: Step): Process {
  const { world, session } = stage;
  switch (step.kind) {
    case 'ask':
      yield* pass(stage, 55, 280);
      askAgent(stage, step.from, step.to, step.text);
      break;
    case 'say':
      yield* say(stage, step);
      break;
    case 'call':
      yield* callTool(stage, step);
      break;
    case 'start':
      yield* startTask(stage, step);
      break;
    case 'finish':
      yield* pass(stage, 0.2, 1.5);
      finishTask(stage, step);
      break;
    case 'status':
      yield* pass(stage, 0.5, 3);
      agentOf(stage, step.agent).updateStatus(step.status, world.scheduler.now);
      break;
    case 'join':
      yield* pass(stage, 1, 4);
      session.addParticipant(step.participant, world.scheduler.now);
      break;
    case 'note':
      yield* pass(stage, 0.1, 0.6);
      session.updateContext(step.key, step.value, world.scheduler.now);
      break;
    case 'wait':
      yield { for: 'time', ms: step.minutes * MINUTE };
      break;
    case 'pause':
      yield* pass(stage, 1, 5);
      session.pause(step.reason, world.scheduler.now);
      break;
    case 'end':
      yield* pass(stage, 5, 40);
      session.end(step.reason, world.scheduler.now);
      break;
    default:
      unreachable(step);
  }
}

function unreachable(step: never): never {
  throw new Error(`unknown step: ${JSON.stringify(step)}`);
}

function askAgent(stage: Stage, from: string, to: string, text: string): void {
  const user = stage.world.users.get(from);
  if (user === undefined) throw new Error(`no such person: ${from}`);
  const message = newMessage(stage, {
    sender: `user:${from}`,
    name: user.displayName,
    role: 'user',
    content: text,
    reply: null,
  });
  stage.session.addMessage(message);
  joined(stage, to).hear(message);
}

function* say(stage: Stage, step: Say): Process {
  const agent = atWork(stage, step.from);
  const content = [...thoughts(step.thinking), textBlock(step.text)];
  const message = yield* reply(stage, agent, content);
  // Only plain talk reaches others: a tool_use without its result would look like a dangling call in their context.
  if (step.to !== null) joined(stage, step.to).hear(message);
}

function* callTool(stage: Stage, step: Call): Process {
  const { world, session, random } = stage;
  const agent = atWork(stage, step.from);
  const id = toolCallId(random);
  const spoken = step.text === null ? [] : [textBlock(step.text)];
  const message = yield* reply(stage, agent, [
    ...thoughts(step.thinking),
    ...spoken,
    toolUseBlock(id, step.tool, step.input),
  ]);
  const call = { id, name: step.tool, agent: agent.key, calledAt: message.at, answeredAt: null as number | null };
  world.toolCalls.get(session)?.push(call);
  const answer = answerText(step.answer);
  if (answer === null) return;
  yield { for: 'time', ms: Math.round((step.seconds ?? random.between(0.2, 2.4)) * SECOND) };
  call.answeredAt = world.scheduler.now;
  const content = [toolResultBlock(id, step.tool, answer)];
  const result = newMessage(stage, { sender: agent.key, name: 'system', role: 'system', content, reply: null });
  session.addMessage(result);
  agent.hear(result);
}

function answerText(answer: ToolAnswer): string | null {
  switch (answer.kind) {
    case 'silent':
      return null;
    case 'text':
      return answer.text;
    case 'json':
      return jsonAnswer(answer.value);
    default:
      return unreachable(answer);
  }
}

/** An assistant's message: waits for the model, then counts the response time. */
function* reply(
  stage: Stage,
  agent: AgentModule,
  content: readonly PyDict[],
): Generator<{ for: 'time'; ms: number }, Message, void> {
  const seconds = Math.round(stage.random.between(1.2, 9.5) * 1000) / 1000;
  const inputTokens = tokensOf(agent.context.map((message) => jsonAnswer(message.content)).join(''));
  yield { for: 'time', ms: Math.round(seconds * SECOND) };
  const message = newMessage(stage, {
    sender: agent.key,
    name: agent.profile.name,
    role: 'assistant',
    content,
    reply: { responseTime: seconds, inputTokens, outputTokens: tokensOf(jsonAnswer(content)) },
  });
  stage.session.addMessage(message);
  agent.hear(message);
  agent.updateResponseTime(seconds);
  return message;
}

function* startTask(stage: Stage, step: Start): Process {
  const { world, session } = stage;
  const agent = joined(stage, step.agent);
  yield* pass(stage, 0.3, 2);
  while (agent.status !== 'idle') yield { for: 'idle', agent };
  const { now } = world.scheduler;
  agent.startTask({ id: step.task, sessionId: session.scenario.id }, now);
  world.tasks.push({
    id: step.task,
    title: step.title,
    agent: agent.key,
    sessionId: session.scenario.id,
    startedAt: now,
    finishedAt: null,
    end: null,
  });
}

function finishTask(stage: Stage, step: Extract<Step, { kind: 'finish' }>): void {
  const { world } = stage;
  const agent = agentOf(stage, step.agent);
  const task = world.tasks.find((candidate) => candidate.id === agent.task?.id);
  if (task === undefined) throw new Error(`${agent.key} finishes a task that it does not have`);
  task.finishedAt = world.scheduler.now;
  task.end = step.end;
  agent.completeTask(step.end, world.scheduler.now);
  if (agent.status === 'idle') world.scheduler.becameIdle(agent);
}

/** Who is addressed or given a task takes part from then on. */
function joined(stage: Stage, id: string): AgentModule {
  const agent = agentOf(stage, id);
  stage.session.addParticipant(agent.key, stage.world.scheduler.now);
  return agent;
}

function atWork(stage: Stage, id: string): AgentModule {
  const agent = agentOf(stage, id);
  if (agent.task?.sessionId !== stage.session.scenario.id) {
    throw new Error(`${agent.key} speaks in ${stage.session.scenario.id} without a task there`);
  }
  return agent;
}

function agentOf(stage: Stage, id: string): AgentModule {
  const agent = stage.world.agents.get(id);
  if (agent === undefined) throw new Error(`no such agent: ${id}`);
  return agent;
}

function thoughts(thinking: string | null): PyDict[] {
  return thinking === null ? [] : [thinkingBlock(thinking)];
}

function newMessage(stage: Stage, fields: Omit<Message, 'id' | 'at'>): Message {
  return { id: messageId(stage.random), at: stage.world.scheduler.now, ...fields };
}

function* pass(
  stage: Stage,
  minSeconds: number,
  maxSeconds: number,
): Generator<{ for: 'time'; ms: number }, void, void> {
  yield { for: 'time', ms: Math.round(stage.random.between(minSeconds, maxSeconds) * SECOND) };
}
