const QUESTIONS_PASSED = 64;

/** Whether somebody wants no more, asked often and passed on now and then. What was over stays so. */
export class Stop {
  readonly #shouldStop: () => boolean;
  #asked = 0;
  #over = false;

  constructor(shouldStop: () => boolean = () => false) {
    this.#shouldStop = shouldStop;
  }

  isOver(): boolean {
    if (!this.#over && ++this.#asked % QUESTIONS_PASSED === 0) this.#over = this.#shouldStop();
    return this.#over;
  }

  /** Without asking. */
  get wasOver(): boolean {
    return this.#over;
  }
}
