/** A backend as a source: for files that are encrypted, which no reader of files can look into. */
import type { Problem, SourceFormat } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import type { Changed, StateBackend, StateInfo } from '../persistence/backend.ts';
import type { StateWriter } from '../writing/state-writer.ts';
import { StoreWriter } from '../writing/store-writer.ts';
import { notFound } from './catalog.ts';
import { problem } from './problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from './source.ts';
import { field } from './state-facts.ts';

const PAGE = 500;

/** Lists every state once. The source closes what `open` opens. @throws SourceError as the backend does. */
export async function openStoreAsSource(
  format: SourceFormat,
  open: () => Promise<StateBackend>,
  { signal }: OpenOptions,
): Promise<Source> {
  const backend = await open();
  try {
    const infos = new Map<string, StateInfo>();
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<StateBackend['page']>> = await backend.page({ limit: PAGE, after }, { signal });
      for (const info of page.states) infos.set(info.key, info);
      after = page.next;
    } while (after !== null);
    const problems: Problem[] = [];
    for (const key of await backend.list(undefined, { signal })) {
      if (infos.has(key)) continue;
      const loaded = await backend.load(key, { signal });
      if (loaded.status !== 'corrupt') continue;
      problems.push(problem({ location: key, code: 'unreadable', message: loaded.reason }));
    }
    return new StoreSource(format, backend, open, infos, problems);
  } catch (error) {
    await backend.close();
    throw error;
  }
}

class StoreSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #backend: StateBackend;
  readonly #open: () => Promise<StateBackend>;
  readonly #infos: ReadonlyMap<string, StateInfo>;

  constructor(
    format: SourceFormat,
    backend: StateBackend,
    open: () => Promise<StateBackend>,
    infos: ReadonlyMap<string, StateInfo>,
    problems: readonly Problem[],
  ) {
    this.format = format;
    this.location = backend.location;
    this.entries = [...infos.values()].map(entryOf);
    this.bytes = this.entries.reduce((sum, { bytes }) => sum + bytes, 0);
    this.problems = problems;
    this.#backend = backend;
    this.#open = open;
    this.#infos = infos;
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const loaded = await this.#backend.load(key, options);
    if (loaded.status === 'missing') throw notFound(key);
    const { createdAt = null, updatedAt = null } = this.#infos.get(key) ?? {};
    const place = { file: this.location, table: null, createdAt, updatedAt };
    if (loaded.status === 'corrupt') {
      const found = problem({ location: key, code: 'unreadable', message: loaded.reason, key });
      return { bytes: loaded.bytes, metadata: { ...place, type: null, version: null, fields: [] }, problems: [found] };
    }
    const { stateData, type, version, metadata } = loaded.record;
    const fields = metadata === null ? [] : [field('metadata', Buffer.from(metadata).toString())];
    return { bytes: stateData, metadata: { ...place, type, version, fields }, problems: [] };
  }

  writer(): StateWriter | NotWritableReason {
    return new StoreWriter(this.#open, (key) => key);
  }

  async changed(options: { signal?: AbortSignal } = {}): Promise<Changed> {
    const changed = new Set<string>();
    const keys = await this.#backend.list(undefined, options);
    for (const key of keys) {
      if ((await this.#backend.info(key, options))?.revision !== this.#infos.get(key)?.revision) changed.add(key);
    }
    const there = new Set(keys);
    for (const key of this.#infos.keys()) if (!there.has(key)) changed.add(key);
    return changed;
  }

  async close(): Promise<void> {
    await this.#backend.close();
  }
}

function entryOf({ key, type, bytes, updatedAt, location }: StateInfo): StateEntry {
  const colon = key.indexOf(':');
  const [kind, id] = [key.slice(0, colon), key.slice(colon + 1)];
  return { key, kind, id, type: type || null, status: null, bytes, updatedAt, location, aliases: [] };
}
