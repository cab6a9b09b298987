/**
 * npm run package:check
 *
 * Packages the program into a folder, as the installers do, and looks at the result: fuses, content, and whether it
 * starts. Uses the Electron that `npm start` uses, so it works without a network too.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootstrap } from './setup/bootstrap.mjs';
import { say, withStep } from './setup/progress.mjs';
import { ROOT } from './setup/project.mjs';
import { CommandError, runQuietly } from './setup/run.mjs';
import { runMain, SetupError } from './setup/setup-error.mjs';

const CONFIG = 'scripts/packaging/electron-builder.yml';
const OUTPUT = join(ROOT, 'dist', 'check');

async function main() {
  const finished = await bootstrap(fileURLToPath(import.meta.url), process.argv.slice(2));
  if (finished !== null) return finished;

  const { prepareBuild, prepareElectron } = await import('./setup/prepare.mjs');
  const electron = await prepareElectron();
  await prepareBuild();
  await withStep('Packaging', (step) => packageInto(OUTPUT, electron, (line) => step.update(line)));

  const { packageChecks } = await import('./packaging/package-checks.mjs');
  let failures = 0;
  for (const { rule, problem } of await packageChecks(OUTPUT)) {
    say(problem === null ? `ok      ${rule}` : `FAILED  ${rule}\n${problem}`);
    if (problem !== null) failures += 1;
  }
  return failures === 0 ? 0 : 1;
}

/**
 * @param {string} output
 * @param {import('./setup/electron.mjs').Electron} electron
 * @param {(line: string) => void} onLine
 */
async function packageInto(output, electron, onLine) {
  rmSync(output, { recursive: true, force: true });
  const builder = join(ROOT, 'node_modules', 'electron-builder', 'cli.js');
  const settings = {
    'directories.output': output,
    electronDist: electron.distPath,
    ...(electron.version === null ? {} : { electronVersion: electron.version }),
  };
  const args = Object.entries(settings).map(([name, value]) => `--config.${name}=${value}`);
  try {
    await runQuietly(process.execPath, [builder, '--dir', '--publish', 'never', '--config', CONFIG, ...args], {
      cwd: ROOT,
      env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
      onLine,
    });
  } catch (error) {
    throw new SetupError('The program could not be packaged.', {
      why: error instanceof CommandError ? error.output || error.message : String(error),
      cause: error,
    });
  }
}

await runMain(main);
