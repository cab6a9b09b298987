import { writeFileSync } from 'node:fs';
import { app, type BrowserWindow } from 'electron';

export interface Painted {
  readonly what: 'empty' | 'workspace' | 'error';
  readonly message: string | null;
}

/** A window that never paints is a failure, also for a script that waits for it. */
const PAINT_TIMEOUT_MS = 60_000;

/**
 * What `--screenshot FILE` and `--exit` ask for: once the window has fully painted what it was started for, a picture,
 * and the way out with 0, or with 1 and the reason on standard error.
 */
export class StartupRun {
  readonly #window: BrowserWindow;
  readonly #screenshot: string | null;
  readonly #exit: boolean;
  #done = false;

  constructor(window: BrowserWindow, options: { screenshot: string | null; exit: boolean }) {
    this.#window = window;
    this.#screenshot = options.screenshot;
    this.#exit = options.exit;
    if (!options.exit) return;
    const timer = setTimeout(
      () => this.#leave(`the window did not finish painting within ${PAINT_TIMEOUT_MS / 1000} s`),
      PAINT_TIMEOUT_MS,
    );
    timer.unref();
    window.webContents.on('render-process-gone', (_event, { reason }) =>
      this.#leave(`the window's process is gone: ${reason}`),
    );
    window.webContents.on('did-fail-load', (_event, code, description) =>
      this.#leave(`the window did not load: ${description} (${code})`),
    );
  }

  painted(painted: Painted): void {
    if (this.#done) return;
    this.#done = true;
    void this.#finish(painted).catch((error: unknown) => this.#leave(String(error)));
  }

  async #finish(painted: Painted): Promise<void> {
    if (this.#screenshot !== null) {
      const image = await this.#window.webContents.capturePage();
      writeFileSync(this.#screenshot, image.toPNG());
    }
    if (this.#exit) this.#leave(painted.what === 'error' ? (painted.message ?? 'the source did not open') : null);
  }

  #leave(failure: string | null): void {
    if (!this.#exit) {
      if (failure !== null) console.error(`statescope: ${failure}`);
      return;
    }
    if (failure !== null) process.stderr.write(`statescope: ${failure}\n`);
    process.exitCode = failure === null ? 0 : 1;
    this.#window.destroy();
    app.exit(failure === null ? 0 : 1);
  }
}
