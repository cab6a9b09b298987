import { EXIT, type Output } from './output.ts';

interface Fault {
  /** In UTF-16 units. */
  readonly offset: number;
  /** English. */
  readonly message: string;
}

/** What was not understood, with its place under the text. The command ends with 2. */
export function tellFault(output: Output, text: string, { offset, message }: Fault): void {
  const before = text.slice(0, offset).replaceAll(/./gsu, (char) => (WIDE.test(char) ? '\u3000' : ' '));
  const line = text.replaceAll(/\p{Cc}/gu, ' ');
  output.error(`statescope: ${output.translate('cli.fault', { reason: message })}\n  ${line}\n  ${before}^\n`);
  output.exitCode = EXIT.unusable;
}

/** Takes two columns of a terminal, about. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff00-\uff60]/u;
