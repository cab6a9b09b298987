/**
 * Repairs a copy: the whole source is copied beside the place where the copy shall be, under a hidden name, repaired there, and
 * only then given its name. The original is read, never written; whatever ends this in the middle leaves it as it was, and no
 * half-made copy under the name that was asked for.
 */
import { randomBytes } from 'node:crypto';
import { link, lstat, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { RepairedCopy } from '../../../shared/ipc/repairs.ts';
import { type FilePath, findByReadablePath } from '../files/file-path.ts';
import { syncFolder, toWriteError } from '../files/replace-file.ts';
import { errorCode } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { notWritable } from '../writing/state-writer.ts';
import { copyRefused } from './copy-refused.ts';
import { copySource } from './copy-source.ts';
import type { CopyRepairRun, RepairPlan } from './model.ts';
import { writeRepairs } from './write-copy.ts';

/**
 * @throws SourceError `file-exists`, `copy-refused`, `not-writable` for formats that are only read, `conflict` when the source has
 * changed since the plan, `disk-full`, `read-only`, …; then there is no copy.
 */
export async function repairCopy(
  plan: RepairPlan,
  to: string,
  { signal, onProgress }: CopyRepairRun = {},
): Promise<RepairedCopy> {
  const path = resolve(to);
  const { location, states } = plan;
  const from = await copiable(plan);
  await refuseTarget(path, from, location);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const bytes = await copySource(from, temporary, {
      signal,
      onProgress: (done, total, file) => onProgress?.({ phase: 'copying', done, total, key: file }),
    });
    signal?.throwIfAborted();
    const { files, grown } = await writeRepairs({ path: temporary, of: location }, states, { signal, onProgress });
    signal?.throwIfAborted();
    await giveName(temporary, path);
    return { path, states: states.length, files, bytes: bytes + grown };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (signal?.aborted === true) throw cancelled(path);
    throw toWriteError(error, path);
  }
}

/** Where the source is. What a copy of the file or folder would not bring along is refused before anything is copied. */
async function copiable({ location, format, states }: RepairPlan): Promise<FilePath> {
  const from = (await isThere(location)) ? location : await findByReadablePath(location);
  if (from === null) throw copyRefused(location, 'server');
  if (format === 'persistence') throw copyRefused(location, 'backends');
  if (format === 'backup' || format === 'pickle') throw notWritable(location, 'format');
  // Only a store that decrypts its files says where they are from the root on.
  if (states.some((state) => isAbsolute(state.location))) throw copyRefused(location, 'encrypted');
  return from;
}

async function refuseTarget(path: string, from: FilePath, location: string): Promise<void> {
  if (await isThere(path)) throw fileExists(path);
  // By way of a link, too.
  const [source, folder] = [await realpath(from), await realpath(dirname(path))];
  if (folder === source || folder.startsWith(source + sep)) throw copyRefused(location, 'inside');
}

/** What has come to be there meanwhile is not replaced. */
async function giveName(temporary: string, path: string): Promise<void> {
  if ((await stat(temporary)).isDirectory()) {
    if (await isThere(path)) throw fileExists(path);
    await rename(temporary, path);
  } else {
    try {
      await link(temporary, path);
      await unlink(temporary);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') throw fileExists(path);
      // A file system without links.
      if (await isThere(path)) throw fileExists(path);
      await rename(temporary, path);
    }
  }
  await syncFolder(dirname(path));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function fileExists(path: string): SourceError {
  const message = `There is something at ${path} already, and it was left as it is. Choose another name.`;
  // Whoever exports may replace a file, and is told how; a repaired copy replaces nothing.
  return new SourceError('file-exists', message, { location: path, context: 'repaired' });
}

function cancelled(path: string): SourceError {
  return new SourceError('cancelled', `Repairing a copy at ${path} was cancelled. Nothing was left there.`, {
    location: path,
  });
}
