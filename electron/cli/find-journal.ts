/** The journal that a person means: its file, or the one that the window keeps of a source. */
import { open, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROBE_LOCATION } from '../../shared/ipc/address.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { findByReadablePath, readablePath } from '../core/files/file-path.ts';
import { journalFile } from '../core/live/open-recording.ts';
import { isPostgresUrl, postgresTarget } from '../core/sources/postgres-address.ts';
import { type Journal, openJournal } from '../core/tracking/journal.ts';
import { APPLICATION_ID } from '../core/tracking/journal-schema.ts';
import { EXIT, type Output } from './output.ts';

/** Of every SQLite database, where in its header the application is named that made it. */
const APPLICATION_ID_AT = 68;

/** Opens a journal for the time of `work`; `record` keeps others from writing it meanwhile. Where there is none that is told, with what to do, and the command ends with 1. */
export async function withJournal(
  output: Output,
  location: string,
  work: (journal: Journal) => Promise<void> | void,
  mode: 'read' | 'record' = 'read',
): Promise<void> {
  const file = (await isJournal(location)) ? location : await keptJournal(location);
  if (file === null) {
    output.error(`statescope: ${output.translate('cli.noJournal', { location: await nameOf(location) })}\n`);
    output.exitCode = EXIT.missing;
    return;
  }
  const journal = openJournal(file, { source: location, mode });
  try {
    await work(journal);
  } finally {
    journal.close();
  }
}

/** Told by content, as everything is. */
async function isJournal(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isFile()) return false;
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(APPLICATION_ID_AT + 4);
    await file.read(header, 0, header.length, 0);
    return (
      header.toString('latin1', 0, 15) === 'SQLite format 3' &&
      header.readUInt32BE(APPLICATION_ID_AT) === APPLICATION_ID
    );
  } finally {
    await file.close();
  }
}

/** The source itself need not be there any more. */
export async function keptJournal(location: string): Promise<string | null> {
  const file = journalFile(join(dataFolder(), 'journals'), await nameOf(location));
  return (await stat(file).catch(() => null)) === null ? null : file;
}

/** How an open source names its location. */
export async function nameOf(location: string): Promise<string> {
  if (location === PROBE_LOCATION) return location;
  if (isPostgresUrl(location)) return (await postgresTarget({ url: location })).location;
  const path = resolve(location.startsWith('file://') ? fileURLToPath(location) : location);
  if ((await stat(path).catch(() => null)) !== null) return path;
  return readablePath((await findByReadablePath(path)) ?? path);
}
