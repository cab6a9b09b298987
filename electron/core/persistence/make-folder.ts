import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder, toWriteError } from '../files/replace-file.ts';

/** With all folders above it, durable when it resolves. @throws SourceError `read-only`, `disk-full`. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first === undefined) return;
    // A new folder is an entry of the one above it.
    for (let made = folder; ; made = dirname(made)) {
      await syncFolder(dirname(made));
      if (made === first || made === dirname(made)) return;
    }
  } catch (error) {
    throw toWriteError(error, folder);
  }
}
