/** One JSON file, packed or not, or a pickle shown as JSON: reading it whole while the source opens, and parts of it afterwards. */
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Problem } from '../../../shared/ipc/model.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import type { FilePath } from '../files/file-path.ts';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { isEncrypted } from '../files/magic.ts';
import { type FileIdentity, modifiedAt, readRange, readStable, sameFile } from '../files/read-stable.ts';
import { isPickle, pickleText } from './pickle-file.ts';
import { changedSinceOpening, changedWhileRead, errorCode, jsonProblem, problem, toSourceError } from './problems.ts';
import type { StateBytes } from './source.ts';
import { SourceError } from './source-error.ts';
import { MAX_NODES, RECORD_DEPTH } from './state-facts.ts';

/** What is kept of a file after opening. */
export interface JsonFile {
  readonly path: FilePath;
  /** Absolute, for people. */
  readonly display: string;
  /** Relative to the source; `.` when the file is the source. */
  readonly location: string;
  /** How the JSON text is kept in the file: as it is, in gzip, or not at all, because it is made of a pickle. */
  readonly encoding: 'plain' | 'gzip' | 'pickle';
  readonly identity: FileIdentity;
  /** ISO 8601 UTC. */
  readonly modifiedAt: string;
  /** The unpacked bytes of a small file that is a source of its own. */
  readonly kept: Uint8Array | null;
}

export interface LoadedJson {
  readonly file: JsonFile;
  readonly bytes: Uint8Array;
  /** Null when nothing in the file can be shown; `problems` say why. */
  readonly document: JsonDocument | null;
  readonly problems: readonly Problem[];
}

/** Which part of a file is a state. `whole`: all of it, so that a later version of the file still holds the state. */
export interface FileSlice {
  readonly file: JsonFile;
  readonly whole: boolean;
  readonly start: number;
  readonly end: number;
  /** For a state whose bytes do not stand in the file as they are, such as JSON inside a JSON string. */
  readonly decode?: (slice: Uint8Array) => Uint8Array;
}

