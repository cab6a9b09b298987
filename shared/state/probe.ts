/**
 * Shows a running program's state module in Statescope, as docs/PROBE.md describes it: `attachProbe(planner, {name:
 * 'agent:planner', address})`. Nothing in here throws into the program or makes it wait.
 */
import { decodeUtf8, encodeUtf8, quoteJson } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import type { Clock } from './clock.ts';
import { StateCodec } from './codec.ts';
import { registerDocumentTypes } from './document-types.ts';
import { EnhancedStateModule } from './enhanced-state-module.ts';
import { reasonOf } from './errors.ts';
import {
  type ProbeCommandRequest,
  type ProbeDelay,
  type ProbeFetch,
  ProbeLink,
  type ProbeStats,
  type ProbeWatcher,
} from './probe-link.ts';
import { type StateDict, StateModule } from './state-module.ts';
import { TypeRegistry } from './type-registry.ts';

export type { ProbeDelay, ProbeFetch, ProbeStats } from './probe-link.ts';

export interface ProbeOptions {
  /** How the module is called in Statescope; `kind:id`, such as `agent:planner`, puts it under that key. */
  readonly name: string;
  /** `http://127.0.0.1:PORT#TOKEN`, as Statescope shows it. Empty or undefined: nothing happens. */
  readonly address: string | undefined;
  /** Default: `javascript`. */
  readonly program?: string;
  readonly pid?: number;
  /** With the types that the state holds. Default: those of the design document. */
  readonly codec?: StateCodec;
  /**
   * Milliseconds between two comparisons of the state, for what is changed in place; default 250, or more where they would
   * take over a twentieth of the time.
   */
  readonly interval?: number;
  /** How many changes may wait to be sent; default 20,000. */
  readonly queue?: number;
  /** Default: the global one. */
  readonly fetch?: ProbeFetch;
  /** Default: `setTimeout`, without keeping the program alive. */
  readonly delay?: ProbeDelay;
  readonly clock?: Clock;
  /** What went wrong, in English. Default: nothing is said. */
  readonly onProblem?: (message: string) => void;
}

export interface StateProbe {
  readonly stats: ProbeStats;
  /** Sends what there is. True if everything so far has arrived. */
  flush(): Promise<boolean>;
  /** Sends what is left and ends the session. */
  stop(): Promise<void>;
}

const INTERVAL_MS = 250;
const QUEUE_LINES = 20_000;
const SAMPLING_SHARE = 0.05;

/** Shows `module` until `stop` is called. Where nothing can be shown, the probe that comes back does nothing. */
export function attachProbe(module: StateModule, options: ProbeOptions): StateProbe {
  const onProblem = options.onProblem ?? (() => undefined);
  if (options.address === undefined || options.address === '') return IDLE;
  try {
    const clock = options.clock ?? Date.now;
    const link = new ProbeLink({
      address: options.address,
      program: options.program ?? 'javascript',
      pid: options.pid,
      queue: options.queue ?? QUEUE_LINES,
      fetch: options.fetch ?? globals.fetch,
      delay: options.delay ?? defaultDelay,
      clock,
      onProblem,
    });
    const codec = options.codec ?? new StateCodec(registerDocumentTypes(new TypeRegistry(), clock), clock);
    const watcher = new ModuleWatcher(module, options.name, {
      codec,
      clock,
      interval: options.interval ?? INTERVAL_MS,
      tell: (body) => link.tell(body),
      onProblem,
    });
    link.start(watcher);
    return {
      get stats() {
        return link.stats;
      },
      flush: () => link.flush(),
      stop: async () => {
        await link.stop();
        watcher.release();
      },
    };
  } catch (error) {
    onProblem(`${options.name} is not attached: ${reasonOf(error)}`);
    return IDLE;
  }
}

const IDLE: StateProbe = {
  stats: { connected: false, sent: 0, dropped: 0, queued: 0 },
  flush: () => Promise.resolve(false),
  stop: () => Promise.resolve(),
};

