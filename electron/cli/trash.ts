import { ANY, type TrashEntry } from '../core/persistence/backend.ts';
import { restoreForeign, storeOrForeign } from './foreign.ts';
import { EXIT, type Output } from './output.ts';
import { snapshotFirst } from './snapshot-first.ts';
import { assertWrite, withStore } from './store.ts';
import { told } from './told.ts';

export interface TrashOptions {
  readonly write: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `trash SOURCE list`: what was deleted or overwritten, the latest first. */
export async function trashList(output: Output, location: string, options: TrashOptions): Promise<void> {
  const store = () =>
    withStore(output, location, { signal: options.signal }, async (backend) => {
      printTrash(output, await backend.trash(options), options.json);
    });
  await storeOrForeign(output, location, options, store, async (writer) => {
    printTrash(output, await writer.trash(options), options.json);
  });
}

function printTrash(output: Output, entries: readonly TrashEntry[], json: boolean): void {
  if (json) {
    output.json(entries.map(({ id, key, reason, trashedAt, bytes }) => ({ id, key, reason, trashedAt, bytes })));
    return;
  }
  const width = Math.max(0, ...entries.map(({ id }) => id.length));
  for (const { id, key, reason, trashedAt, bytes } of entries) {
    const why = output.translate(`cli.trashReasons.${reason}`);
    output.write(`${id.padEnd(width)}  ${trashedAt}  ${why}  ${bytes}  ${key.replaceAll('\n', '\\n')}\n`);
  }
}

/** `trash SOURCE restore ID`: back under its key. What is there now goes to the trash itself. */
export async function trashRestore(output: Output, location: string, id: string, options: TrashOptions): Promise<void> {
  assertWrite(location, options.write);
  const store = () => restoreInStore(output, location, id, options);
  await storeOrForeign(output, location, options, store, (writer) => restoreForeign(output, writer, id, options));
}

async function restoreInStore(output: Output, location: string, id: string, options: TrashOptions): Promise<void> {
  await withStore(output, location, { signal: options.signal }, async (store) => {
    const key = (await store.trash(options)).find((entry) => entry.id === id)?.key ?? null;
    const restore = () => store.restore(id, ANY, options);
    const restored =
      key === null ? await restore() : await snapshotFirst(location, 'before-undo', key, options.signal, restore);
    if (restored.status === 'saved') {
      told(output, options.json, { id, key, ...restored }, 'cli.restoreDone', { id, key: key ?? '' });
      return;
    }
    output.exitCode = EXIT.missing;
    const text = restored.status === 'missing' ? 'cli.noSuchTrash' : 'cli.putConflict';
    told(output, options.json, { id, key, ...restored }, text, {
      id,
      key: key ?? '',
      current: '',
      location: store.location,
    });
  });
}
