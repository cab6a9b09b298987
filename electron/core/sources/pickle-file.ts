/** A pickle, which agents in Python leave behind: shown as data, with classes as labels. Nothing in it is run, and none is written. */
import type { Problem } from '../../../shared/ipc/model.ts';
import { StateError } from '../../../shared/state/errors.ts';
import { looksLikePickle, PICKLE_CLASS, pickleJson } from '../../../shared/state/pickle-json.ts';
import { contentKind } from '../files/magic.ts';
import { problem } from './problems.ts';
import { memberText } from './state-facts.ts';
import { addWholeFile, type FileCatalog, type FileName, type ReadableJson } from './whole-file.ts';

const PICKLE_NAME = /\.(pkl|pickle)$/i;

/** By content; a file that is named like a pickle is one unless it is something else (protocols 0 and 1 have no header). */
export function isPickle(bytes: Uint8Array, name: string): boolean {
  if (looksLikePickle(bytes)) return true;
  return PICKLE_NAME.test(name) && contentKind(bytes.subarray(0, 512)) === 'other';
}

/** Says of a state that its text is not what the file holds, and that its tags are ours. */
export const PICKLE_FIELD = { name: 'encoding', value: 'pickle' } as const;

export interface PickleText {
  readonly bytes: Uint8Array;
  readonly problems: Problem[];
}

/** As JSON text with the tags of 5.1; empty where it cannot be read, and the problem says why. */
export function pickleText(pickle: Uint8Array, location: string): PickleText {
  try {
    const { json, end } = pickleJson(pickle);
    return { bytes: json, problems: end < pickle.length ? [moreBehind(location, end, pickle.length - end)] : [] };
  } catch (error) {
    if (!(error instanceof StateError)) throw error;
    const isLimit = error.code === 'pickle-limit';
    const advice = isLimit ? 'Open it with the program that wrote it.' : 'Look for a backup of it.';
    const message = `The pickle cannot be shown: ${error.message}. ${advice}`;
    const code = isLimit ? 'pickle-too-large' : 'pickle-invalid';
    return { bytes: new Uint8Array(0), problems: [problem({ location, code, message })] };
  }
}

/** A state of its own, under the file's name. An object has its class for its type. */
export function readPickleFile(catalog: FileCatalog, loaded: ReadableJson, name: FileName): void {
  const label = memberText(loaded.document, 0, PICKLE_CLASS);
  addWholeFile(catalog, loaded, name, { kind: 'file', label, fields: [PICKLE_FIELD] });
}

function moreBehind(location: string, offset: number, more: number): Problem {
  const message = `At byte ${offset}: ${more} more bytes after the first pickle, which is what is shown.`;
  return problem({ location, code: 'trailing-garbage', message, offset, severity: 'warning' });
}
