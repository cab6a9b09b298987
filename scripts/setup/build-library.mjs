/** `statescope/state`: the modules of shared/state as they are, with their types, so that a bundler takes what is used. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './run.mjs';

/** Of the package, see `exports` in package.json. */
export const LIBRARY_ENTRY = 'out/state/state/index.js';

/**
 * Types are checked by `npm run typecheck`; here they are only written out.
 * @param {string} root the project
 * @param {string} [output] the folder that is made anew
 */
export async function buildLibrary(root, output = join(root, 'out', 'state')) {
  rmSync(output, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'scripts', 'packaging', 'library.tsconfig.json');
  await runQuietly(process.execPath, [tsc, '-p', project, '--outDir', output], { cwd: root });
  // Of the library only: the program's own modules have side effects, style sheets among them.
  writeFileSync(join(output, 'package.json'), '{ "type": "module", "sideEffects": false }\n');
}
