/**
 * Running programs as a source: each module that a probe has attached is a state, recorded value by value as it changes. A
 * state can be loaded back into the program.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_LOCATION } from '../../../shared/ipc/address.ts';
import type { ProbeStatus } from '../../../shared/ipc/history.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { toDot } from '../../../shared/json/path.ts';
import type { CallOptions } from '../persistence/backend.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import type { StateRecorder, ValueChange } from '../tracking/state-recorder.ts';
import type { Feed, Follower } from './feed.ts';
import { entryOf, metadataOf } from './live-entry.ts';
import { startProbeServer } from './probe-server.ts';
import type { ProbeBatch, ProbeChange, ProbeServer } from './probe-types.ts';
import type { LoadingHub } from './probe-writer.ts';

/** What is shown follows what comes in at most this often. */
const SHOW_MS = 250;
const MICROS = 1000;
/** For a program to report what it has loaded. */
const REPORT_MS = 10_000;

interface LiveState {
  readonly key: string;
  /** Session and module, for commands. */
  readonly session: string;
  readonly module: string;
  /** Milliseconds. */
  updatedAt: number;
}

export class ProbeHub implements LoadingHub {
  readonly #server: ProbeServer;
  readonly #states = new Map<string, LiveState>();
  readonly #onShown: () => void;
  /** Who waits for what a program reports of a state that it has just loaded. */
  readonly #loading = new Map<string, (text: Uint8Array) => void>();
  #feed: Feed | null = null;
  #showing = false;

  private constructor(server: ProbeServer, onShown: () => void) {
    this.#onShown = onShown;
    this.#server = server;
  }

  /** @param onShown states or sessions have changed; called a few times a second at most. */
  static async start(onShown: () => void): Promise<ProbeHub> {
    let hub: ProbeHub | null = null;
    const told = () => hub?.show();
    const server = await startProbeServer({
      onSession: told,
      onClosed: told,
      onChanges: async (batch) => {
        await hub?.take(batch);
      },
    });
    hub = new ProbeHub(server, onShown);
    return hub;
  }

