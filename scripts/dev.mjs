/**
 * npm run dev -- [PATH|URL] …
 *
 * The window with live reload: electron-vite's development server, with the Electron that `npm start` uses.
 */
import { join } from 'node:path';
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

  const [{ prepareElectron }, { chromiumSwitches }, { onDisplay }, { removeBuildStamp }] = await Promise.all([
    import('./setup/prepare.mjs'),
    import('./setup/chromium-switches.mjs'),
    import('./setup/display.mjs'),
    import('./setup/build.mjs'),
  ]);
  const electron = await prepareElectron();
  // It writes a development build of main and preload to out/, which `npm start` must not take for its own.
  removeBuildStamp(ROOT);
  const { switches, notes } = chromiumSwitches(electron.distPath);
  for (const note of notes) say(note);
  const electronVite = join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  // electron-vite hands everything behind `--` to Electron, in front of which the program wants a `--` of its own.
  const launch = onDisplay(process.execPath, [
    electronVite,
    'dev',
    '--',
    ...switches,
    '--',
    ...resolvePaths(args, typedIn('dev')),
  ]);
  return runInForeground(launch.command, launch.args, {
    cwd: ROOT,
    env: { ...process.env, ELECTRON_EXEC_PATH: electron.executable },
    ownGroup: launch.ownGroup,
  });
}

await runMain(main);