export interface LoadRequest {
  readonly path: FilePath;
  readonly display: string;
  readonly location: string;
  /** Keep the bytes of a file that is smaller than this. */
  readonly keepBelow: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * A program that saves in place empties the file first: a file that was touched this very moment and is not whole is
 * looked at again.
 */
const JUST_NOW_MS = 300;
const SECOND_LOOKS = 3;
const SECOND_LOOK_MS = 50;

/** @throws the error of the operating system; the signal's reason. Bad content is a problem, never thrown. */
export async function loadJson(request: LoadRequest): Promise<LoadedJson> {
  for (let looks = 0; ; looks++) {
    const loaded = await loadOnce(request);
    const cut = loaded.problems.some(
      ({ code }) => code === 'empty' || code === 'truncated' || code === 'gzip-truncated',
    );
    const age = Date.now() - Date.parse(loaded.file.modifiedAt);
    if (!cut || looks >= SECOND_LOOKS || Math.abs(age) > JUST_NOW_MS) return loaded;
    await sleep(SECOND_LOOK_MS);
    request.signal?.throwIfAborted();
  }
}

async function loadOnce(request: LoadRequest): Promise<LoadedJson> {
  const { path, display, location } = request;
  const read = await readStable(path, request);
  const { encoding, bytes, problems, lost } = await jsonTextOf(read.bytes, request);
  if (read.changed) problems.unshift(changedWhileRead(location));
  const kept = bytes.length < request.keepBelow ? bytes : null;
  const { identity } = read;
  const file: JsonFile = { path, display, location, encoding, identity, modifiedAt: modifiedAt(identity), kept };
  if (lost) return { file, bytes, document: null, problems };
  const { document, issues } = parseJson(bytes, { recordDepth: RECORD_DEPTH, maxNodes: MAX_NODES });
  for (const issue of issues) problems.push(jsonProblem(issue, location));
  return { file, bytes, document: hasSubstance(document) ? document : null, problems };
}

interface JsonText {
  readonly encoding: JsonFile['encoding'];
  readonly bytes: Uint8Array;
  readonly problems: Problem[];
  /** There is no text, and the problems say why. */
  readonly lost: boolean;
}

/** What is in the file as JSON text. */
async function jsonTextOf(
  bytes: Uint8Array,
  request: Pick<LoadRequest, 'display' | 'location' | 'signal'>,
): Promise<JsonText> {
  const { display, location } = request;
  if (isEncrypted(bytes)) return encrypted(location);
  if (isPickle(bytes, display)) return pickled(bytes, location);
  if (!isGzip(bytes)) return { encoding: 'plain', bytes, problems: [], lost: false };
  const { bytes: unpacked, fault } = await gunzip(bytes, request);
  if (fault === null) {
    if (isPickle(unpacked, '')) return pickled(unpacked, location);
    return { encoding: 'gzip', bytes: unpacked, problems: [], lost: false };
  }
  const message = `${GZIP[fault.code]}: ${fault.message}.`;
  const problems = [problem({ location, code: fault.code, message, offset: unpacked.length })];
  return { encoding: 'gzip', bytes: unpacked, problems, lost: unpacked.length === 0 };
}

/** Without the passphrase of its store nothing can be shown of it. */
function encrypted(location: string): JsonText {
  const message = 'The file is encrypted. Open its store with the passphrase to read it.';
  const problems = [problem({ location, code: 'encrypted', message })];
  return { encoding: 'plain', bytes: new Uint8Array(), problems, lost: true };
}

function pickled(bytes: Uint8Array, location: string): JsonText {
  const text = pickleText(bytes, location);
  return { encoding: 'pickle', ...text, lost: text.bytes.length === 0 };
}

const GZIP = {
  'gzip-invalid': 'The file begins like gzip but cannot be unpacked. Fetch it again or look for a backup',
  'gzip-truncated': 'The packed file was cut off; what could be unpacked is shown. Fetch it again or look for a backup',
  'gzip-too-large': 'The packed file was not opened, to protect this computer. Unpack it yourself if you trust it',
} as const;

/** Reads a state again. @throws SourceError */
export async function readSlice(
  slice: FileSlice,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Omit<StateBytes, 'metadata'>> {
  try {
    const read = (await readUnchanged(slice, signal)) ?? (await readChanged(slice, key, signal));
    return slice.decode ? { ...read, bytes: slice.decode(read.bytes) } : read;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') {
      const message = `${slice.file.display} is no longer there, and ${key} with it. Reload the source.`;
      throw new SourceError('not-found', message, { key, location: slice.file.display }, { cause: error });
    }
    throw toSourceError(error, slice.file.display, signal);
  }
}

/** Whether the file is still the one that was opened. */
export async function isUnchanged(file: JsonFile): Promise<boolean> {
  try {
    const now = await stat(file.path, { bigint: true });
    return sameFile(file.identity, { ...now, size: Number(now.size) });
  } catch {
    return false;
  }
}

/** Null when the file is not the one that was opened. */
async function readUnchanged(
  slice: FileSlice,
  signal: AbortSignal | undefined,
): Promise<Omit<StateBytes, 'metadata'> | null> {
  const { file, start, end } = slice;
  if (file.kept !== null) {
    return (await isUnchanged(file)) ? { bytes: file.kept.subarray(start, end), problems: [] } : null;
  }
  if (file.encoding !== 'plain') {
    const read = await readStable(file.path, { signal });
    if (!sameFile(file.identity, read.identity)) return null;
    const { bytes } = await jsonTextOf(read.bytes, { ...file, signal });
    return { bytes: Buffer.from(bytes.subarray(start, end)), problems: [] };
  }
  const read = await readRange(file.path, start, end, { signal });
  return sameFile(file.identity, read.identity) ? { bytes: read.bytes, problems: [] } : null;
}

/** A state that is a whole file is shown as it is now. Where a state stands in a file of many can no longer be known. */
async function readChanged(
  slice: FileSlice,
  key: string,
  signal: AbortSignal | undefined,
): Promise<Omit<StateBytes, 'metadata'>> {
  const { path, display, location } = slice.file;
  if (!slice.whole) {
    const message = `${display} has changed since it was opened, so that ${key} can no longer be found in it. Reload the source.`;
    throw new SourceError('unreadable', message, { key, location: display });
  }
  const { document, problems } = await loadJson({ path, display, location, keepBelow: 0, signal });
  if (document === null) {
    const reason = problems.map(({ message }) => message).join(' ');
    throw new SourceError(
      'unreadable',
      `${display} has changed since it was opened and holds no state now. ${reason}`,
      { key, location: display },
    );
  }
  const found = problems.map((problem) => ({ ...problem, key }));
  return { bytes: document.rawBytes(0), problems: [changedSinceOpening(location, key), ...found] };
}

/** Text that happens to begin like a number or a word is not JSON, although its first token is. */
function hasSubstance(document: JsonDocument | null): document is JsonDocument {
  if (document === null) return false;
  const kind = document.kind(0);
  return kind === 'object' || kind === 'array' || !document.issues.some(({ severity }) => severity === 'error');
}
