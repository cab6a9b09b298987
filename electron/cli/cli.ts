#!/usr/bin/env node
/** The command line as a process. */
import { createTranslator } from '../core/texts.ts';
import { EXIT, Output } from './output.ts';
import { localeOf, runProgram } from './program.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // `statescope get … | head` closes the pipe early; that is no failure of ours.
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.unusable);
});
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());
const output = new Output(createTranslator(() => localeOf(process.env)));
process.exitCode = await runProgram(process.argv.slice(2), output, interrupted.signal);
