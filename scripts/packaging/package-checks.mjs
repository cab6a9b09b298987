/** What has to be true of a packaged program. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { parse } from 'yaml';
import { chromiumSwitches } from '../setup/chromium-switches.mjs';
import { onDisplay } from '../setup/display.mjs';
import { CommandError, runQuietly } from '../setup/run.mjs';

/** @typedef {{rule: string, problem: string | null}} CheckResult */

const START_TIMEOUT_MS = 120_000;

/** See "Security" in docs/ARCHITECTURE.md. */
const FUSES = [
  { fuse: FuseV1Options.RunAsNode, on: false },
  { fuse: FuseV1Options.EnableNodeOptionsEnvironmentVariable, on: false },
  { fuse: FuseV1Options.EnableNodeCliInspectArguments, on: false },
  { fuse: FuseV1Options.OnlyLoadAppFromAsar, on: true },
  { fuse: FuseV1Options.EnableEmbeddedAsarIntegrityValidation, on: true },
  { fuse: FuseV1Options.GrantFileProtocolExtraPrivileges, on: false },
];
const NEEDED_IN_ASAR = [
  'package.json',
  'out/main/main.js',
  'out/main/cli.js',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
];
/** Of our own files: what packages of others bring along is theirs to choose. */
const UNWANTED_IN_ASAR =
  /^(?!node_modules\/)(.*\.(map|ts|tsx)$|.*\.(test|spec)\.|.*(^|\/)(fixtures|e2e|scripts|docs)(\/|$))|\.map$/;

/**
 * @param {string} output electron-builder's output folder
 * @returns {Promise<CheckResult[]>}
 */
export async function packageChecks(output) {
  const program = findProgram(output);
  const asar = join(program.resources, 'app.asar');
  return [
    await check('the fuses are set as docs/ARCHITECTURE.md wants them', () => fuseProblems(program.executable)),
    await check('the archive holds the program', () => missingFiles(asar)),
    await check('the archive holds no source maps, sources, tests or fixtures', () => unwantedFiles(asar)),
    await check('native addons lie outside of the archive, for this system only', () => addonProblems(asar)),
    await check('the default app of Electron is gone', () =>
      existsSync(join(program.resources, 'default_app.asar')) ? ['it is still there'] : [],
    ),
    await check(".statescope files are its own, and other types are nobody's but offered", () =>
      associationProblems(program.resources),
    ),
    await check('the sample workspace is beside it', () =>
      existsSync(join(program.resources, 'sample-workspace')) ? [] : ['it is missing'],
    ),
    await check('the probe for Python is beside it', () =>
      existsSync(join(program.resources, 'probes', 'statescope_probe.py')) ? [] : ['it is missing'],
    ),
    await check('it opens its window, takes a picture and ends with exit code 0', () =>
      startProblems(program.executable),
    ),
  ];
}

/**
 * @param {string} rule
 * @param {() => string[] | Promise<string[]>} findProblems
 * @returns {Promise<CheckResult>}
 */
async function check(rule, findProblems) {
  const problems = await findProblems();
  return { rule, problem: problems.length === 0 ? null : problems.map((line) => `    ${line}`).join('\n') };
}

/**
 * @param {string} output
 * @returns {{executable: string, resources: string}}
 */
function findProgram(output) {
  const unpacked = readdirSync(output).find(
    (name) => /(^|-)unpacked$/.test(name) || name === 'mac' || name.startsWith('mac-'),
  );
  if (unpacked === undefined) throw new Error(`electron-builder left no unpacked program in ${output}`);
  const folder = join(output, unpacked);
  if (process.platform === 'darwin') {
    const contents = join(folder, 'Statescope.app', 'Contents');
    return { executable: join(contents, 'MacOS', 'Statescope'), resources: join(contents, 'Resources') };
  }
  const executable = join(folder, process.platform === 'win32' ? 'Statescope.exe' : 'statescope');
  return { executable, resources: join(folder, 'resources') };
}

/**
 * Only on macOS does the unpacked program itself say which files are its own. Elsewhere the installers do, from what is written in
 * electron-builder.yml.
 * @param {string} resources
 */
function associationProblems(resources) {
  const config = parse(readFileSync(join(import.meta.dirname, 'electron-builder.yml'), 'utf8'));
  /** @type {{ext: string, role: string, rank?: string, mimeType?: string}[]} */
  const own = config.fileAssociations ?? [];
  /** @type {typeof own} */
  const onMac = config.mac.fileAssociations ?? [];
  const problems = [
    own.some(({ ext, role, mimeType }) => ext === 'statescope' && role === 'Editor' && mimeType) ||
      'it is not declared',
    own.every(({ ext }) => ext === 'statescope') || 'a type of others is claimed on all systems',
    onMac.some(({ ext, rank }) => ext === 'json' && rank === 'Alternate') || 'JSON is not offered on macOS',
    (config.linux.mimeTypes ?? []).includes('application/json') || 'JSON is not offered on Linux',
    config.win.fileAssociations === undefined || 'a type of others is claimed on Windows',
  ];
  if (process.platform === 'darwin') {
    const info = readFileSync(join(resources, '..', 'Info.plist'), 'utf8');
    problems.push(/<string>statescope<\/string>/.test(info) || 'Info.plist does not name it');
  }
  return problems.filter((problem) => typeof problem === 'string');
}

/** @param {string} executable */
async function fuseProblems(executable) {
  const wire = await getCurrentFuseWire(executable);
  return FUSES.filter(({ fuse, on }) => wire[fuse] !== (on ? FuseState.ENABLE : FuseState.DISABLE)).map(
    ({ fuse, on }) => `${FuseV1Options[fuse]} is not ${on ? 'on' : 'off'}`,
  );
}

/** @param {string} asar @returns {string[]} paths in it, with slashes, without one at the start */
function filesIn(asar) {
  return listPackage(asar, { isPack: false }).map((path) => path.replaceAll('\\', '/').replace(/^\//, ''));
}

/** @param {string} asar */
function missingFiles(asar) {
  const files = new Set(filesIn(asar));
  return NEEDED_IN_ASAR.filter((path) => !files.has(path)).map((path) => `${path} is missing`);
}

/** @param {string} asar */
function unwantedFiles(asar) {
  return filesIn(asar).filter((path) => UNWANTED_IN_ASAR.test(path));
}

/** @param {string} asar */
function addonProblems(asar) {
  const addons = filesIn(asar).filter((path) => path.endsWith('.node'));
  const packed = addons
    .filter((path) => !existsSync(join(`${asar}.unpacked`, path)))
    .map((path) => `${path} is inside of the archive`);
  const foreign = addons
    .filter((path) => path.includes('/prebuilds/') && !path.endsWith(`/${process.platform}-${process.arch}.node`))
    .map((path) => `${path} is for another system`);
  return addons.length === 0 ? ['there is no addon at all'] : [...packed, ...foreign];
}

/**
 * Starts the packaged program in a profile of its own.
 * @param {string} executable
 */
async function startProblems(executable) {
  const work = mkdtempSync(join(tmpdir(), 'statescope-package-'));
  const picture = join(work, 'window.png');
  const { switches } = chromiumSwitches(dirname(executable));
  const launch = onDisplay(executable, [
    ...switches,
    `--user-data-dir=${join(work, 'profile')}`,
    '--screenshot',
    picture,
    '--exit',
  ]);
  try {
    await runQuietly(launch.command, launch.args, { cwd: work, timeoutMs: START_TIMEOUT_MS });
    return statSync(picture, { throwIfNoEntry: false }) === undefined ? ['it wrote no picture'] : [];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [error.message, ...error.output.split('\n')];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
