import { ANY, revisionOf } from '../core/persistence/backend.ts';
import { rmForeign, storeOrForeign } from './foreign.ts';
import { EXIT, type Output } from './output.ts';
import { snapshotFirst } from './snapshot-first.ts';
import { assertWrite, withStore } from './store.ts';
import { told } from './told.ts';

export interface RmOptions {
  readonly write: boolean;
  /** The revision that is to be deleted; null for whatever is there. */
  readonly expect: string | null;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `rm SOURCE KEY`: into the trash of its store. */
export async function rm(output: Output, location: string, key: string, options: RmOptions): Promise<void> {
  assertWrite(location, options.write);
  const store = () => rmFromStore(output, location, key, options);
  await storeOrForeign(output, location, options, store, (writer, keyOf) =>
    rmForeign(output, writer, keyOf(key), options),
  );
}

async function rmFromStore(output: Output, location: string, key: string, options: RmOptions): Promise<void> {
  await withStore(output, location, { signal: options.signal }, async (store) => {
    const expected = options.expect === null ? ANY : revisionOf(options.expect);
    const remove = () => store.delete(key, expected, options);
    const deleted = await snapshotFirst(location, 'before-delete', key, options.signal, remove);
    if (deleted.status === 'deleted') {
      told(output, options.json, { key, ...deleted }, 'cli.rmDone', { key, trash: deleted.trash });
      return;
    }
    output.exitCode = EXIT.missing;
    if (deleted.status === 'missing') {
      told(output, options.json, { key, ...deleted }, 'cli.noSuchState', { key, location: store.location });
    } else {
      told(output, options.json, { key, ...deleted }, 'cli.putConflict', { key, current: deleted.current ?? '-' });
    }
  });
}
