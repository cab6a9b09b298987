import type { Output } from './output.ts';

const AFTER_MS = 500;
const EVERY_MS = 100;

/** One line on standard error that says how far something is, where a person watches and it takes a while. */
export class ProgressLine {
  readonly #output: Output;
  readonly #started = Date.now();
  #shown = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  show(what: string, done: number, total: number, item: string): void {
    const now = Date.now();
    if (!process.stderr.isTTY || now - this.#started < AFTER_MS || now - this.#shown < EVERY_MS) return;
    this.#shown = now;
    const share = total > 0 ? ` ${Math.floor((done / total) * 100)} %` : '';
    this.#output.error(`\r\u001b[K${what}${share} ${item}`);
  }

  clear(): void {
    if (this.#shown > 0) this.#output.error('\r\u001b[K');
    this.#shown = 0;
  }
}
