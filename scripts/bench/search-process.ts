/** node search-process.ts FILE JSONPATH: prints each value that the path selects on a line of its own, as it is stored. */
import { readFileSync, writeSync } from 'node:fs';
import { parseJson } from '../../shared/json/parse.ts';
import { queryJsonPath } from '../../shared/json/query.ts';

const FLUSH_BYTES = 1 << 20;
const NEWLINE = Buffer.from('\n');

const [file = '', path = ''] = process.argv.slice(2);
const { document } = parseJson(readFileSync(file));
if (document === null) throw new Error('nothing was parsed');
const result = queryJsonPath(document, path);
if (!result.ok) throw new Error(result.message);

let pending: Uint8Array[] = [];
let bytes = 0;
function flush(): void {
  writeSync(1, Buffer.concat(pending));
  pending = [];
  bytes = 0;
}
for (const node of result.nodes) {
  const value = document.rawBytes(node);
  pending.push(value, NEWLINE);
  bytes += value.length;
  if (bytes > FLUSH_BYTES) flush();
}
flush();
