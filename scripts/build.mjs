/** npm run build: the bundles in out/, made anew in any case. */
import { fileURLToPath } from 'node:url';
import { bootstrap } from './setup/bootstrap.mjs';
import { ensureBuild } from './setup/build.mjs';
import { ROOT } from './setup/project.mjs';
import { runMain } from './setup/setup-error.mjs';

await runMain(async () => {
  const finished = await bootstrap(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (finished !== null) return finished;
  await ensureBuild(ROOT, { force: true });
  return 0;
});
