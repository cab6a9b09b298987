import { once } from 'node:events';
import type { Problem } from '../../shared/ipc/model.ts';
import type { HostError } from '../../shared/ipc/result.ts';
import { encodeUtf8 } from '../../shared/json/json-string.ts';
import type { Translate } from '../core/texts.ts';

/** What a script can rely on. */
export const EXIT = {
  done: 0,
  /** The thing asked for is not there. */
  missing: 1,
  /** `validate` found something. */
  findings: 1,
  /** An automatic backup could not be made. */
  failed: 1,
  /** `diff` found a difference. */
  different: 1,
  /** The source cannot be opened, or the usage is wrong. */
  unusable: 2,
  interrupted: 130,
} as const;

/** Results on standard output, everything else on standard error. */
export class Output {
  readonly translate: Translate;
  exitCode: number = EXIT.done;

  constructor(translate: Translate) {
    this.translate = translate;
  }

  /** Lone surrogates go out as the bytes they came in as. */
  write(text: string): void {
    process.stdout.write(encodeUtf8(text));
  }

  writeBytes(bytes: Uint8Array): void {
    process.stdout.write(bytes);
  }

  /** For long outputs: waits for whoever reads them, so that they do not gather in memory. */
  async pieces(pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
    for await (const piece of pieces) {
      const bytes = typeof piece === 'string' ? encodeUtf8(piece) : piece;
      if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
    }
  }

  json(value: unknown): void {
    this.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : 0)}\n`);
  }

  error(text: string): void {
    process.stderr.write(text);
  }

  /** A failure in the person's language; English where the catalogue has no text for its code. */
  failure(error: HostError): string {
    if (error.code === 'not-found' && 'key' in error.details)
      return this.translate('cli.noSuchState', error.details, error.message);
    const general = this.translate(`errorHelp.${error.code}`, error.details, '');
    // Where an option is what helps, it is named.
    const help = this.translate(`cli.errorHelp.${error.code}`, error.details, general);
    return `${this.translate(`errors.${error.code}`, error.details, error.message)} ${help}`.trimEnd();
  }

  problems(problems: readonly Problem[]): void {
    for (const { location, severity, code, offset, message, details } of problems) {
      const where = offset === null ? location : `${location}:${offset}`;
      this.error(
        `${this.translate(`problemsPanel.${severity}`)}: ${where}: ${this.translate(`problems.${code}`, { ...details, location }, message)}\n`,
      );
    }
  }
}
