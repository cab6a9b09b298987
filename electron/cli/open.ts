import { openSource } from '../core/sources/open-source.ts';
import { type OpenOptions, type Source } from '../core/sources/source.ts';
import type { Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';

/** Opens a source for the time of `work`, with its progress on standard error where a person watches. */
export async function withSource<T>(
  output: Output,
  location: string,
  options: OpenOptions,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const line = new ProgressLine(output);
  const source = await openSource(location, {
    ...options,
    onProgress: ({ phase, done, total, item }) =>
      line.show(output.translate(`opening.phases.${phase}`), done, total, item),
  });
  line.clear();
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
