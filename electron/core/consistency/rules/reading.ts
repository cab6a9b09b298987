/** Whether files and rows can be read, and whether their text is whole. */
import type { Problem, ProblemCode } from '../../../../shared/ipc/model.ts';
import type { FoundInState, Reading, ReadingRule } from '../rule.ts';

/** Faults of the text itself. */
const TEXT_CODES: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'empty',
  'not-json',
  'syntax',
  'truncated',
  'trailing-garbage',
  'invalid-utf8',
  'control-character',
]);

/** What was read is one of several versions. */
const VERSION_CODES: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['duplicate-state', 'sync-conflict']);

/** Those that the doctor can do something about. */
const REPAIRS: Readonly<Partial<Record<ProblemCode, string>>> = {
  truncated: 'close-truncated',
  syntax: 'close-truncated',
  'invalid-utf8': 'replace-surrogates',
  'control-character': 'escape-controls',
  'trailing-garbage': 'cut-garbage',
};

export const readable: ReadingRule = {
  id: 'readable',
  group: 'integrity',
  severity: 'error',
  needs: 'reading',
  *check(reading) {
    const { problems, error, location } = reading;
    for (const problem of problems) {
      if (!TEXT_CODES.has(problem.code) && !VERSION_CODES.has(problem.code)) yield ofProblem(problem);
    }
    // What was told already, by its code, is why it cannot be read.
    if (error === null || problems.some(({ code }) => code === error.code)) return;
    const isTooLarge = error.code === 'state-too-large';
    yield {
      severity: isTooLarge ? 'note' : 'error',
      details: { location, ...error.details, reason: error.message, code: error.code },
      foundKey: `errors.${error.code}`,
      message: error.message,
    };
  },
};

export const wholeText: ReadingRule = {
  id: 'whole-text',
  group: 'integrity',
  severity: 'error',
  needs: 'reading',
  *check(reading) {
    for (const problem of reading.problems) {
      if (TEXT_CODES.has(problem.code) && !isHalfPair(reading, problem)) yield ofProblem(problem);
    }
  },
};

/** A second file of the same name, a second backend, or a node that did not know of the others. */
export const oneVersion: ReadingRule = {
  id: 'several-versions',
  group: 'integrity',
  severity: 'warning',
  needs: 'reading',
  *check({ problems }) {
    for (const problem of problems) if (VERSION_CODES.has(problem.code)) yield ofProblem(problem);
  },
};

/** Is told by a rule of its own, with its place. */
function isHalfPair({ bytes }: Reading, { code, offset }: Problem): boolean {
  if (code !== 'invalid-utf8' || bytes === null || offset === null) return false;
  return bytes[offset] === 0xed && (bytes[offset + 1] ?? 0) >= 0xa0;
}

function ofProblem({ code, details, message, severity, offset, key }: Problem): FoundInState {
  const repair = key === null ? undefined : REPAIRS[code];
  return {
    severity,
    details: { ...details, code },
    foundKey: `problems.${code}`,
    message,
    offset,
    ...(repair !== undefined && { repair: { id: repair, details: {}, edits: null } }),
  };
}
