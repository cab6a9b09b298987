/**
 * Tells which states of a store change, whoever writes them.
 *
 * What the system reports is only taken as a reason to look: chokidar drops events when a file is replaced by a rename several
 * times within a tenth of a second, which is what a save does. What has changed is found by comparing all files with what they
 * were; 10,000 of them take a tenth of a second.
 */
import { sep } from 'node:path';
import { watch } from 'chokidar';
import { isPassedOver } from '../files/walk.ts';
import { BACKUPS_FOLDER } from '../sources/categories.ts';
import { toSourceError } from '../sources/problems.ts';
import type { Changed } from './backend.ts';
import type { FileLayout } from './file-layout.ts';

/** What happens within this time is told at once. */
const GATHER_MS = 100;
/** Looking takes at most this part of the time. */
const LOOKING_SHARE = 0.2;

/** Resolves when changes are told from then on. */
export async function watchFiles(
  layout: FileLayout,
  onChange: (changed: Changed) => void,
): Promise<() => Promise<void>> {
  const { base } = layout;
  let known: ReadonlyMap<string, string> = new Map();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let ended = false;
  let pause = GATHER_MS;

  const trigger = () => {
    if (looking !== null) lookAgain = true;
    else if (!ended) timer ??= setTimeout(start, pause);
  };
  const start = () => {
    timer = null;
    looking = look().finally(() => {
      looking = null;
      if (lookAgain) trigger();
      lookAgain = false;
    });
  };
  const look = async () => {
    const began = performance.now();
    // A folder that cannot be listed: whoever asks for its states next is told why.
    const now = await layout.fingerprints().catch(() => null);
    const changed = now && differences(known, now);
    if (now) known = now;
    pause = Math.max(GATHER_MS, (performance.now() - began) / LOOKING_SHARE);
    if (ended || changed?.size === 0) return;
    onChange(changed && new Set([...changed].flatMap((path) => layout.keyOf(path) ?? [])));
  };

  const watcher = watch(base, {
    ignoreInitial: true,
    followSymlinks: false,
    // A folder that may not be read is nothing to fail for.
    ignorePermissionErrors: true,
    ignored: (path, stats) => {
      const parts = path.slice(base.length + 1).split(sep);
      if (path !== base && (parts[0]?.toLowerCase() === BACKUPS_FOLDER || parts.some(isPassedOver))) return true;
      // A folder's watch tells of its files, and there are limits to how much can be watched; only macOS is silent when a file
      // is written in place.
      return stats?.isFile() === true && process.platform !== 'darwin';
    },
  });
  watcher.on('raw', trigger);
  watcher.on('all', trigger);
  try {
    await new Promise<void>((resolve, reject) => {
      watcher.once('ready', resolve);
      watcher.once('error', reject);
    });
    known = await layout.fingerprints();
  } catch (error) {
    await watcher.close();
    throw toSourceError(error, base);
  }
  watcher.on('error', trigger);

  return async () => {
    ended = true;
    if (timer) clearTimeout(timer);
    await watcher.close();
    await looking;
  };
}

function differences(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [path, fingerprint] of now) if (before.get(path) !== fingerprint) changed.add(path);
  for (const path of before.keys()) if (!now.has(path)) changed.add(path);
  return changed;
}
