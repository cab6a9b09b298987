/**
 * Files that the desktop asks to be opened while the program starts or runs. On macOS the first is told before the program is ready,
 * elsewhere a second instance hands them over; none is lost because the window was not there yet.
 */
import type { App } from 'electron';

export class OpenedFiles {
  /** Only the last one counts: one source is open at a time. */
  #waiting: string | null = null;
  #open: ((path: string) => void) | null = null;

  /** To be made before the program is ready. */
  constructor(app: Pick<App, 'on'>) {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.add(path);
    });
  }

  add(path: string): void {
    if (this.#open === null) this.#waiting = path;
    else this.#open(path);
  }

  /** What was asked for up to now; it does not wait any longer. */
  take(): string | null {
    const path = this.#waiting;
    this.#waiting = null;
    return path;
  }

  /** From now on: the window is there, and knows what to do. */
  listen(open: (path: string) => void): void {
    this.#open = open;
    const path = this.take();
    if (path !== null) open(path);
  }
}
