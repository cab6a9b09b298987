/** A text and a pattern over a gigabyte that is open, with the state and the path of each hit, against ripgrep over the file. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { compileSearch } from '../../electron/core/search/compile.ts';
import { searchStates } from '../../electron/core/search/search-states.ts';
import { Turns } from '../../electron/core/search/turns.ts';
import { openSource } from '../../electron/core/sources/open-source.ts';
import type { Source } from '../../electron/core/sources/source.ts';
import type { SearchQuery } from '../../shared/ipc/search.ts';
import { findProgram } from '../setup/run.mjs';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, expectEqual, type Row, ratioAtMost, rowOf } from './measure.ts';
import { StateWriter } from './states.ts';

const PIECE_MEGABYTES = 50;
const PIECES = 20;
/** Half as fast as ripgrep. */
const HALF_OF_RIPGREP = ratioAtMost(2);

interface Case {
  readonly name: string;
  readonly query: Pick<SearchQuery, 'mode' | 'text' | 'caseSensitive'>;
  readonly target: ReturnType<typeof ratioAtMost> | null;
}

const CASES: readonly Case[] = [
  {
    name: 'a text, as it is written',
    query: { mode: 'text', text: 'zebra crossing', caseSensitive: true },
    target: HALF_OF_RIPGREP,
  },
  {
    name: 'a text, in any case',
    query: { mode: 'text', text: 'Zebra Crossing', caseSensitive: false },
    target: HALF_OF_RIPGREP,
  },
  {
    name: 'a pattern with a text in it',
    query: { mode: 'regex', text: 'zebra\\s+cros{2}[a-z]+ \\d+', caseSensitive: true },
    target: null,
  },
];

export async function textRows({ folder, say }: GroupContext): Promise<GroupResult> {
  const rg = findProgram('rg');
  if (rg === null) {
    return {
      rows: [],
      notes: ['search for a text was left out: rg is not installed (Debian: apt-get install ripgrep)'],
    };
  }
  const file = join(folder, 'search-text.json');
  const planted = writeFile(file);
  const gigabytes = (statSync(file).size / 1e9).toFixed(1);
  const source = await openSource(file);
  const rows: Row[] = [];
  try {
    for (const { name, query, target } of CASES) {
      say(`${name} against rg`);
      const ours = async () => expectEqual('hits', await hitsOf(source, query), planted);
      const theirs = () => expectEqual('matches', matchesOf(rg, query, file), planted);
      rows.push(rowOf(`${name} over ${gigabytes} GB, against rg`, await alternate(ours, theirs), target));
    }
  } finally {
    await source.close();
  }
  return { rows, notes: [] };
}

/** States of a megabyte; one in a hundred has the text. Tells in how many it is. */
function writeFile(path: string): number {
  const file = openSync(path, 'w');
  let planted = 0;
  let states = 0;
  writeSync(file, '{"metadata":{"backup_name":"search","version":"1.0"},"states":{');
  for (let piece = 0; piece < PIECES; piece += 1) {
    const text = new StateWriter(`search-${piece}`).backup(PIECE_MEGABYTES);
    const inner = text.slice(text.indexOf('"states":{') + '"states":{'.length, -2);
    const named = inner.replaceAll(/"(\w+):(\w+)":\{"__type__"/g, (_whole, kind: string, id: string) => {
      states += 1;
      const note = states % 100 === 0 ? `"note":"a zebra crossing ${states}",` : '';
      planted += note === '' ? 0 : 1;
      return `"${kind}:${id}-${piece}":{${note}"__type__"`;
    });
    writeSync(file, `${piece > 0 ? ',' : ''}${named}`);
  }
  writeSync(file, '}}');
  closeSync(file);
  return planted;
}

async function hitsOf(source: Source, query: Case['query']): Promise<number> {
  const search = compileSearch({ ...query, wholeWord: false, in: ['keys', 'values'] });
  if ('message' in search) throw new Error(search.message);
  let hits = 0;
  for await (const step of searchStates(source, search, { turns: new Turns(() => false), wanted: () => Infinity })) {
    if (step.step === 'hits') hits += step.found;
  }
  return hits;
}

function matchesOf(rg: string, { mode, text, caseSensitive }: Case['query'], file: string): number {
  const flags = [...(mode === 'text' ? ['-F'] : []), ...(caseSensitive ? [] : ['-i'])];
  const { stdout } = spawnSync(rg, [...flags, '--count-matches', '--no-filename', text, file]);
  return Number(stdout.toString());
}
