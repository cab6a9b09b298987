/** Commands run inside of the test: the start of a process is most of the time that one takes. */
import { Command } from 'commander';
import { SourceError } from '../core/sources/source-error.ts';
import { createTranslator } from '../core/texts.ts';
import { Output } from './output.ts';

/** Keeps what a command prints. */
export class Printed extends Output {
  text = '';
  err = '';

  constructor() {
    super(createTranslator(() => 'en'));
  }

  override write(text: string): void {
    this.text += text;
  }

  override error(text: string): void {
    this.err += text;
  }
}

export interface CommandRun {
  readonly code: number;
  readonly text: string;
  readonly err: string;
}

/**
 * `args` as they are typed after the program's name, the command first. `add` is what adds the commands, as cli.ts calls it.
 * For an error that cli.ts would tell, `err` ends with its code.
 */
export async function runCommand(
  add: (program: Command, output: Output, signal: AbortSignal) => void,
  ...args: string[]
): Promise<CommandRun> {
  const output = new Printed();
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => output.error(text) });
  add(program, output, new AbortController().signal);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    output.error(error instanceof SourceError ? error.code : '');
  }
  return { code: output.exitCode, text: output.text, err: output.err };
}
