import { dataFolder } from '../core/files/data-folder.ts';
import { openSource } from '../core/sources/open-source.ts';
import { type OpenOptions, type Source } from '../core/sources/source.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { askSecretly } from './ask-secretly.ts';
import type { Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

/** Opens a source for the time of `work`, with its progress on standard error where a person watches. */
export async function withSource<T>(
  output: Output,
  location: string,
  options: OpenOptions,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const { source } = await openAsking(output, location, options);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

/** Asks for the passphrase where one is needed and somebody can answer. */
export async function openAsking(
  output: Output,
  location: string,
  options: OpenOptions,
): Promise<{ readonly source: Source; readonly secret: string | undefined }> {
  const line = new ProgressLine(output);
  const opening: OpenOptions = {
    dataFolder: dataFolder(),
    ...options,
    onProgress: ({ phase, done, total, item }) =>
      line.show(output.translate(`opening.phases.${phase}`), done, total, item),
  };
  try {
    return { source: await openSource(location, opening), secret: options.secret };
  } catch (error) {
    line.clear();
    const needed = error instanceof SourceError && error.code === 'secret-needed';
    const secret = needed
      ? await askSecretly(output.translate('cli.askPassphrase', { location }), options.signal)
      : null;
    if (secret === null) throw error;
    return { source: await openSource(location, { ...opening, secret }), secret };
  } finally {
    line.clear();
  }
}
