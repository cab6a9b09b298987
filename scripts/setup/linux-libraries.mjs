/** Step on Linux: the system libraries and fonts that Electron's window needs and no npm package brings. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDebianPackages, installCommands } from './debian-packages.mjs';
import { say } from './progress.mjs';
import { CLONE_CACHE } from './project.mjs';
import { CommandError, findProgram, runQuietly } from './run.mjs';
import { SetupError } from './setup-error.mjs';
import { stampSays, writeStamp } from './stamp.mjs';

/** @typedef {import('./electron.mjs').Electron} Electron */

const LIBRARIES = [
  'libgtk-3-0',
  'libnss3',
  'libasound2',
  'libgbm1',
  'libxss1',
  'libdrm2',
  'libxshmfence1',
  'libatk-bridge2.0-0',
  'libcups2',
];
const FONTS = [
  { name: 'fonts-wqy-microhei', pattern: ':lang=zh-cn' },
  { name: 'fonts-noto-color-emoji', pattern: ':lang=und-zsye' },
];
const STAMP = join(CLONE_CACHE, 'linux-libraries.json');

/** @param {Electron} electron */
export async function ensureLinuxLibraries(electron) {
  if (process.platform !== 'linux') return;
  const program = statSync(electron.executable);
  const stamp = { path: electron.executable, size: program.size, time: program.mtimeMs };
  if (stampSays(STAMP, stamp)) return;
  const missing = await missingLibraries(electron.executable);
  if (missing.length > 0) {
    // One call for libraries and fonts together: it is the same wait.
    const fonts = process.getuid?.() === 0 ? await missingFonts() : [];
    await ensureDebianPackages([...LIBRARIES, ...fonts], 'open a window');
    const still = await missingLibraries(electron.executable);
    if (still.length > 0)
      throw new SetupError('Libraries that Electron needs are still missing.', { why: still.join('\n') });
  }
  await offerFonts();
  writeStamp(STAMP, stamp);
}

/**
 * @param {string} executable
 * @returns {Promise<string[]>} the libraries the dynamic linker does not find
 */
async function missingLibraries(executable) {
  if (findProgram('ldd') === null) return [];
  try {
    return parseMissing(await runQuietly('ldd', [executable]));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new SetupError(`${executable} is not a program for this system.`, {
      why: error.output,
      type: ['unset ELECTRON_OVERRIDE_DIST_PATH', 'npm start'],
    });
  }
}

/** @param {string} output of ldd @returns {string[]} */
export function parseMissing(output) {
  return output
    .split('\n')
    .filter((line) => line.includes('=> not found'))
    .map((line) => line.trim().split(' ')[0] ?? line.trim());
}

/** Without such fonts, Chinese texts and emoji in states show as boxes. That is a pity, but no reason to stop. */
async function offerFonts() {
  const missing = await missingFonts();
  if (missing.length === 0) return;
  const root = process.getuid?.() === 0;
  if (root && findProgram('apt-get') !== null) {
    try {
      await ensureDebianPackages(missing, 'show Chinese texts and emoji');
      return;
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      say(`${error.message} Going on without.`);
    }
  }
  say('There is no font for Chinese texts or emoji here: they will show as boxes. To add them:');
  for (const line of installCommands(missing, root ? '' : 'sudo ')) say(`    ${line}`);
}

/** @returns {Promise<string[]>} the packages of the fonts that no installed font can stand in for */
async function missingFonts() {
  if (findProgram('fc-list') === null) return existsSync('/usr/share/fonts') ? [] : FONTS.map(({ name }) => name);
  const missing = [];
  for (const { name, pattern } of FONTS) {
    if ((await runQuietly('fc-list', [pattern, 'family'])).trim() === '') missing.push(name);
  }
  return missing;
}
