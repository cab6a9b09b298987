import { join } from 'node:path';
import { expect, test } from 'vitest';
import { executableName, findElectron } from './electron.mjs';
import { fallbackFolder, fallbackSupported } from './electron-fallback.mjs';
import { put, scratchFolder } from './scratch-folder.ts';
import { temporaryBeside, userCacheFolder } from './user-cache.mjs';

/** A clone with the electron package, and an environment with an empty user cache. */
function clone(): { root: string; env: NodeJS.ProcessEnv; cache: string } {
  const root = scratchFolder();
  const home = scratchFolder();
  put(root, 'node_modules/electron/package.json', { version: '45.4.1' });
  const env = { XDG_CACHE_HOME: home, LOCALAPPDATA: home };
  return { root, env, cache: userCacheFolder(process.platform, env) };
}

function putElectron(folder: string, version: string): void {
  put(folder, executableName(), 'program');
  put(folder, 'version', version);
}

test('the package’s Electron counts when its installer came to its end, and in the package’s version', () => {
  const { root, env } = clone();
  const dist = join(root, 'node_modules', 'electron', 'dist');
  putElectron(dist, 'v45.4.1');
  expect(findElectron(root, env)?.origin).not.toBe('package');
  put(root, 'node_modules/electron/path.txt', executableName());
  expect(findElectron(root, env)).toMatchObject({ origin: 'package', version: '45.4.1', distPath: dist });
  put(dist, 'version', '44.0.0');
  expect(findElectron(root, env)?.origin).not.toBe('package');
});

test('ELECTRON_OVERRIDE_DIST_PATH comes before everything, and is an error where there is no Electron', () => {
  const { root, env } = clone();
  putElectron(join(root, 'node_modules', 'electron', 'dist'), '45.4.1');
  put(root, 'node_modules/electron/path.txt', executableName());
  const other = scratchFolder();
  const overridden = { ...env, ELECTRON_OVERRIDE_DIST_PATH: other };
  expect(() => findElectron(root, overridden)).toThrow(/ELECTRON_OVERRIDE_DIST_PATH is set to/);
  putElectron(other, '33.2.1');
  expect(findElectron(root, overridden)).toMatchObject({ origin: 'override', version: '33.2.1' });
});

test.runIf(fallbackSupported() && process.platform === 'linux')(
  'an unfinished fallback is not taken for a finished one',
  () => {
    const { root, env, cache } = clone();
    const folder = fallbackFolder(cache);
    putElectron(temporaryBeside(folder), '33.2.1');
    expect(findElectron(root, env)).toBeNull();
    putElectron(folder, '33.2.1');
    expect(findElectron(root, env)).toMatchObject({ origin: 'fallback', version: '33.2.1' });
  },
);

test('the fallback is for one system only', () => {
  expect(fallbackSupported('linux', 'x64')).toBe(true);
  expect(fallbackSupported('linux', 'arm64')).toBe(false);
  expect(fallbackSupported('darwin', 'x64')).toBe(false);
});
