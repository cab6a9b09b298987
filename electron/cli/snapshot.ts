import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataFolder } from '../core/files/data-folder.ts';
import { journalFile } from '../core/live/open-recording.ts';
import { matchesGlob } from '../core/persistence/rules-glob.ts';
import { capturedStates, SnapshotStore } from '../core/snapshots/snapshot-store.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { snapshotFolder } from './snapshots.ts';

export interface SnapshotOptions {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  /** A pattern for keys; null for all. */
  readonly only: string | null;
  readonly json: boolean;
  readonly followLinks: boolean;
  readonly signal: AbortSignal;
}

/** `snapshot SOURCE`: keeps its states as they are. The source is only read. */
export async function snapshot(output: Output, location: string, options: SnapshotOptions): Promise<void> {
  const { name, description, tags, only, json, followLinks, signal } = options;
  await withSource(output, location, { followLinks, signal }, async (source) => {
    const keys = source.entries.map(({ key }) => key).filter((key) => only === null || matchesGlob(only, key));
    if (keys.length === 0) {
      output.error(`statescope: ${output.translate('cli.nothingToSnapshot', { location: source.location })}\n`);
      output.exitCode = EXIT.missing;
      return;
    }
    const line = new ProgressLine(output);
    const store = SnapshotStore.open(snapshotFolder(), source.location);
    try {
      const taken = await store.take(capturedStates(source, keys, signal), {
        reason: 'manual',
        name,
        description,
        tags,
        seq: lastSeqOf(source.location),
        total: keys.length,
        signal,
        onProgress: ({ done, total }) => line.show(output.translate('cli.snapshotting'), done, total, ''),
      });
      line.clear();
      const { id, states, bytes } = taken;
      if (json) output.json(taken);
      else output.write(`${output.translate('cli.snapshotTaken', { id, count: states, bytes })}\n`);
    } finally {
      line.clear();
      store.close();
    }
  });
}

/** Of the journal that the window keeps of it; null where there is none that can be read. */
function lastSeqOf(location: string): number | null {
  const file = journalFile(join(dataFolder(), 'journals'), location);
  if (!existsSync(file)) return null;
  try {
    const journal = openJournal(file, { source: location, mode: 'read' });
    const { lastSeq } = journal;
    journal.close();
    return lastSeq;
  } catch (error) {
    // A journal that cannot be read is no reason not to keep the states.
    if (error instanceof SourceError) return null;
    throw error;
  }
}
