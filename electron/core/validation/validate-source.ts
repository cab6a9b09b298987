/** Reads every state of a source and tells everything that is not as it should be. Nothing is changed or written. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Problem } from '../../../shared/ipc/model.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { describeState, type StateFinding } from '../../../shared/state/describe-state.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import type { Source, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { problemsOfIssues } from '../workspace/issue-problems.ts';
import { storedBeside } from './stored-beside.ts';

export interface ValidationRun {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number; readonly key: string }) => void;
}

export interface SourceFinding extends StateFinding {
  /** Of the state; of a file in which no state can be read its location. */
  readonly key: string;
  /** Set where the rule is the code of a problem: the window and the command line have texts for these. */
  readonly problem: Problem | null;
}

/**
 * Findings in the order of the source's states, then those of files in which no state can be read. A state is read and let
 * go again; after each one whoever else waits has a turn.
 * @throws SourceError `cancelled` once the signal is raised
 */
export async function validateSource(
  source: Source,
  registry: TypeRegistry,
  { signal, onProgress }: ValidationRun,
): Promise<readonly SourceFinding[]> {
  const findings: SourceFinding[] = [];
  const total = source.entries.length;
  for (const [done, entry] of source.entries.entries()) {
    if (signal.aborted) throw cancelled(source.location);
    onProgress({ done, total, key: entry.key });
    findings.push(...(await findingsOf(source, entry, registry, signal)));
    await nextTurn();
  }
  const keys = new Set(source.entries.map(({ key }) => key));
  const elsewhere = source.problems.filter(({ key }) => key === null || !keys.has(key));
  return [...findings, ...elsewhere.map((problem) => ofProblem(problem.location, problem))];
}

/** Of one state: the problems of its text, and what its type, version and checksum say. */
export async function findingsOf(
  source: Source,
  entry: StateEntry,
  registry: TypeRegistry,
  signal?: AbortSignal,
): Promise<readonly SourceFinding[]> {
  const { key, location } = entry;
  const known = source.problems.filter((problem) => problem.key === key);
  try {
    const { bytes, metadata, problems } = await source.read(key, signal ? { signal } : {});
    const { document, issues } = parseJson(bytes);
    // What was told on opening has advice with it, and where in the file it is.
    const anew = problemsOfIssues(issues, location, key).filter(
      ({ code }) => !known.some((told) => told.code === code),
    );
    const described = document ? describeState(document, registry, storedBeside(metadata)).findings : [];
    return [
      ...[...known, ...anew, ...problems].map((problem) => ofProblem(key, problem)),
      ...described.map((finding) => ({ ...finding, key, problem: null })),
    ];
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
    const { code, message } = error;
    const unread = { path: [], at: '$', rule: code, message, details: {}, key, problem: null };
    return [...known.map((problem) => ofProblem(key, problem)), unread];
  }
}

function ofProblem(key: string, problem: Problem): SourceFinding {
  const { code, message } = problem;
  return { key, path: [], at: '$', rule: code, message, details: {}, problem };
}

function cancelled(location: string): SourceError {
  return new SourceError('cancelled', `Validating ${location} was cancelled. Nothing was changed.`, { location });
}
