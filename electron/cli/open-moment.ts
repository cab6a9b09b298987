/** What a person names to compare: a source as it is, after a change of its history, or as a snapshot of it holds it. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { dataFolder } from '../core/files/data-folder.ts';
import { journalFile } from '../core/live/open-recording.ts';
import { openMoment } from '../core/snapshots/moments.ts';
import { SnapshotStore } from '../core/snapshots/snapshot-store.ts';
import { openSource } from '../core/sources/open-source.ts';
import { isPostgresUrl } from '../core/sources/postgres-address.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { openJournal } from '../core/tracking/journal.ts';
import { openAsking } from './open.ts';
import type { Output } from './output.ts';

export interface NamedMoment {
  readonly location: string;
  /** A number: after this change. Any other text: the name or id of a snapshot. Null: as it is now. */
  readonly moment: string | null;
}

export interface OpenedMoment {
  readonly source: Source;
  /** What to call it in front of a person. */
  readonly title: string;
  close(): Promise<void>;
}

/** `SOURCE@12`, `SOURCE@name`. A file that is called so comes first, and what stands before the host of a URL is a user. */
export async function namedMoment(text: string): Promise<NamedMoment> {
  const match = /^(.+)@([^@/\\]+)$/.exec(text);
  const [, location = '', moment = ''] = match ?? [];
  const isWhole = match === null || (isPostgresUrl(text) && !/:\/\/[^/]+\//.test(location));
  if (isWhole || (await stat(text).catch(() => null)) !== null) return { location: text, moment: null };
  return { location, moment };
}

/** @throws SourceError as opening does; `moment-forgotten` for a change that is not remembered, `snapshot-missing`. */
export async function openNamed(
  output: Output,
  { location, moment }: NamedMoment,
  options: OpenOptions,
): Promise<OpenedMoment> {
  const { source } = await openAsking(output, location, options);
  if (moment === null) return { source, title: source.location, close: () => source.close() };
  const kept = await keptOf(source);
  const close = async (): Promise<void> => {
    kept.journal?.close();
    kept.snapshots?.close();
    await source.close();
  };
  try {
    const ref = /^\d+$/.test(moment)
      ? ({ at: 'seq', seq: Number(moment) } as const)
      : ({ at: 'snapshot', snapshot: kept.snapshots?.find(moment)?.id ?? moment } as const);
    const open = (elsewhere: string): Promise<Source> => openSource(elsewhere, options);
    const opened = await openMoment(ref, { now: source, ...kept, open });
    return { source: opened.source, title: `${source.location}@${moment}`, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The history and the snapshots that the window and the command line keep of a source. */
async function keptOf({ location }: Source) {
  const file = journalFile(join(dataFolder(), 'journals'), location);
  const isThere = (await stat(file).catch(() => null)) !== null;
  return {
    journal: isThere ? openJournal(file, { source: location, mode: 'read' }) : null,
    snapshots: snapshotsOf(location),
  };
}

/** Those that cannot be opened are no reason not to look at the history. */
function snapshotsOf(location: string): SnapshotStore | null {
  try {
    return SnapshotStore.open(join(dataFolder(), 'snapshots'), location);
  } catch (error) {
    if (error instanceof SourceError) return null;
    throw error;
  }
}
