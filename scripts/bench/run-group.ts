/** node --expose-gc run-group.ts NAME FOLDER RESULT: runs one group in this process and writes what it found as JSON. */
import { writeFileSync } from 'node:fs';
import { say } from '../setup/progress.mjs';
import type { RunGroup } from './group.ts';

const [name = '', folder = '', result = ''] = process.argv.slice(2);
if (globalThis.gc === undefined) throw new Error('run with --expose-gc: garbage of one side would burden the other');
const { runGroup } = (await import(`./${name}.ts`)) as { runGroup: RunGroup };
writeFileSync(result, JSON.stringify(await runGroup({ folder, say: (text) => say(`${name}: ${text}`) })));
