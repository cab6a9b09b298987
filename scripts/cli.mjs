/**
 * npm run --silent cli -- COMMAND …
 *
 * The command line from a clone. Installs and builds first if need be (told on standard error only), then runs the
 * built command line in this very process, so that it starts as fast as it can.
 */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bootstrap } from './setup/bootstrap.mjs';
import { ensureBuild } from './setup/build.mjs';
import { typedIn } from './setup/launch-arguments.mjs';
import { ROOT } from './setup/project.mjs';
import { runMain } from './setup/setup-error.mjs';

await runMain(async () => {
  const finished = await bootstrap(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (finished !== null) return finished;
  await ensureBuild(ROOT);
  // Paths are meant from where they were typed.
  process.chdir(typedIn('cli'));
  await import(pathToFileURL(join(ROOT, 'out', 'main', 'cli.js')).href);
  return Number(process.exitCode ?? 0);
});
