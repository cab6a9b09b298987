/** Backups of any size: agents with 1,000 messages each, sessions with 10,000, one state of 300 kB and one of 10 MB. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { StateWriter, type Style } from './states.ts';

export const SMALL = 'session:small';
const SMALL_MESSAGES = 245;
export const LONG = 'session:long';
export const LONG_MESSAGES = 8300;
const AGENTS = 12;
const AGENT_MESSAGES = 1000;
const SESSION_MESSAGES = 10_000;
const LETTERS_IN_STATE = 250_000;

/** Texts of states that files of every size are made of, each again and again under another name. */
export class StatePool {
  readonly small: string;
  readonly long: string;
  readonly #texts: readonly string[];

  constructor(style: Style | 'letters') {
    if (style === 'letters') {
      // A quote in every other byte.
      const letters = Array.from({ length: LETTERS_IN_STATE }, (_, at) => String.fromCharCode(97 + (at % 26)));
      this.#texts = [JSON.stringify({ letters })];
      this.small = JSON.stringify({ letters: letters.slice(0, 10) });
      this.long = this.small;
      return;
    }
    const writer = new StateWriter(`open ${style}`, style);
    this.small = writer.text(writer.state('small', SMALL_MESSAGES));
    this.long = writer.text(writer.state('long', LONG_MESSAGES));
    this.#texts = [
      ...Array.from({ length: AGENTS }, (_, at) => writer.text(writer.state(`a${at}`, AGENT_MESSAGES))),
      writer.text(writer.state('s', SESSION_MESSAGES)),
    ];
  }

  /** A backup with at least so many megabytes; the two states of known size are in its middle. Returns how many states it has. */
  write(path: string, megabytes: number): number {
    const file = openSync(path, 'w');
    try {
      const limit = megabytes * 1e6;
      let bytes = writeSync(file, '{"metadata":{"backup_name":"bench","version":"1.0"},"states":{');
      let states = 0;
      const add = (key: string, text: string) =>
        writeSync(file, `${states++ > 0 ? ',' : ''}${JSON.stringify(key)}:`) + writeSync(file, text);
      for (let hasKnown = false; bytes < limit; ) {
        if (!hasKnown && bytes >= limit / 2) {
          hasKnown = true;
          bytes += add(SMALL, this.small) + add(LONG, this.long);
        }
        const text = this.#texts[states % this.#texts.length] ?? '{}';
        bytes += add(`${text.length > this.small.length * 20 ? 'session' : 'agent'}:${states}`, text);
      }
      writeSync(file, '}}');
      return states;
    } finally {
      closeSync(file);
    }
  }
}
