/** npm shows no progress for `npm pack`, so we look at how much of the file has arrived. */
import { readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const INTERVAL_MS = 500;

/**
 * npm first writes a download to a temporary file of its cache, then copies it to where it was asked for.
 * @param {string} destination the folder npm will write the archive to
 * @param {(bytes: number) => void} onBytes
 * @returns {() => void} ends the watching
 */
export function watchNpmDownload(destination, onBytes) {
  const started = Date.now();
  const incoming = join(npmCacheFolder(), '_cacache', 'tmp');
  const timer = setInterval(() => {
    onBytes(Math.max(largestFileSince(incoming, started), largestFileSince(destination, started)));
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** npm tells the scripts it starts where its cache is. */
function npmCacheFolder() {
  const told = process.env['npm_config_cache'];
  if (told !== undefined) return told;
  const local = process.env['LOCALAPPDATA'];
  return process.platform === 'win32' && local !== undefined ? join(local, 'npm-cache') : join(homedir(), '.npm');
}

/**
 * @param {string} folder
 * @param {number} since milliseconds since 1970
 */
function largestFileSince(folder, since) {
  let largest = 0;
  let names;
  try {
    names = readdirSync(folder);
  } catch {
    // No such folder yet: nothing has arrived.
    return 0;
  }
  for (const name of names) {
    const file = statSync(join(folder, name), { throwIfNoEntry: false });
    if (file?.isFile() === true && file.mtimeMs >= since) largest = Math.max(largest, file.size);
  }
  return largest;
}
