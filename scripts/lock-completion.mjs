/** The rules behind complete-lock.mjs. */

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {boolean} [dev]
 * @property {boolean} [optional]
 * @property {string} [license]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [engines]
 * @property {Record<string, string>} [optionalDependencies]
 */

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;

/**
 * Optional dependencies that the lock has no entry for.
 * @param {Readonly<Record<string, LockEntry>>} packages as in package-lock.json: by path
 * @returns {{parent: string, name: string, version: string}[]}
 */
export function missingOptionals(packages) {
  const missing = [];
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (!isResolvable(packages, parent, name)) missing.push({ parent, name, version });
    }
  }
  return missing;
}

/**
 * Adds entries for the missing ones, in npm's order.
 * @param {Record<string, LockEntry>} packages
 * @returns {string[]} what was added, as name@version
 */
export function completeLock(packages) {
  const missing = missingOptionals(packages);
  for (const { parent, name, version } of missing) {
    const system = systemInName(name);
    if (system === null || !EXACT_VERSION.test(version)) {
      throw new Error(
        `${name}@${version}, which ${parent} lists, is not a package for one system: add it to the lock by hand`,
      );
    }
    const { dev, license, engines } = packages[parent] ?? {};
    packages[`node_modules/${name}`] = {
      version,
      cpu: system.cpu,
      ...(dev === undefined ? {} : { dev }),
      ...(system.libc === null ? {} : { libc: system.libc }),
      ...(license === undefined ? {} : { license }),
      optional: true,
      os: system.os,
      ...(engines === undefined ? {} : { engines }),
    };
  }
  const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'));
  for (const [path] of sorted) delete packages[path];
  for (const [path, entry] of sorted) packages[path] = entry;
  return missing.map(({ name, version }) => `${name}@${version}`);
}

/**
 * Looks for a package from a folder upwards, as Node does.
 * @param {Readonly<Record<string, LockEntry>>} packages
 * @param {string} parent
 * @param {string} name
 */
function isResolvable(packages, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`] !== undefined) return true;
    if (folder === '') return false;
  }
}

/**
 * @param {string} name e.g. "@oxlint/binding-linux-arm-musleabihf"
 * @returns {{os: string[], cpu: string[], libc: string[] | null} | null} null when the name tells no system
 */
export function systemInName(name) {
  const parts = name.split(/[/-]/);
  const os = SYSTEMS.find((system) => parts.includes(system));
  const cpu = PROCESSORS.find((processor) => parts.includes(processor));
  if (os === undefined || cpu === undefined) return null;
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc';
  const told = parts.some((part) => /^(musl|gnu)/.test(part));
  return { os: [os], cpu: [cpu], libc: os === 'linux' && told ? [libc] : null };
}
