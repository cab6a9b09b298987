/** What a backup will hold, known before its first byte is written: the checksum of every state that was chosen. */
import { createHash } from 'node:crypto';
import type { BackupProgress, LeftOutState } from '../../../shared/ipc/backup-model.ts';
import type { StateMetadata } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { matchesGlob } from '../persistence/rules-glob.ts';
import { rangeParts } from '../sources/range-parts.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { BackupOptions, BackupRun } from './model.ts';

export interface SurveyedState {
  readonly key: string;
  /** Of the JSON text. */
  readonly sha256: string;
  readonly bytes: number;
  /** What its source knows of it; null where that is nothing. */
  readonly type: string | null;
  readonly version: string | null;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  /** Where it lay in its source. */
  readonly location: string;
}

export interface Survey {
  readonly states: readonly SurveyedState[];
  readonly leftOut: readonly LeftOutState[];
  readonly unmatched: readonly string[];
}

type Selection = Pick<BackupOptions, 'only' | 'keys'>;

/** Reads each chosen state once. @throws SourceError of reading; the signal's reason. */
export async function surveyStates(
  source: Source,
  selection: Selection,
  { signal, onProgress }: BackupRun,
): Promise<Survey> {
  const chosen = source.entries.filter((entry) => isChosen(entry, selection));
  const total = chosen.reduce((sum, { bytes }) => sum + bytes, 0);
  const states: SurveyedState[] = [];
  const leftOut: LeftOutState[] = [];
  let done = 0;
  const tell = (key: string): void => onProgress?.({ phase: 'checking', done, total, key } satisfies BackupProgress);
  for (const { key, bytes: size, location } of chosen) {
    signal?.throwIfAborted();
    tell(key);
    const read = await stateText(source, key, signal);
    if ('reason' in read) leftOut.push({ key, reason: read.reason });
    else {
      const { type, version, createdAt, updatedAt } = read.metadata;
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const part of read.parts) {
        hash.update(part);
        bytes += part.length;
      }
      states.push({ key, sha256: hash.digest('hex'), bytes, type, version, createdAt, updatedAt, location });
    }
    done += size;
  }
  return { states, leftOut, unmatched: unmatchedOf(source.entries, selection) };
}

export interface StateText {
  readonly metadata: StateMetadata;
  /** One after the other they are the JSON text, without what surrounds it. */
  readonly parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/**
 * The text of a state as it stands in the source; why it cannot stand in a larger text, for one that is damaged.
 * @throws SourceError `cancelled`
 */
export async function stateText(
  source: Source,
  key: string,
  signal: AbortSignal | undefined,
): Promise<StateText | { readonly reason: string }> {
  try {
    const { bytes, metadata } = await source.read(key, signal ? { signal } : {});
    // Checked to the last byte, and not more than the root kept of it.
    const { document, issues } = parseJson(bytes, { recordDepth: 0 });
    const fault = issues.find(({ severity }) => severity === 'error');
    if (document === null || fault !== undefined || document.isIncomplete(0)) {
      return { reason: fault?.message ?? 'It is cut off.' };
    }
    return { parts: [bytes.subarray(document.start(0), document.end(0))], metadata };
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    if (error.code !== 'state-too-large' || source.range === undefined) return { reason: error.message };
  }
  // Of one that is too large to be parsed only its brackets have been counted.
  const { incomplete, metadata } = await source.range(key);
  return incomplete ? { reason: 'It is cut off.' } : { parts: rangeParts(source, key, signal), metadata };
}

/** Whether a state of this key belongs to what is to be backed up. */
export function isChosen(entry: Pick<StateEntry, 'key'>, { only, keys }: Selection): boolean {
  if (only === undefined && keys === undefined) return true;
  return keys?.includes(entry.key) === true || only?.some((glob) => matchesGlob(glob, entry.key)) === true;
}

function unmatchedOf(entries: readonly StateEntry[], { only = [], keys = [] }: Selection): readonly string[] {
  const there = new Set(entries.map(({ key }) => key));
  return [
    ...keys.filter((key) => !there.has(key)),
    ...only.filter((glob) => !entries.some(({ key }) => matchesGlob(glob, key))),
  ];
}
