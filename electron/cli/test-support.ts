/** Commands run inside of the test: the start of a process is most of the time that one takes. */
import { Command } from 'commander';
import { vi } from 'vitest';
import type { Locale } from '../../shared/ipc/model.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { createTranslator } from '../core/texts.ts';
import { Output } from './output.ts';
import { localeOf, runProgram } from './program.ts';

/** Keeps what a command prints. */
export class Printed extends Output {
  text = '';
  err = '';

  constructor(locale: Locale = 'en') {
    super(createTranslator(() => locale));
  }

  override write(text: string): void {
    this.text += text;
  }

  override writeBytes(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString();
  }

  override async pieces(pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
    for await (const piece of pieces) this.text += typeof piece === 'string' ? piece : Buffer.from(piece).toString();
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

/** The whole program, as cli.ts runs it, without a process of its own. @param given variables of the environment, for its time */
export async function runHere(
  args: readonly string[],
  given: Readonly<Record<string, string>> = {},
): Promise<CommandRun> {
  for (const [name, value] of Object.entries(given)) vi.stubEnv(name, value);
  try {
    const output = new Printed(localeOf(process.env));
    const code = await runProgram(args, output, new AbortController().signal);
    return { code, text: output.text, err: output.err };
  } finally {
    vi.unstubAllEnvs();
  }
}
