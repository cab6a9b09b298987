/** For the tests of this folder: sources of given texts, and the rules that every tree of sizes obeys. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Turns } from '../search/turns.ts';
import { openSource } from '../sources/open-source.ts';
import type { OpenOptions, Source } from '../sources/source.ts';
import { type Attribution, attributeSource, type Since } from './attribute-source.ts';
import { netGrowth, type SizeNode } from './size-node.ts';
import type { TokenCounter } from './token-counter.ts';

/** A backup in which these texts are the states. */
export function backupOf(states: Readonly<Record<string, string>>): string {
  const members = Object.entries(states).map(([key, text]) => `${JSON.stringify(key)}: ${text}`);
  return `{"metadata": {"backup_name": "b", "created_at": "2026-01-01", "version": "1.0"}, "states": {${members.join(',\n')}}}`;
}

let last = 0;

export function sourceOf(
  folder: string,
  states: Readonly<Record<string, string>>,
  options: OpenOptions = {},
): Promise<Source> {
  const file = join(folder, `${++last}.json`);
  writeFileSync(file, backupOf(states));
  return openSource(file, options);
}

export async function attributed(
  source: Source,
  { since = null, counter = null }: { readonly since?: Since | null; readonly counter?: TokenCounter | null } = {},
): Promise<Attribution> {
  const turns = new Turns(() => false);
  return attributeSource(source, { turns, counter, since, seed: 7, onProgress: () => undefined });
}

/** All nodes, each before its parts. */
export function* nodesOf(node: SizeNode): Generator<SizeNode> {
  yield node;
  for (const part of node.parts) yield* nodesOf(part);
}

/** The parts of every node add up to it. */
export function expectSums(root: SizeNode): void {
  for (const { name, bytes, tokens, growth, parts } of nodesOf(root)) {
    if (parts.length === 0) continue;
    const sum = (figure: (part: SizeNode) => number) => parts.reduce((all, part) => all + figure(part), 0);
    expect({ name, bytes: sum((part) => part.bytes) }).toEqual({ name, bytes });
    if (tokens !== null) expect({ name, tokens: sum((part) => part.tokens ?? NaN) }).toEqual({ name, tokens });
    if (growth !== null && parts.every((part) => part.growth !== null))
      expect({ name, net: sum((part) => netGrowth(part.growth ?? growth)) }).toEqual({ name, net: netGrowth(growth) });
  }
}
