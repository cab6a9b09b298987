import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { type AttributionOptions, attributeSource } from '../../electron/core/attribution/attribute-source.ts';
import { TokenCounter } from '../../electron/core/attribution/token-counter.ts';
import { Turns } from '../../electron/core/search/turns.ts';
import { openSource } from '../../electron/core/sources/open-source.ts';
import type { Source } from '../../electron/core/sources/source.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const MEGABYTES = 20;
const TOKEN_MEGABYTES = 2;
const RUN_LENGTH = 5000;

/** Sizes of all parts, in four views and with duplicates, against what one would do without: the length of each child as text. */
export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  say(`bytes of ${MEGABYTES} MB`);
  const source = await openedBackup(folder, MEGABYTES);
  const bytes = async () => (await attribute(source)).bytes;
  const peer = () => lengthsOfChildren(source);
  expectEqual('bytes', await bytes(), await peer());
  const sizes = await alternate(bytes, peer, { pairs: 3 });
  await source.close();

  say(`tokens of ${TOKEN_MEGABYTES} MB`);
  const small = await openedBackup(folder, TOKEN_MEGABYTES);
  const texts = await textsOf(small);
  // A counter knows what it has counted: each run has its own.
  const tokens = async () => (await attribute(small, await TokenCounter.load())).tokens;
  const counted = await alternate(tokens, () => texts.reduce((sum, text) => sum + countTokens(text), 0), { pairs: 3 });
  await small.close();

  say('a word without end');
  const counter = await TokenCounter.load();
  let at = 0;
  // The library remembers words: each is another.
  const word = () => wordFrom((at += 1));
  const ours = () => counter.count(word(), new Turns(() => false));
  const endless = await alternate(ours, () => countTokens(word()), { pairs: 3 });
  return {
    rows: [
      rowOf(`sizes of ${MEGABYTES} MB, against JSON.parse and JSON.stringify of each child`, sizes),
      rowOf(`with tokens, ${TOKEN_MEGABYTES} MB, against the tokenizer alone on each text`, counted),
      rowOf(`tokens of ${RUN_LENGTH} Chinese characters in a row, against the tokenizer alone`, endless),
    ],
    notes: [],
  };
}

const [FIRST, SIGNS, STEP] = [0x4e00, 3000, 7919];

function wordFrom(seed: number): string {
  return Array.from({ length: RUN_LENGTH }, (_, at) =>
    String.fromCharCode(FIRST + ((at * STEP + seed * at * at) % SIGNS)),
  ).join('');
}

async function openedBackup(folder: string, megabytes: number): Promise<Source> {
  const file = join(folder, `attribution-${megabytes}.json`);
  writeFileSync(file, new StateWriter('attribution').backup(megabytes));
  return openSource(file);
}

async function attribute(source: Source, counter: AttributionOptions['counter'] = null) {
  const turns = new Turns(() => false);
  const found = await attributeSource(source, { turns, counter, since: null, seed: 1, onProgress: () => undefined });
  return found.views.state;
}

/** Each child of a container printed to be measured, level by level, as far down as messages. */
async function lengthsOfChildren(source: Source): Promise<number> {
  let sum = 0;
  for (const { key } of source.entries) {
    const { bytes } = await source.read(key);
    sum += bytes.length;
    measure(JSON.parse(Buffer.from(bytes).toString('utf8')), 0);
  }
  return sum;
}

const DEEPEST = 4;

function measure(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth >= DEEPEST) return Buffer.byteLength(JSON.stringify(value));
  let sum = 2;
  for (const child of Object.values(value)) sum += Buffer.byteLength(JSON.stringify(child)) + measure(child, depth + 1);
  return sum;
}

async function textsOf(source: Source): Promise<string[]> {
  const texts: string[] = [];
  for (const { key } of source.entries) {
    const { bytes } = await source.read(key);
    JSON.parse(Buffer.from(bytes).toString('utf8'), (_name, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
  }
  return texts;
}
