/** States that leave the window as files: by a dialog, and by dragging them out. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { app, type BrowserWindow, nativeImage } from 'electron';
import { stateFileName } from '../core/export/file-name.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../core/files/temporary-folder.ts';
import type { Translate } from '../core/texts.ts';
import { askWhereTo } from './file-dialogs.ts';
import type { Handlers } from './handler-types.ts';
import type { Workspaces } from './workspaces.ts';

export interface ExportingContext {
  readonly window: BrowserWindow;
  readonly workspaces: Workspaces;
  readonly translate: Translate;
}

type ExportingHandlers = {
  readonly calls: Pick<Handlers['calls'], 'state.save' | 'state.drag'>;
  readonly jobs: Pick<Handlers['jobs'], 'states.export'>;
};

export function exportingHandlers({ window, workspaces, translate }: ExportingContext): ExportingHandlers {
  const dragged = new DraggedFiles();
  app.on('will-quit', () => dragged.remove());
  return {
    calls: {
      'state.save': async ({ workspace, key }) => {
        const file = await askWhereTo(window, {
          title: translate('dialogs.saveState'),
          defaultPath: stateFileName(key),
          filters: [{ name: 'JSON', extensions: ['json'] }],
        });
        if (file === null) return null;
        await workspaces.get(workspace).ask('state.write', { key, file, dragged: false });
        return { location: file };
      },
      'state.drag': async ({ workspace, key }) => {
        const file = await dragged.place(key);
        await workspaces.get(workspace).ask('state.write', { key, file, dragged: true });
        await dragged.wrote(file);
        window.webContents.startDrag({ file, icon: await iconOf(file) });
        return null;
      },
    },
    jobs: {
      'states.export': async ({ workspace, which, format, path }, signal, progress) => {
        const host = workspaces.get(workspace);
        const name = 'key' in which ? which.key : host.summary.name.replace(/(?:\.json)?(?:\.gz)?$/i, '');
        const file = await askWhereTo(window, {
          title: translate('dialogs.exportStates'),
          defaultPath: stateFileName(name, format),
          filters: [{ name: format.toUpperCase(), extensions: [format] }],
        });
        if (file === null) return null;
        return host.ask('export.write', { which, format, path, file }, progress, signal);
      },
    },
  };
}

/** Of all files that were dragged out together; four of the largest that can be dragged fit. */
const MOST_DRAGGED_BYTES = 1.1e9;

/**
 * What was dragged out lies here until the program ends, or so much has come after it that it would fill the disk: whoever it was
 * dropped on may read it at any time. Each in a folder of its own, so that it bears its own name.
 */
class DraggedFiles {
  #folder: Promise<string> | null = null;
  #made: string | null = null;
  #count = 0;
  /** The oldest first. */
  readonly #written: { readonly folder: string; readonly bytes: number }[] = [];

  async place(key: string): Promise<string> {
    this.#folder ??= makeTemporaryFolder(app.getPath('temp'));
    this.#made = await this.#folder.catch((error: unknown) => {
      this.#folder = null;
      throw error;
    });
    this.#count += 1;
    const folder = join(this.#made, String(this.#count));
    await mkdir(folder);
    return join(folder, stateFileName(key));
  }

  async wrote(file: string): Promise<void> {
    this.#written.push({ folder: dirname(file), bytes: (await stat(file)).size });
    let bytes = this.#written.reduce((sum, each) => sum + each.bytes, 0);
    while (bytes > MOST_DRAGGED_BYTES) {
      const oldest = this.#written.shift();
      if (oldest === undefined) return;
      bytes -= oldest.bytes;
      await rm(oldest.folder, { recursive: true, force: true });
    }
  }

  remove(): void {
    if (this.#made !== null) removeTemporaryFolder(this.#made);
  }
}

const ICON_SIZE = 16;

/** What the desktop shows for such a file; a grey square where it has nothing, for a drag needs a picture. */
async function iconOf(file: string) {
  const icon = await app.getFileIcon(file);
  if (!icon.isEmpty()) return icon;
  return nativeImage.createFromBitmap(Buffer.alloc(ICON_SIZE * ICON_SIZE * 4, 0x99), {
    width: ICON_SIZE,
    height: ICON_SIZE,
  });
}