interface WatcherOptions {
  readonly codec: StateCodec;
  readonly clock: Clock;
  readonly interval: number;
  readonly tell: (body: string) => void;
  readonly onProblem: (message: string) => void;
}

type Path = readonly (string | number)[];

/** A module and those nested in it: what was told of each attribute last. */
interface Watched {
  readonly module: StateModule;
  readonly path: Path;
  /** JSON text by state key, in the order of the state dict. */
  texts: Map<string, string>;
  nested: Map<string, Watched>;
  readonly release: () => void;
}

class ModuleWatcher implements ProbeWatcher {
  readonly modules: readonly string[];
  readonly #name: string;
  readonly #root: StateModule;
  readonly #options: WatcherOptions;
  #watched: Watched | undefined;
  /** Nobody listens, and nothing is kept up to date. */
  #live = false;
  #stale = false;
  #nextSample = 0;

  constructor(root: StateModule, name: string, options: WatcherOptions) {
    this.#root = root;
    this.#name = name;
    this.modules = [name];
    this.#options = options;
  }

  begin(): void {
    this.#live = true;
    this.#tellState();
  }

  pause(): void {
    this.#live = false;
  }

  release(): void {
    if (this.#watched) releaseAll(this.#watched);
    this.#watched = undefined;
  }

  sample(when: 'due' | 'now'): void {
    const begin = this.#options.clock();
    const due = when === 'now' || this.#stale || begin >= this.#nextSample;
    if (!this.#live || !this.#watched || !due) return;
    this.#stale = false;
    try {
      this.#compare(this.#watched, 'tell');
    } catch (error) {
      this.#options.onProblem(`the state of ${this.#name} could not be read: ${reasonOf(error)}`);
    }
    const cost = this.#options.clock() - begin;
    this.#nextSample = begin + Math.max(this.#options.interval, cost / SAMPLING_SHARE);
  }

  obey({ kind, document, state }: ProbeCommandRequest): void {
    if (kind === 'snapshot') {
      this.#tellState();
      return;
    }
    if (state === undefined) throw new TypeError('there is no state to load');
    const { stateData } = this.#options.codec.decodeData(document, {}, state);
    this.#stale = true;
    this.#root.loadStateDict(stateData as StateDict);
  }

  #tellState(): void {
    try {
      this.#watched ??= this.#watch(this.#root, []);
      this.#compare(this.#watched, 'quietly');
      this.#options.tell(`"module":${quoteJson(this.#name)},"state":${stateText(this.#watched)}`);
    } catch (error) {
      this.#options.onProblem(`the state of ${this.#name} could not be read: ${reasonOf(error)}`);
    }
  }

  #watch(module: StateModule, path: Path): Watched {
    const watched: Watched = {
      module,
      path,
      texts: new Map(),
      nested: new Map(),
      release:
        module instanceof EnhancedStateModule
          ? module.addStateListener('*', (attribute) => this.#assigned(watched, attribute))
          : () => undefined,
    };
    return watched;
  }

  #assigned(watched: Watched, name: string): void {
    if (!this.#live) return;
    const { modules, attributes } = StateModule.registryOf(watched.module);
    const attribute = attributes.get(name);
    // Another nested module, or an attribute that has gone: the comparison finds what has become of it.
    if (!attribute || modules.has(name) || !watched.texts.has(attribute.key)) this.#stale = true;
    else this.#update(watched, attribute.key, this.#textOf(watched.module, name), 'tell');
  }

  #compare(watched: Watched, how: 'tell' | 'quietly'): void {
    const { modules, attributes } = StateModule.registryOf(watched.module);
    const keys = new Set<string>();
    for (const name of modules.keys()) {
      const nested: unknown = Reflect.get(watched.module, name);
      if (!(nested instanceof StateModule)) continue;
      keys.add(name);
      const known = watched.nested.get(name);
      const child = known?.module === nested ? known : this.#watch(nested, [...watched.path, name]);
      const old = known ? stateText(known) : watched.texts.get(name);
      if (known && child !== known) releaseAll(known);
      watched.nested.set(name, child);
      watched.texts.delete(name);
      this.#compare(child, child === known ? how : 'quietly');
      if (child !== known && how === 'tell') this.#tellChange(child.path, old, stateText(child));
    }
    for (const { name, key } of attributes.values()) {
      keys.add(key);
      this.#update(watched, key, this.#textOf(watched.module, name), how);
    }
    for (const key of [...watched.nested.keys(), ...watched.texts.keys()]) {
      if (keys.has(key)) continue;
      const child = watched.nested.get(key);
      if (child) releaseAll(child);
      const old = child ? stateText(child) : watched.texts.get(key);
      watched.nested.delete(key);
      watched.texts.delete(key);
      if (how === 'tell') this.#tellChange([...watched.path, key], old, undefined);
    }
  }

