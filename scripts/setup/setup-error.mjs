/** A step that could not be done: what happened, why, and what to type. Its text is shown without a stack trace. */
export class SetupError extends Error {
  /**
   * @param {string} what one sentence
   * @param {{why?: string | undefined, type?: readonly string[], cause?: unknown}} [details] `why`: the tool's own words;
   *   `type`: the commands that help, one a line
   */
  constructor(what, { why = '', type = [], cause } = {}) {
    super(what, { cause });
    this.name = 'SetupError';
    this.why = why;
    this.type = type;
  }

  /** @returns {string} the whole message, for a terminal */
  report() {
    const lines = [`statescope: ${this.message}`];
    if (this.why.trim() !== '') lines.push('', ...indent(this.why.trim().split('\n')));
    if (this.type.length > 0) lines.push('', 'What to type:', ...indent(this.type));
    return lines.join('\n');
  }
}

/** @param {readonly string[]} lines */
function indent(lines) {
  return lines.map((line) => `    ${line}`);
}

/**
 * Runs the main function of a script: a SetupError is told in words, anything else with its stack, both with exit code 1.
 * @param {() => Promise<number>} main returns the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof SetupError) console.error(`\n${error.report()}`);
    else console.error(error);
  }
}
