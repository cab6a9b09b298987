/** Unpacking part of a zip archive. */
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

const FILE_TYPE = 0o170000;
const REGULAR_FILE = 0o100000;

/**
 * Unpacks the files that `place` gives a place to. It does not look at their checksums: who calls has checked the whole.
 * @param {string} archive
 * @param {string} folder made if need be
 * @param {(name: string) => string | null} place gets an entry's name, returns its path below `folder`, or null to skip it
 * @throws when the archive ends early, is no zip, or an entry is a link or would land outside of `folder`
 */
export async function extractZip(archive, folder, place) {
  const { default: yauzl } = await import('yauzl');
  const zip = await yauzl.openPromise(archive, { autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      const relative = place(name);
      if (relative === null || name.endsWith('/')) continue;
      const target = pathInside(folder, relative);
      const mode = entry.externalFileAttributes >>> 16;
      const type = mode & FILE_TYPE;
      if (type !== 0 && type !== REGULAR_FILE) throw new Error(`${archive}: ${name} is no regular file`);
      mkdirSync(dirname(target), { recursive: true });
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(target, { mode: mode & 0o777 || 0o644 }),
      );
    }
  } finally {
    zip.close();
  }
}

/**
 * @param {string} folder
 * @param {string} relative
 */
function pathInside(folder, relative) {
  const target = resolve(join(folder, relative));
  if (!target.startsWith(resolve(folder) + sep))
    throw new Error(`an entry of the archive would land outside of ${folder}: ${relative}`);
  return target;
}
