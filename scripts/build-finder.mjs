/**
 * node scripts/build-finder.mjs: compiles electron/core/search/assembly/finder.ts (AssemblyScript) into
 * electron/core/search/finder-wasm.ts, as build-scanner.mjs does for the index.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const SOURCE = 'electron/core/search/assembly/finder.ts';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const RESULT = fileURLToPath(new URL('../electron/core/search/finder-wasm.ts', import.meta.url));
const LINE = 116;
const OPTIONS = '--enable simd --runtime stub --noAssert -O3 --converge --initialMemory 82'.split(' ');

/** The text of electron/core/search/finder-wasm.ts. */
export async function finderModule() {
  let base64 = '';
  let complaints = '';
  const { error } = await compile([SOURCE, '--baseDir', ROOT, '--outFile', 'finder.wasm', ...OPTIONS], {
    stderr: { write: (text) => (complaints += text) },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) base64 = Buffer.from(contents).toString('base64');
    },
  });
  if (error || base64 === '') throw new Error(`${error?.message ?? 'nothing was compiled'}\n${complaints}`);
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `/** Made by scripts/build-finder.mjs from assembly/finder.ts: WebAssembly in base64. Not to be edited. */
export const FINDER_WASM = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(RESULT, await finderModule());
