/**
 * node scripts/build-wasm.mjs: compiles what is written in AssemblyScript into modules that hold the WebAssembly as text. They are
 * committed, because the command line runs from the sources without a build; the test beside each fails when it is not up to date.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OPTIONS = '--enable simd --runtime stub --noAssert -O3 --converge';
const LINE = 116;

/** @typedef {{ source: string, result: string, name: string, options: string }} WasmModule `name`: of what the module exports */

/** @type {WasmModule} */
export const SCANNER = {
  source: 'electron/core/index/assembly/scanner.ts',
  result: join(ROOT, 'electron/core/index/scanner-wasm.ts'),
  name: 'SCANNER_WASM',
  options: '--initialMemory 27 --memoryBase 12288',
};
/** @type {WasmModule} */
export const FINDER = {
  source: 'electron/core/search/assembly/finder.ts',
  result: join(ROOT, 'electron/core/search/finder-wasm.ts'),
  name: 'FINDER_WASM',
  options: '--initialMemory 82',
};

/**
 * What has to stand in `result`.
 * @param {WasmModule} module
 */
export async function moduleText({ source, name, options }) {
  let base64 = '';
  let complaints = '';
  const { error } = await compile(
    [source, '--baseDir', ROOT, '--outFile', 'module.wasm', ...OPTIONS.split(' '), ...options.split(' ')],
    {
      stderr: { write: (text) => (complaints += text) },
      writeFile: (file, contents) => {
        if (file.endsWith('.wasm')) base64 = Buffer.from(contents).toString('base64');
      },
    },
  );
  if (error || base64 === '') throw new Error(`${error?.message ?? 'nothing was compiled'}\n${complaints}`);
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `/** Made by scripts/build-wasm.mjs from ${source}: WebAssembly in base64. Not to be edited. */
export const ${name} = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const module of [SCANNER, FINDER]) writeFileSync(module.result, await moduleText(module));
}
