import { openSource } from '../core/sources/open-source.ts';
import { type OpenOptions, type Source } from '../core/sources/source.ts';
import type { Output } from './output.ts';

const PROGRESS_AFTER_MS = 500;
const PROGRESS_EVERY_MS = 100;

/** Opens a source for the time of `work`, with its progress on standard error where a person watches. */
export async function withSource<T>(
  output: Output,
  location: string,
  options: OpenOptions,
  work: (source: Source) => Promise<T>,
): Promise<T> {
  const started = Date.now();
  let shown = 0;
  const source = await openSource(location, {
    ...options,
    onProgress: ({ phase, done, total, item }) => {
      const now = Date.now();
      if (!process.stderr.isTTY || now - started < PROGRESS_AFTER_MS || now - shown < PROGRESS_EVERY_MS) return;
      shown = now;
      const share = total > 0 ? ` ${Math.floor((done / total) * 100)} %` : '';
      output.error(`\r\u001b[K${output.translate(`opening.phases.${phase}`)}${share} ${item}`);
    },
  });
  if (shown > 0) output.error('\r\u001b[K');
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}
