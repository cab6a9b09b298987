/** Where the journal of a source lies, and how it is opened whatever state it is in: the source opens all the same. */
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RecordingProblem } from '../../../shared/ipc/history.ts';
import { locationName } from '../files/location-name.ts';
import { SourceError } from '../sources/source-error.ts';
import { type Journal, openJournal } from '../tracking/journal.ts';

export interface OpenedJournal {
  /** Null when there is none that could be opened. */
  readonly journal: Journal | null;
  /** Why it could not be opened. */
  readonly problem: RecordingProblem | null;
}

/** @param folder of all journals. @param source absolute path or URL without a password. */
export function journalFile(folder: string, source: string): string {
  return join(folder, `${locationName(source)}.journal`);
}

/** A damaged journal is set aside and never deleted; one that another process records into can be read. */
export function openJournalOf(file: string, source: string): OpenedJournal {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return { journal: openJournal(file, { source }), problem: null };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    if (error.code === 'journal-corrupt') return setAside(file, source, error);
    if (error.code === 'locked') return readOnly(file, source, error);
    return { journal: null, problem: recordingProblem(error) };
  }
}

export function recordingProblem(
  { code, message, details }: SourceError,
  aside: string | null = null,
): RecordingProblem {
  return { code, message, details, setAside: aside };
}

function setAside(file: string, source: string, error: SourceError): OpenedJournal {
  const aside = `${file}.damaged-${Date.now()}`;
  for (const suffix of ['', '-wal', '-shm']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return { journal: openJournal(file, { source }), problem: recordingProblem(error, aside) };
}

function readOnly(file: string, source: string, error: SourceError): OpenedJournal {
  try {
    return { journal: openJournal(file, { source, mode: 'read' }), problem: recordingProblem(error) };
  } catch (second) {
    if (second instanceof SourceError) return { journal: null, problem: recordingProblem(second) };
    throw second;
  }
}
