/**
 * What the set-up steps say. All of it goes to standard error, so that standard output stays the program's own.
 * On a terminal a step keeps one line up to date; elsewhere (CI, a log) it writes a line now and then.
 */
import { isatty } from 'node:tty';

const PREFIX = 'statescope: ';
const TERMINAL_INTERVAL_MS = 200;
const LOG_INTERVAL_MS = 10_000;

/** @param {string} text a line of its own */
export function say(text) {
  process.stderr.write(`${PREFIX}${text}\n`);
}

/** A piece of work that takes long enough to be watched. */
export class Step {
  #title;
  #started = Date.now();
  #detail = '';

  #terminal = isatty(2);
  #timer;

  /** @param {string} title what is being done, e.g. "Installing packages" */
  constructor(title) {
    this.#title = title;
    if (!this.#terminal) say(`${title} …`);
    const interval = this.#terminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
    this.#timer = setInterval(() => this.#show(), interval);
    this.#timer.unref();
  }

  /** @param {string} detail how far it is; shown at the next tick */
  update(detail) {
    this.#detail = detail.replace(/\s+/g, ' ').trim();
  }

  /**
   * @param {number} bytes done so far
   * @param {number | null} total of how many, if known
   */
  bytes(bytes, total) {
    this.update(describeBytes(bytes, total));
  }

  /** @param {string} [result] e.g. "done" */
  done(result = 'done') {
    this.#end(`${this.#title}: ${result} (${this.#seconds()} s)`);
  }

  /** Ends the step without a result: the error that follows tells what happened. */
  failed() {
    this.#end(`${this.#title}: failed after ${this.#seconds()} s`);
  }

  #seconds() {
    return ((Date.now() - this.#started) / 1000).toFixed(1);
  }

  /** @param {string} line */
  #end(line) {
    clearInterval(this.#timer);
    if (this.#terminal) process.stderr.write('\r\u001B[K');
    say(line);
  }

  #show() {
    const detail = this.#detail === '' ? '' : ` ${this.#detail}`;
    const line = `${PREFIX}${this.#title}:${detail} (${Math.round((Date.now() - this.#started) / 1000)} s)`;
    if (!this.#terminal) {
      process.stderr.write(`${line}\n`);
      return;
    }
    const width = Math.max(20, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r\u001B[K${line.slice(0, width)}`);
  }
}

/**
 * Shows a step around some work, and how it ended.
 * @template T
 * @param {string} title
 * @param {(step: Step) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withStep(title, work) {
  const step = new Step(title);
  try {
    const result = await work(step);
    step.done();
    return result;
  } catch (error) {
    step.failed();
    throw error;
  }
}

/**
 * @param {number} bytes
 * @param {number | null} total
 * @returns {string} "12.0 of 196.3 MB, 6 %"
 */
export function describeBytes(bytes, total) {
  if (total === null || total <= 0) return `${megabytes(bytes)} MB`;
  return `${megabytes(bytes)} of ${megabytes(total)} MB, ${Math.min(100, Math.floor((bytes / total) * 100))} %`;
}

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
