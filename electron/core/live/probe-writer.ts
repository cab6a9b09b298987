/** States of running programs are put back by loading them; what the program reports afterwards is what counts. */

import { PROBE_LOCATION } from '../../../shared/ipc/address.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { CallOptions, Conflict, Expected, Missing, TrashEntry } from '../persistence/backend.ts';
import { sameValue } from '../restore/unit.ts';
import { SourceError } from '../sources/source-error.ts';
import {
  conflictWith,
  isExpected,
  notWritable,
  type StateWriter,
  textRevision,
  type Written,
} from '../writing/state-writer.ts';

/** What a hub offers for it. */
export interface LoadingHub {
  /** As the program told it last; null for a key that no attached program has. */
  lastText(key: string): Uint8Array | null;
  /** Has the module load it, and report. @throws SourceError with the module's own message */
  load(key: string, text: Uint8Array, options: CallOptions): Promise<Uint8Array>;
}

export class ProbeWriter implements StateWriter {
  readonly #hub: LoadingHub;

  constructor(hub: LoadingHub) {
    this.#hub = hub;
  }

  refusal(key: string, what: 'replace' | 'remove' = 'replace'): NotWritableReason | null {
    return what === 'remove' || this.#hub.lastText(key) === null ? 'running' : null;
  }

  /** A program makes its modules itself. */
  createRefusal(): NotWritableReason {
    return 'running';
  }

  create(): Promise<Written | Conflict> {
    return Promise.reject(notWritable(PROBE_LOCATION, 'running'));
  }

  remove(): Promise<Written | Conflict | Missing> {
    return Promise.reject(notWritable(PROBE_LOCATION, 'running'));
  }

  async replace(
    key: string,
    text: Uint8Array,
    expected: Expected,
    options: CallOptions = {},
  ): Promise<Written | Conflict> {
    const now = this.#hub.lastText(key);
    if (now === null || !isExpected(expected, now)) return conflictWith(now);
    const reported = await this.#hub.load(key, text, options);
    if (!sameValue(reported, text)) {
      const message = `The program has loaded ${key}, and reports another state than the one that was put back. Look at what it makes of its values while it loads them.`;
      throw new SourceError('unreadable', message, { location: PROBE_LOCATION, key });
    }
    return { status: 'written', revision: textRevision(reported), trash: null };
  }

  async trash(): Promise<readonly TrashEntry[]> {
    return [];
  }

  async restore(): Promise<Missing> {
    return { status: 'missing' };
  }
}
