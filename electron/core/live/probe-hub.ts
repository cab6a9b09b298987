/**
 * Running programs as a source: each module that a probe has attached is a state, recorded value by value as it changes. A
 * state can be loaded back into the program.
 */
import { PROBE_LOCATION } from '../../../shared/ipc/address.ts';
import type { ProbeStatus } from '../../../shared/ipc/history.ts';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { toDot } from '../../../shared/json/path.ts';
import { notFound } from '../sources/catalog.ts';
import type { Source, StateBytes, StateEntry } from '../sources/source.ts';
import { factsOf, RECORD_DEPTH } from '../sources/state-facts.ts';
import type { StateRecorder, ValueChange } from '../tracking/state-recorder.ts';
import type { Feed, Follower } from './live-session.ts';
import { startProbeServer } from './probe-server.ts';
import type { ProbeBatch, ProbeChange, ProbeRecord, ProbeServer } from './probe-types.ts';

/** What is shown follows what comes in at most this often. */
const SHOW_MS = 250;
const MICROS = 1000;

interface LiveState {
  readonly key: string;
  /** Session and module, for commands. */
  readonly session: string;
  readonly module: string;
  /** Milliseconds. */
  updatedAt: number;
}

export class ProbeHub {
  readonly #server: ProbeServer;
  readonly #states = new Map<string, LiveState>();
  readonly #onShown: () => void;
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
    return { on: true, address: this.#server.address, sessions };
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
      note: async () => undefined,
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

  async take({ session, records }: ProbeBatch): Promise<void> {
    const feed = this.#feed;
    if (feed === null) return;
    if (feed.writer.isFull) await feed.writer.ready();
    const origin = `probe:${session.name}`;
    for (const run of runsOf(records)) {
      const [first] = run;
      if (first === undefined) continue;
      const key = this.#keyOf(session.id, session.name, first.module);
      const state = this.#states.get(key);
      if (state) state.updatedAt = Math.max(state.updatedAt, first.time / MICROS);
      if (first.kind === 'state') {
        feed.states.recordState(key, first.state, { origin, time: first.time, type: 'attribute_change' });
      } else {
        for (const change of run) {
          if (change.kind !== 'change') continue;
          feed.states.recordChanges(key, [valueOf(change)], { origin, time: change.time, type: 'attribute_change' });
        }
      }
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
  #keyOf(session: string, name: string, module: string): string {
    const plain = /^[\w-]+:./.test(module) ? module : `agent:${module}`;
    const taken = this.#states.get(plain);
    const key =
      taken === undefined || (taken.module === module && this.#isSame(taken.session, session))
        ? plain
        : `${plain}@${name}`;
    if (this.#states.get(key)?.session !== session) this.#states.set(key, { key, session, module, updatedAt: 0 });
    return key;
  }

  /** The program of a closed session may have started anew. */
  #isSame(known: string, session: string): boolean {
    return known === session || !this.#server.sessions().some(({ id }) => id === known);
  }
}

/** Changes of one module that follow each other; each whole state for itself. */
function* runsOf(records: readonly ProbeRecord[]): Generator<Exclude<ProbeRecord, { kind: 'lost' }>[]> {
  let run: Exclude<ProbeRecord, { kind: 'lost' }>[] = [];
  for (const record of records) {
    if (record.kind === 'lost') continue;
    const last = run.at(-1);
    if (last !== undefined && (last.module !== record.module || last.kind === 'state' || record.kind === 'state')) {
      yield run;
      run = [];
    }
    run.push(record);
  }
  if (run.length > 0) yield run;
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
  readonly #texts = new Map<string, Uint8Array>();

  constructor(states: readonly LiveState[], recorder: StateRecorder | null) {
    const entries: StateEntry[] = [];
    for (const { key, module, updatedAt } of states) {
      const text = recorder?.lastText(key) ?? null;
      if (text === null) continue;
      this.#texts.set(key, text.slice());
      const { document } = parseJson(text, { recordDepth: RECORD_DEPTH });
      const facts = document && factsOf(document, 0);
      const colon = key.indexOf(':');
      entries.push({
        key,
        kind: key.slice(0, colon),
        id: key.slice(colon + 1),
        type: facts?.type ?? null,
        status: facts?.status ?? null,
        bytes: text.length,
        updatedAt: new Date(updatedAt).toISOString(),
        location: toDot([module]),
        aliases: [],
      });
    }
    this.entries = entries;
    this.bytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async read(key: string): Promise<StateBytes> {
    const bytes = this.#texts.get(key);
    const entry = this.entries.find((each) => each.key === key);
    if (bytes === undefined || entry === undefined) throw notFound(key);
    const { updatedAt, type } = entry;
    return {
      bytes,
      metadata: { file: null, table: null, createdAt: null, updatedAt, type, version: null, fields: [] },
      problems: [],
    };
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
