/** An open source with all that is needed to put moments of it back: its history, its snapshots, and what undoes restores. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MomentRef } from '../../shared/ipc/moments.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { isEncryptedSource } from '../core/live/encrypted-source.ts';
import { followSource } from '../core/live/follow-source.ts';
import { LiveSession } from '../core/live/live-session.ts';
import { journalFile } from '../core/live/open-recording.ts';
import { copiesOf } from '../core/restore/copies.ts';
import { Restoring } from '../core/restore/restoring.ts';
import { openMoment } from '../core/snapshots/moments.ts';
import { openSource } from '../core/sources/open-source.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { type Journal, openJournal } from '../core/tracking/journal.ts';
import { EditableWorkspace } from '../core/workspace/editable-workspace.ts';
import { openAsking } from './open.ts';
import type { Output } from './output.ts';
import { snapshotFolder } from './snapshots.ts';

export interface RestoreTargetOptions {
  readonly followLinks: boolean;
  readonly write: boolean;
  readonly signal: AbortSignal;
}

export interface RestoreCommand {
  readonly restoring: Restoring;
  readonly workspace: EditableWorkspace;
  /** @throws SourceError `moment-forgotten`, `snapshot-missing`, or as opening does */
  readonly keysAt: (ref: MomentRef) => Promise<readonly string[]>;
  /** By what a person wrote: a change's number, the id or name of a snapshot, or the place of another source. */
  readonly momentOf: (text: string) => MomentRef;
}

export async function withRestoring<T>(
  output: Output,
  location: string,
  { followLinks, write, signal }: RestoreTargetOptions,
  work: (command: RestoreCommand) => Promise<T>,
): Promise<T> {
  const asked = await openAsking(output, location, { followLinks, signal });
  let first: Source | null = asked.source;
  const open = async (options: OpenOptions): Promise<Source> => {
    const source = first ?? (await openSource(location, { followLinks, secret: asked.secret, ...options }));
    first = null;
    return source;
  };
  const context = { safetyFolder: join(dataFolder(), 'safety') };
  const workspace = await EditableWorkspace.open(
    { id: 'cli', context, snapshotFolder: snapshotFolder(), open, onChanged: () => undefined },
    { signal },
  );
  const history = await historyOf(workspace, open, write);
  try {
    if (write) workspace.arm({ armed: true });
    const moment = (ref: MomentRef) =>
      openMoment(ref, {
        now: workspace.source,
        journal: history.journal(),
        snapshots: workspace.snapshots,
        open: async (elsewhere) => (await openAsking(output, elsewhere, { followLinks, signal })).source,
      });
    const restoring = new Restoring({
      target: workspace,
      folder: context.safetyFolder,
      moment,
      copies: copiesOf(workspace),
      onWritten: (keys, how, mark) => history.live?.wrote(keys, how, mark ?? undefined) ?? Promise.resolve(),
    });
    const keysAt = async (ref: MomentRef): Promise<readonly string[]> => {
      const opened = await moment(ref);
      try {
        return opened.source.entries.flatMap(({ key, aliases }) => [key, ...aliases]);
      } finally {
        await opened.release();
      }
    };
    const momentOf = (text: string): MomentRef => {
      if (/^\d+$/.test(text)) return { at: 'seq', seq: Number(text) };
      const snapshot = workspace.snapshots?.find(text);
      return snapshot ? { at: 'snapshot', snapshot: snapshot.id } : { at: 'source', location: text };
    };
    return await work({ restoring, workspace, keysAt, momentOf });
  } finally {
    await history.close();
    await workspace.close();
  }
}

interface OpenHistory {
  /** What records what is written here; null where nothing is recorded, or nothing is written. */
  readonly live: LiveSession | null;
  readonly journal: () => Journal | null;
  readonly close: () => Promise<void>;
}

/** A history that the window keeps goes on; none is begun. While the window has it open, the window records. */
async function historyOf(
  workspace: EditableWorkspace,
  open: (options: OpenOptions) => Promise<Source>,
  write: boolean,
): Promise<OpenHistory> {
  const { location, bytes } = workspace.source;
  const folder = join(dataFolder(), 'journals');
  const file = journalFile(folder, location);
  if (!existsSync(file)) return { live: null, journal: () => null, close: async () => undefined };
  if (!write) {
    const journal = openJournal(file, { source: location, mode: 'read' });
    return { live: null, journal: () => journal, close: async () => journal.close() };
  }
  const live = new LiveSession({
    location,
    bytes,
    isEncrypted: await isEncryptedSource(workspace.source),
    follow: (feed) => followSource(workspace, open, feed),
    folder,
    onStatus: () => undefined,
    onBroken: () => undefined,
  });
  await live.start();
  return { live, journal: () => live.readableJournal(), close: () => live.close() };
}