  status(): ProbeStatus {
    const sessions = this.#server.sessions().map(({ id, name, language, modules, received, lost, dropped, paused }) => {
      return { id, name, language, modules, received, dropped: Math.max(lost, dropped), paused };
    });
    // Which source was open before is known outside of this one.
    return { on: true, address: this.#server.address, insteadOf: null, sessions };
  }

  /** The modules as they are now. */
  source(): Source {
    return new ProbeSource([...this.#states.values()], this.#feed?.states ?? null);
  }

  /** Records what comes in from now on; what came before is asked for anew. */
  async follow(feed: Feed): Promise<Follower> {
    this.#feed = feed;
    for (const { id } of this.#server.sessions()) void this.#server.send(id, { command: 'snapshot' });
    return {
      // What a program has loaded it has told itself.
      note: async ([key], type, mark) => {
        const text = key === undefined || mark === undefined ? null : feed.states.lastText(key);
        if (key !== undefined && text !== null)
          feed.states.recordState(key, text, { origin: 'statescope', type, mark });
        feed.onCommits();
      },
      stop: async () => {
        this.#feed = null;
      },
    };
  }

  async command(
    session: string,
    command: 'snapshot' | 'pause' | 'resume' | 'load',
    module: string | null,
    text: string | null,
  ): Promise<{ readonly ok: boolean; readonly error: string | null }> {
    const result =
      command === 'load'
        ? await this.#server.send(session, { command, module: module ?? '', state: Buffer.from(text ?? '') })
        : command === 'snapshot' && module !== null
          ? await this.#server.send(session, { command, module })
          : await this.#server.send(session, { command });
    this.show();
    return result.ok ? { ok: true, error: null } : { ok: false, error: result.message };
  }

  lastText(key: string): Uint8Array | null {
    const state = this.#states.get(key);
    const isThere = this.#server.sessions().some(({ id }) => id === state?.session);
    return state === undefined || !isThere ? null : (this.#feed?.states.lastText(key) ?? null);
  }

  async load(key: string, text: Uint8Array, { signal }: CallOptions): Promise<Uint8Array> {
    const state = this.#states.get(key);
    if (state === undefined) throw notFound(key);
    const { session, module } = state;
    let told: (text: Uint8Array) => void = () => undefined;
    const reported = new Promise<Uint8Array>((resolve) => {
      told = resolve;
    });
    // From now on what changes in it is this load's doing, in the history, too.
    this.#loading.set(key, () => undefined);
    try {
      const loaded = await this.#server.send(session, { command: 'load', module, state: text });
      if (!loaded.ok) throw refused(key, loaded.message);
      this.#loading.set(key, told);
      const asked = await this.#server.send(session, { command: 'snapshot', module });
      if (!asked.ok) throw refused(key, asked.message);
      return await Promise.race([reported, silence(key, signal)]);
    } finally {
      this.#loading.delete(key);
    }
  }

  async take({ session, records }: ProbeBatch): Promise<void> {
    const feed = this.#feed;
    if (feed === null) return;
    if (feed.writer.isFull) await feed.writer.ready();
    const origin = `probe:${session.name}`;
    for (const record of records) {
      if (record.kind === 'lost') continue;
      const { module, time } = record;
      const state = this.#stateOf(session.id, session.name, module);
      state.updatedAt = Math.max(state.updatedAt, time / MICROS);
      const loading = this.#loading.get(state.key);
      const options = { origin, time, type: loading === undefined ? 'attribute_change' : 'snapshot_restore' } as const;
      if (record.kind === 'state') {
        feed.states.recordState(state.key, record.state, options);
        loading?.(record.state.slice());
      } else feed.states.recordChanges(state.key, [valueOf(record)], options);
    }
    feed.onCommits();
    this.show();
  }

  show(): void {
    if (this.#showing) return;
    this.#showing = true;
    setTimeout(() => {
      this.#showing = false;
      this.#onShown();
    }, SHOW_MS);
  }

  async close(): Promise<void> {
    await this.#server.stop();
  }

  /** `agent:friday` for a module `friday`; a module that names its own kind keeps it. Two programs may have modules alike. */
  #stateOf(session: string, name: string, module: string): LiveState {
    const plain = /^[\w-]+:./.test(module) ? module : `agent:${module}`;
    const taken = this.#states.get(plain);
    const key =
      taken === undefined || (taken.module === module && this.#isSame(taken.session, session))
        ? plain
        : `${plain}@${name}`;
    const known = this.#states.get(key);
    if (known?.session === session) return known;
    const state = { key, session, module, updatedAt: 0 };
    this.#states.set(key, state);
    return state;
  }

  /** The program of a closed session may have started anew. */
  #isSame(known: string, session: string): boolean {
    return known === session || !this.#server.sessions().some(({ id }) => id === known);
  }
}

function refused(key: string, reason: string): SourceError {
  const message = `The program did not load ${key}: ${reason}`;
  return new SourceError('unreadable', message, { location: PROBE_LOCATION, key, reason });
}

async function silence(key: string, signal: AbortSignal | undefined): Promise<never> {
  await sleep(REPORT_MS, undefined, { ref: false, ...(signal ? { signal } : {}) });
  throw refused(key, `it has not reported its state within ${REPORT_MS / 1000} s`);
}

function valueOf({ path, new: value }: ProbeChange): ValueChange {
  return { path, value: value === null ? null : decodeUtf8(value) };
}

class ProbeSource implements Source {
  readonly format = 'probe';
  readonly location = PROBE_LOCATION;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems = [];
  readonly #states = new Map<string, { readonly entry: StateEntry; readonly text: Uint8Array }>();

  constructor(states: readonly LiveState[], recorder: StateRecorder | null) {
    for (const { key, module, updatedAt } of states) {
      const document = recorder?.lastDocument(key) ?? null;
      if (document === null) continue;
      const text = document.bytes;
      const entry = entryOf(document, {
        key,
        bytes: text.length,
        updatedAt: new Date(updatedAt).toISOString(),
        location: toDot([module]),
      });
      this.#states.set(key, { entry, text });
    }
    this.entries = [...this.#states.values()].map(({ entry }) => entry);
    this.bytes = this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(key: string): Promise<StateBytes> {
    const state = this.#states.get(key);
    if (state === undefined) throw notFound(key);
    return { bytes: state.text, metadata: metadataOf(state.entry, null), problems: [] };
  }

  /** A running program is changed by a command, which it answers. */
  writer(): 'running' {
    return 'running';
  }

  async changed(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async close(): Promise<void> {}
}
