/** What `watch` and `record` have in common: a source that is followed until a signal ends it. */
import type { HeadlessOptions } from '../core/live/headless-recording.ts';
import { openSource } from '../core/sources/open-source.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { openAsking } from './open.ts';
import type { Output } from './output.ts';

export interface LiveOptions {
  readonly followLinks: boolean;
  readonly signal: AbortSignal;
}

export interface LiveSource {
  readonly location: string;
  /** Asks for nothing any more. The first time it is the source that is open already. */
  readonly open: (options: OpenOptions) => Promise<Source>;
  /** Of a source that was never handed out. */
  readonly close: () => Promise<void>;
}

export async function openLive(output: Output, location: string, options: LiveOptions): Promise<LiveSource> {
  const { followLinks, signal } = options;
  const { source, secret } = await openAsking(output, location, { followLinks, signal });
  let first: Source | null = source;
  return {
    location: source.location,
    async open(opening) {
      const opened = first ?? (await openSource(location, { followLinks, secret, ...opening }));
      first = null;
      return opened;
    },
    async close() {
      await first?.close();
    },
  };
}

/** Told on standard error; it is tried again. */
export function troubles(output: Output): Pick<HeadlessOptions, 'onError' | 'onRecovered'> {
  return {
    onError: (error) => output.error(`statescope: ${output.failure(error)} ${output.translate('cli.liveRetry')}\n`),
    onRecovered: () => output.error(`statescope: ${output.translate('cli.liveAgain')}\n`),
  };
}

/** SIGINT, by the signal, or SIGTERM. Ask for it before anything is begun that has to be ended. */
export function untilStopped(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve());
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
