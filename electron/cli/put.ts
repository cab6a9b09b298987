import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { ABSENT, type Expected, type LoadResult, revisionOf, type StateRecord } from '../core/persistence/backend.ts';
import { NotWhole, recordOfState } from '../core/persistence/copy-record.ts';
import { withMetadata } from '../core/persistence/store-metadata.ts';
import { toSourceError } from '../core/sources/problems.ts';
import { putForeign, storeOrForeign } from './foreign.ts';
import { EXIT, type Output } from './output.ts';
import { snapshotFirst } from './snapshot-first.ts';
import { assertWrite, withStore } from './store.ts';
import { told } from './told.ts';

export interface PutOptions {
  readonly write: boolean;
  /** A revision, or `absent`. Null: whatever is there now, as long as nobody writes at the same time. */
  readonly expect: string | null;
  readonly type: string | null;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `put SOURCE KEY FILE|-`: an envelope, or any other JSON value, which gets one. What was there before goes to the trash. */
export async function put(
  output: Output,
  location: string,
  key: string,
  file: string,
  options: PutOptions,
): Promise<void> {
  assertWrite(location, options.write);
  const bytes = await bytesOf(file);
  const given = recordIn(output, bytes, file);
  if (given === null) return;
  const store = () => putIntoStore(output, location, key, given, options);
  await storeOrForeign(output, location, options, store, (writer, keyOf) =>
    putForeign(output, writer, keyOf(key), bytes, options),
  );
}

async function putIntoStore(
  output: Output,
  location: string,
  key: string,
  given: StateRecord,
  options: PutOptions,
): Promise<void> {
  await withStore(output, location, { create: isConfiguration(location), signal: options.signal }, async (store) => {
    const loaded = await store.load(key, options);
    const previous = loaded.status === 'found' ? loaded.record : null;
    const record = withMetadata(completed(given, previous, options.type), previous, Date.now);
    const save = () => store.save(key, record, expectedOf(options.expect, loaded), options);
    const saved =
      previous === null ? await save() : await snapshotFirst(location, 'before-edit', key, options.signal, save);
    if (saved.status === 'conflict') {
      told(output, options.json, { key, ...saved }, 'cli.putConflict', { key, current: saved.current ?? '-' });
      output.exitCode = EXIT.missing;
      return;
    }
    const bytes = record.stateData.length;
    const text = saved.replaced === null ? 'cli.putDone' : 'cli.putReplaced';
    const { revision, replaced } = saved;
    told(output, options.json, { key, ...saved, bytes }, text, { key, bytes, revision, trash: replaced ?? '' });
  });
}

export function expectedOf(expect: string | null, loaded: LoadResult): Expected {
  if (expect === 'absent') return ABSENT;
  if (expect !== null) return revisionOf(expect);
  return loaded.status === 'missing' ? ABSENT : revisionOf(loaded.revision);
}

/** A configuration says what is to be there; what is not yet is made. */
export function isConfiguration(location: string): boolean {
  return /\.ya?ml$/i.test(location);
}

/** What the file does not say stays as it was. */
function completed(given: StateRecord, previous: StateRecord | null, type: string | null): StateRecord {
  return { ...given, type: type ?? (given.type || (previous?.type ?? '')) };
}

/** Null, and told, for what is not one whole value. */
function recordIn(output: Output, bytes: Uint8Array, file: string): StateRecord | null {
  try {
    return recordOfState(bytes).record;
  } catch (error) {
    if (!(error instanceof NotWhole)) throw error;
    output.error(`statescope: ${output.translate('cli.notState', { file, reason: error.message })}\n`);
    output.exitCode = EXIT.unusable;
    return null;
  }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw toSourceError(error, file);
  }
}
