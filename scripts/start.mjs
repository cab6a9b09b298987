/**
 * npm start -- [PATH|URL] [--screenshot FILE] [--exit] [--theme light|dark|system] [--locale en|zh-CN]
 *
 * Installs what is missing, builds what changed, and opens the window. The exit code is the window's.
 */
import { fileURLToPath } from 'node:url';
import { bootstrap } from './setup/bootstrap.mjs';
import { resolvePaths, typedIn } from './setup/launch-arguments.mjs';
import { say } from './setup/progress.mjs';
import { ROOT } from './setup/project.mjs';
import { runInForeground } from './setup/run.mjs';
import { runMain } from './setup/setup-error.mjs';

async function main() {
  const args = process.argv.slice(2);
  const finished = await bootstrap(fileURLToPath(import.meta.url), args);
  if (finished !== null) return finished;

  const [{ prepareBuild, prepareElectron }, { chromiumSwitches }, { onDisplay }] = await Promise.all([
    import('./setup/prepare.mjs'),
    import('./setup/chromium-switches.mjs'),
    import('./setup/display.mjs'),
  ]);
  const electron = await prepareElectron();
  await prepareBuild();

  const { switches, notes } = chromiumSwitches(electron.distPath);
  for (const note of notes) say(note);
  const launch = onDisplay(electron.executable, [...switches, ROOT, '--', ...resolvePaths(args, typedIn('start'))]);
  return runInForeground(launch.command, launch.args, { cwd: ROOT, ownGroup: launch.ownGroup });
}

await runMain(main);
