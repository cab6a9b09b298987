/** Writes of the command line into stores of ours: what is there is captured first, as the window does. */
import { join } from 'node:path';
import { dataFolder } from '../core/files/data-folder.ts';
import { isEncryptedStore } from '../core/persistence/open-store-folder.ts';
import { type AutomaticReason, SafetySnapshots } from '../core/snapshots/safety-snapshots.ts';
import { openSource } from '../core/sources/open-source.ts';

/**
 * Has a state that is there written, once it has been captured. Of an encrypted store nothing is kept elsewhere.
 * @throws SourceError when it cannot be captured; then nothing was written
 */
export async function snapshotFirst<T extends { readonly status: string }>(
  location: string,
  reason: AutomaticReason,
  key: string,
  signal: AbortSignal,
  write: () => Promise<T>,
): Promise<T> {
  if (await isEncryptedStore(location)) return write();
  const source = await openSource(location, { signal });
  const safety = new SafetySnapshots(join(dataFolder(), 'snapshots'), source.location);
  try {
    const made = await safety.around(source, reason, key, write);
    await safety.tidy();
    return made;
  } finally {
    safety.close();
    await source.close();
  }
}
