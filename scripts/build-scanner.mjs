/**
 * node scripts/build-scanner.mjs: compiles electron/core/index/assembly/scanner.ts (AssemblyScript) into
 * electron/core/index/scanner-wasm.ts, which holds the WebAssembly as text. The result is committed, because the command
 * line runs from the sources without a build; electron/core/index/scanner-wasm.test.ts fails when it is not up to date.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';

const SOURCE = 'electron/core/index/assembly/scanner.ts';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
export const RESULT = fileURLToPath(new URL('../electron/core/index/scanner-wasm.ts', import.meta.url));
const LINE = 116;

/** The WebAssembly module. @returns {Promise<Uint8Array>} */
export async function compileScanner() {
  /** @type {Uint8Array | null} */
  let binary = null;
  let complaints = '';
  const { error } = await compile(
    [
      SOURCE,
      '--baseDir',
      ROOT,
      '--outFile',
      'scanner.wasm',
      '--enable',
      'simd',
      '--runtime',
      'stub',
      '--noAssert',
      '-O3',
      '--converge',
      '--initialMemory',
      '27',
      '--memoryBase',
      '12288',
    ],
    {
      stderr: { write: (text) => (complaints += text) },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = /** @type {Uint8Array} */ (contents);
      },
    },
  );
  if (error || binary === null) throw new Error(`${error?.message ?? 'nothing was compiled'}\n${complaints}`);
  return binary;
}

/**
 * The text of electron/core/index/scanner-wasm.ts.
 * @param {Uint8Array} binary
 */
export function moduleText(binary) {
  const text = Buffer.from(binary).toString('base64');
  const lines = text.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `/** Made by scripts/build-scanner.mjs from assembly/scanner.ts: WebAssembly in base64. Not to be edited. */
export const SCANNER_WASM = [
${lines.map((line) => `  '${line}',`).join('\n')}
].join('');
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(RESULT, moduleText(await compileScanner()));