  #update(watched: Watched, key: string, text: string, how: 'tell' | 'quietly'): void {
    const old = watched.texts.get(key);
    if (old === text) return;
    watched.texts.set(key, text);
    if (how === 'quietly') return;
    const path = [...watched.path, key];
    const items = old === undefined ? undefined : appended(old, text);
    if (!items) this.#tellChange(path, old, text);
    else for (const [at, item] of items) this.#tellChange([...path, at], undefined, item);
  }

  /** `undefined`: no value. */
  #tellChange(path: Path, old: string | undefined, text: string | undefined): void {
    const where = `"module":${quoteJson(this.#name)},"path":${JSON.stringify(path)}`;
    const before = old === undefined ? '' : `,"old":${old}`;
    this.#options.tell(`${where}${before}${text === undefined ? ',"removed":true' : `,"new":${text}`}`);
  }

  /** What cannot be written is a text that says so. */
  #textOf(module: StateModule, name: string): string {
    try {
      const attribute = StateModule.registryOf(module).attributes.get(name);
      const value: unknown = Reflect.get(module, name);
      const stateData = attribute?.toJson ? attribute.toJson(value) : value;
      return decodeUtf8(this.#options.codec.encode({ dialect: 'data', stateData }));
    } catch (error) {
      return quoteJson(`(no JSON: ${reasonOf(error)})`);
    }
  }
}

function stateText(watched: Watched): string {
  const nested = [...watched.nested].map(([key, child]) => `${quoteJson(key)}:${stateText(child)}`);
  const attributes = [...watched.texts].map(([key, text]) => `${quoteJson(key)}:${text}`);
  return `{${[...nested, ...attributes].join(',')}}`;
}

function releaseAll(watched: Watched): void {
  watched.release();
  for (const child of watched.nested.values()) releaseAll(child);
}

/** Where a list has only grown: the new items with their positions. A conversation would be sent whole for each message otherwise. */
function appended(old: string, text: string): (readonly [at: number, item: string])[] | undefined {
  if (!old.startsWith('[') || !text.startsWith('[') || text === '[]') return undefined;
  if (old !== '[]' && !text.startsWith(`${old.slice(0, -1)},`)) return undefined;
  const before = parseJson(encodeUtf8(old)).document;
  const after = parseJson(encodeUtf8(text)).document;
  if (!before || !after) return undefined;
  return [...after.children(0)].slice(before.childCount(0)).map((node, at) => {
    return [before.childCount(0) + at, after.rawText(node)] as const;
  });
}

interface TimerGlobals {
  readonly fetch: ProbeFetch;
  setTimeout(work: () => void, milliseconds: number): { unref?: () => void };
  clearTimeout(timer: unknown): void;
}
/** What every runtime has, and the language itself does not know of. */
const globals = globalThis as unknown as TimerGlobals;

const defaultDelay: ProbeDelay = (milliseconds, work) => {
  const timer = globals.setTimeout(work, milliseconds);
  timer.unref?.();
  return () => globals.clearTimeout(timer);
};
