/** Tells through the system that a watch broke, while nobody looks at the window. Shown in the window all the same. */
import type { Events } from '../../shared/ipc/contract.ts';

type Broken = Events['watch.broken'];

export interface BreakNotice {
  readonly title: string;
  readonly body: string;
}

export interface BreakNoticesOptions {
  /** Somebody looks at the window, who is told there. */
  readonly isSeen: () => boolean;
  readonly textOf: (broken: Broken) => BreakNotice;
  /** Shows it with the system, and calls `onClick` when a person has clicked it. Gives what takes it away; null where the system shows none. */
  readonly show: (notice: BreakNotice, onClick: () => void) => (() => void) | null;
  /** Brings the window to the front, at the change. */
  readonly onChosen: (broken: Broken) => void;
  /** Milliseconds. */
  readonly now: () => number;
}

/** A watch over many states breaks many times in a moment; a person is called once. */
const QUIET_MS = 30_000;
const LONGEST = 200;

export class BreakNotices {
  readonly #options: BreakNoticesOptions;
  /** By watch, when it was told last. */
  readonly #told = new Map<string, number>();
  readonly #shown = new Set<() => void>();

  constructor(options: BreakNoticesOptions) {
    this.#options = options;
  }

  tell(broken: Broken): void {
    const { isSeen, textOf, show, onChosen, now } = this.#options;
    const { id } = broken.watch;
    if (isSeen() || now() - (this.#told.get(id) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.#told.set(id, now());
    const { title, body } = textOf(broken);
    const close = show({ title: plainNotice(title), body: plainNotice(body) }, () => onChosen(broken));
    if (close !== null) this.#shown.add(close);
  }

  /** Somebody looks at the window now: what was told has been seen, and what comes next is news. */
  seen(): void {
    for (const close of this.#shown) close();
    this.#shown.clear();
    this.#told.clear();
  }
}

/** Some systems take `<` for markup, and names come from files. */
export function plainNotice(text: string): string {
  return text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .replaceAll('<', '‹')
    .slice(0, LONGEST);
}
