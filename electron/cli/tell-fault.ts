import { EXIT, type Output } from './output.ts';
import { textWidth } from './text-width.ts';

interface Fault {
  /** In UTF-16 units. */
  readonly offset: number;
  /** English. */
  readonly message: string;
}

/** What was not understood, with its place under the text. The command ends with 2. */
export function tellFault(output: Output, text: string, { offset, message }: Fault): void {
  const before = ' '.repeat(textWidth(text.slice(0, offset)));
  const line = text.replaceAll(/\p{Cc}/gu, ' ');
  output.error(`statescope: ${output.translate('cli.fault', { reason: message })}\n  ${line}\n  ${before}^\n`);
  output.exitCode = EXIT.unusable;
}
