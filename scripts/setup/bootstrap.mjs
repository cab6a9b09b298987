/** How each script begins: packages first, then Node 24, and only then whatever needs either. */
import { ensureDependencies } from './dependencies.mjs';
import { continueUnderNode24, requireBootstrapNode } from './node-runtime.mjs';
import { ROOT } from './project.mjs';

/**
 * @param {string} script the absolute path of the script that is running
 * @param {readonly string[]} args its arguments
 * @returns {Promise<number | null>} an exit code when the script was run to its end under Node 24; null to go on here
 */
export async function bootstrap(script, args) {
  requireBootstrapNode();
  await ensureDependencies(ROOT);
  return continueUnderNode24(ROOT, script, args);
}
