import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonDocument } from '../../shared/json/document.ts';
import { parseJson } from '../../shared/json/parse.ts';
import type { GroupContext, GroupResult } from './group.ts';
import { alternate, alternateFigures, expectEqual, type Row, ratioAtMost, rowOf } from './measure.ts';
import { peakMemory } from './peak-memory.ts';
import { StateWriter, type Style } from './states.ts';

const MEGABYTES = 50;
/** docs/ARCHITECTURE.md, decision 3: the tape is as fast as JSON.parse, which is why there is one way only. */
const AS_FAST = ratioAtMost(1);
const STYLES: readonly (readonly [Style, string])[] = [
  ['compact', 'compact'],
  ['indented', 'indented'],
  ['escaped', '\\u-escaped Chinese'],
];

export async function runGroup({ folder, say }: GroupContext): Promise<GroupResult> {
  const rows: Row[] = [];
  for (const [style, name] of STYLES) {
    say(name);
    const bytes = Buffer.from(new StateWriter('parse', style).backup(MEGABYTES));
    const file = join(folder, `${style}.json`);
    writeFileSync(file, bytes);
    requireSameStates(bytes);

    const peer = () => JSON.parse(bytes.toString('utf8')) as unknown;
    rows.push(rowOf(`tape, ${name}`, await alternate(() => parseJson(bytes), peer), AS_FAST));
    if (style !== 'indented') {
      const decoding = await alternate(() => decodeStrings(parseJson(bytes).document), peer, { pairs: 3 });
      rows.push(rowOf(`tape and every string decoded, ${name}`, decoding));
    }
    const memory = await alternateFigures(
      () => peakMemory('tape', file),
      () => peakMemory('json', file),
      { pairs: 3, warmUps: 0 },
    );
    rows.push(rowOf(`peak memory of the tape, ${name}`, memory, AS_FAST, 'MB'));
  }
  return { rows, notes: [] };
}

/** What the tape leaves for later and JSON.parse does at once. */
function decodeStrings(document: JsonDocument | null): number {
  if (document === null) throw new Error('nothing was parsed');
  let characters = 0;
  for (let node = 0; node < document.nodeCount; node += 1) {
    if (document.kind(node) === 'string') characters += document.string(node).length;
  }
  return characters;
}

function requireSameStates(bytes: Buffer): void {
  const { document, issues } = parseJson(bytes);
  const states = document?.member(0, 'states');
  const wanted = Object.keys((JSON.parse(bytes.toString('utf8')) as { states: object }).states).length;
  expectEqual('states', states === undefined ? 0 : document?.childCount(states), wanted);
  expectEqual('issues', issues.length, 0);
}
