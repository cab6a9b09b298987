/** Foreign sources on the command line: states that are there can be replaced or taken away, as the window does it. */
import { join } from 'node:path';
import { parseJson } from '../../shared/json/parse.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { ANY, type Conflict, type Expected, type Missing, revisionOf } from '../core/persistence/backend.ts';
import { SafetySnapshots } from '../core/snapshots/safety-snapshots.ts';
import { type OneStateWriter, SnapshottingWriter } from '../core/snapshots/snapshotting-writer.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { Workspace } from '../core/workspace/workspace.ts';
import { notWritable, type Written } from '../core/writing/state-writer.ts';
import { withSource } from './open.ts';
import { EXIT, type Output } from './output.ts';
import { told } from './told.ts';

export interface ForeignOptions {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/**
 * Runs `store`; where the location is no store of ours, `foreign` with the writer of whatever it is.
 * @throws SourceError `not-a-store` where it is nothing that can be written at all
 */
export async function storeOrForeign(
  output: Output,
  location: string,
  options: ForeignOptions,
  store: () => Promise<void>,
  foreign: (writer: OneStateWriter, keyOf: (key: string) => string) => Promise<void>,
): Promise<void> {
  try {
    await store();
  } catch (error) {
    if (!(error instanceof SourceError) || error.code !== 'not-a-store') throw error;
    await withSource(output, location, { signal: options.signal }, async (source) => {
      const writer = source.writer({ safetyFolder: join(dataFolder(), 'safety') });
      if (typeof writer === 'string') throw notWritable(source.location, writer);
      const keyOf = (key: string) => {
        const known = source.entries.some((entry) => entry.key === key || entry.aliases.includes(key));
        // A new state has no place in a foreign source.
        if (!known) throw error;
        return new Workspace(source).entry(key).key;
      };
      const safety = new SafetySnapshots(join(dataFolder(), 'snapshots'), source.location);
      try {
        await foreign(new SnapshottingWriter(writer, source, safety), keyOf);
        await safety.tidy();
      } finally {
        safety.close();
      }
    });
  }
}

/** `text` is the state as it shall stand there: a foreign format has no envelope to put it into. */
export async function putForeign(
  output: Output,
  writer: OneStateWriter,
  key: string,
  text: Uint8Array,
  options: ForeignOptions & { readonly expect: string | null },
): Promise<void> {
  const value = parseJson(text).document?.rawBytes(0) ?? text;
  const outcome = await writer.replace(key, value, expectedIn(options.expect), options);
  tellWritten(output, options.json, key, outcome, 'cli.putReplaced', value.length);
}

export async function rmForeign(
  output: Output,
  writer: OneStateWriter,
  key: string,
  options: ForeignOptions & { readonly expect: string | null },
): Promise<void> {
  const outcome = await writer.remove(key, expectedIn(options.expect), options);
  tellWritten(output, options.json, key, outcome, 'cli.rmDone', 0);
}

export async function restoreForeign(
  output: Output,
  writer: OneStateWriter,
  id: string,
  options: ForeignOptions,
): Promise<void> {
  const key = (await writer.trash(options)).find((entry) => entry.id === id)?.key ?? id;
  const outcome = await writer.restore(id, ANY, options);
  if (outcome.status === 'written') {
    told(output, options.json, { id, key, ...outcome }, 'cli.restoreDone', { id, key });
    return;
  }
  output.exitCode = EXIT.missing;
  const text = outcome.status === 'missing' ? 'cli.noSuchTrash' : 'cli.putConflict';
  told(output, options.json, { id, key, ...outcome }, text, { id, key, current: '-', location: key });
}

function expectedIn(expect: string | null): Expected {
  return expect === null ? ANY : revisionOf(expect);
}

function tellWritten(
  output: Output,
  json: boolean,
  key: string,
  outcome: Written | Conflict | Missing,
  text: string,
  bytes: number,
): void {
  if (outcome.status === 'written') {
    const { revision, trash } = outcome;
    told(output, json, { key, ...outcome }, text, { key, bytes, revision: revision ?? '-', trash: trash ?? '' });
    return;
  }
  output.exitCode = EXIT.missing;
  const current = outcome.status === 'conflict' ? (outcome.current ?? '-') : '-';
  told(output, json, { key, ...outcome }, 'cli.putConflict', { key, current });
}
