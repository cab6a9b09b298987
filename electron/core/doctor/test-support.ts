/** For the tests of this folder: a text as a source, what the doctor says of it, and what it makes of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ConsistencyFinding } from '../../../shared/ipc/consistency.ts';
import { StateConsistencyChecker } from '../consistency/check-consistency.ts';
import { openSource } from '../sources/open-source.ts';
import type { Source } from '../sources/source.ts';
import { temporaryFolder } from '../sources/test-support.ts';
import { diagnose } from './diagnose.ts';
import type { RepairContext, RepairPlan } from './model.ts';
import { planRepairs } from './plan-repairs.ts';

/** A day on which nothing in the samples has a time that has not come yet. */
export const NOW = Date.UTC(2026, 11, 1);

export async function open(location: string): Promise<Source> {
  const source = await openSource(location);
  onTestFinished(() => source.close());
  return source;
}

export function sessionFile(text: string | Uint8Array, name = 'session.json'): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

export async function findingsOf(source: Source): Promise<readonly ConsistencyFinding[]> {
  return (await diagnose(source, { now: NOW })).findings;
}

/** Of all rules of the consistency check, without notes. */
export async function everythingWrong(location: string): Promise<readonly string[]> {
  const checker = new StateConsistencyChecker(await open(location), { now: NOW });
  const { findings } = await checker.check({ isCancelled: () => false, onProgress: () => undefined });
  return findings.filter(({ severity }) => severity !== 'note').map(({ rule, key }) => `${rule} ${key}`);
}

export async function rulesFound(source: Source): Promise<readonly string[]> {
  return (await findingsOf(source)).filter(({ severity }) => severity !== 'note').map(({ rule }) => rule);
}

export function contextOf(source: Source, more: Partial<RepairContext> = {}): RepairContext {
  const writer = source.writer({ safetyFolder: join(temporaryFolder(), 'safety') });
  return { source, writer, check: (looked) => diagnose(looked, { now: NOW }), clock: () => NOW, ...more };
}

export function repairAll(source: Source, more: Partial<RepairContext> = {}): Promise<RepairPlan> {
  return planRepairs({ picks: null }, contextOf(source, more));
}

/** What is wrong with a JSONSession file as AgentScope 1.x loads it: strict JSON, the parts of each agent, its memory, its messages. */
export function shapeFaults(
  bytes: Uint8Array,
  parts: Readonly<Record<string, readonly string[]>> = {},
): readonly string[] {
  let session: unknown;
  try {
    session = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    return [String(error)];
  }
  if (!isRecord(session)) return ['a session is an object'];
  const faults: string[] = [];
  for (const [agent, wanted] of Object.entries(parts)) {
    const state = session[agent];
    for (const part of wanted) if (!isRecord(state) || !(part in state)) faults.push(`KeyError: ${agent}.${part}`);
  }
  for (const [name, state] of Object.entries(session)) {
    // A memory may be saved by itself, under a name of its own.
    const memory = isRecord(state) ? (state['memory'] ?? ('content' in state ? state : undefined)) : undefined;
    if (memory !== undefined) faults.push(...memoryFaults(name, memory));
  }
  return faults;
}

const MESSAGE = ['id', 'name', 'role', 'content', 'metadata', 'timestamp'];

function memoryFaults(agent: string, memory: unknown): readonly string[] {
  if (!isRecord(memory) || !Array.isArray(memory['content'])) return [`${agent}: a memory has a list of messages`];
  const faults: string[] = [];
  const calls: string[] = [];
  const results: string[] = [];
  const content: readonly unknown[] = memory['content'];
  for (const [at, item] of content.entries()) {
    const isPair =
      Array.isArray(item) &&
      item.length === 2 &&
      Array.isArray(item[1]) &&
      item[1].every((mark) => typeof mark === 'string');
    const message: unknown = Array.isArray(item) ? item[0] : item;
    if (Array.isArray(item) && !isPair) faults.push(`${agent}[${at}]: a pair has a message and its marks`);
    if (!isRecord(message)) {
      faults.push(`${agent}[${at}]: a message is an object`);
      continue;
    }
    for (const key of MESSAGE) if (!(key in message)) faults.push(`KeyError: ${agent}[${at}].${key}`);
    const blocks: unknown = message['content'];
    if (typeof blocks === 'string') continue;
    if (!Array.isArray(blocks)) faults.push(`${agent}[${at}]: content is a text or a list of blocks`);
    else if (blocks.length === 0) faults.push(`${agent}[${at}]: nothing is said`);
    else
      for (const block of blocks) {
        if (!isRecord(block) || typeof block['type'] !== 'string') faults.push(`${agent}[${at}]: a block has a type`);
        else if (block['type'] === 'tool_use') calls.push(String(block['id']));
        else if (block['type'] === 'tool_result') results.push(String(block['id']));
      }
  }
  if (calls.toSorted().join() !== results.toSorted().join())
    faults.push(`${agent}: calls ${calls.join()} and results ${results.join()}`);
  return faults;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
