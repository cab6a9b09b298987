import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../setup/run.mjs';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, ratioAtMost, rowOf } from './measure.ts';
import { textRows } from './search-text.ts';
import { StateWriter } from './states.ts';

const MEGABYTES = 50;
const PROCESS = fileURLToPath(new URL('search-process.ts', import.meta.url));
/** The same for both: every member named text, wherever it is. */
const JSON_PATH = '$..text';
const JQ_FILTER = '.. | objects | select(has("text")) | .text';
/** Three times as fast as jq. */
const THREE_TIMES_JQ = ratioAtMost(1 / 3);

export async function runGroup(context: GroupContext): Promise<GroupResult> {
  const texts = await textRows(context);
  const paths = await pathRows(context);
  return { rows: [...texts.rows, ...paths.rows], notes: [...texts.notes, ...paths.notes] };
}

async function pathRows({ folder, say }: GroupContext): Promise<GroupResult> {
  const jq = findProgram('jq');
  if (jq === null)
    return { rows: [], notes: ['search along a path was left out: jq is not installed (Debian: apt-get install jq)'] };
  const file = join(folder, 'search.json');
  writeFileSync(file, new StateWriter('search').backup(MEGABYTES));
  const ours = join(folder, 'ours.txt');
  const theirs = join(folder, 'theirs.txt');
  say(`${JSON_PATH} against jq`);
  const query = () => runInto(ours, process.execPath, [PROCESS, file, JSON_PATH]);
  const peer = () => runInto(theirs, jq, ['-c', JQ_FILTER, file]);
  await query();
  await peer();
  expectEqual('hits', lines(ours), lines(theirs));
  const times = await alternate(query, peer, { warmUps: 0 });
  return { rows: [rowOf(`${JSON_PATH} over ${MEGABYTES} MB, printed, against jq`, times, THREE_TIMES_JQ)], notes: [] };
}

function lines(path: string): number {
  return readFileSync(path, 'utf8').split('\n').length;
}

function runInto(path: string, command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const output = openSync(path, 'w');
    const child = spawn(command, args, { stdio: ['ignore', output, 'inherit'] });
    closeSync(output);
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`))));
  });
}
