/** A `persistence.yaml` as a source: the states of all its backends, each read by the reader of its format, as one workspace. */
import { readFile, stat } from 'node:fs/promises';
import type { Problem, StateMetadata } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { type FilePath, readablePath } from '../files/file-path.ts';
import type { Changed } from '../persistence/backend.ts';
import { openFilesystem } from '../persistence/open-store.ts';
import { expiryOf, parsePersistence, persistenceOrThrow, ruleFor } from '../persistence/rules.ts';
import {
  type BackendConfig,
  type PersistenceConfig,
  type PostgresConfig,
  postgresAddress,
} from '../persistence/rules-config.ts';
import { PartsWriter } from '../writing/parts-writer.ts';
import type { StateWriter, WriteContext } from '../writing/state-writer.ts';
import { notFound, withClearAliases } from './catalog.ts';
import { changedOf, openFolder } from './folder-source.ts';
import { openStoreAsSource } from './persistence-yaml-store.ts';
import { errorCode, problem, toSourceError } from './problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from './source.ts';
import { SourceError } from './source-error.ts';
import { openSqlite } from './sqlite-source.ts';
import { field } from './state-facts.ts';

/** Far beyond what is refused as no configuration; see rules-yaml.ts. */
const LARGEST_FILE = 4 << 20;

/**
 * A backend that cannot be opened is a problem, and the rest opens. Of a key that two of them hold the one counts that
 * its rule names.
 * @param options `secret` is the passphrase of what is encrypted; the configuration's own goes before it.
 * @throws SourceError `bad-config` with every fault and its line.
 */
export async function openPersistenceYaml(path: FilePath, options: OpenOptions): Promise<Source> {
  const display = readablePath(path);
  const stamp = await stampOf(path);
  if (stamp.size > LARGEST_FILE) {
    const reason = 'it is too large to be a configuration';
    throw new SourceError('bad-config', `${display} has faults: ${reason}.`, { location: display, reason });
  }
  const text = await readFile(path, 'utf8');
  const config = persistenceOrThrow(text, display);
  const warnings = parsePersistence(text, display).faults.map(({ line, message }) =>
    problem({
      location: `.:${line}`,
      code: 'config-warning',
      message,
      severity: 'warning',
      details: { reason: message },
    }),
  );
  const parts: Part[] = [];
  const problems: Problem[] = warnings;
  try {
    for (const backend of config.backends) {
      options.signal?.throwIfAborted();
      const opened = await openBackend(backend, options);
      if ('code' in opened) problems.push(opened);
      else parts.push({ name: backend.name, source: opened });
    }
  } catch (error) {
    await closeAll(parts);
    throw error;
  }
  return new PersistenceSource({ path, display, stamp: stamp.text, config, parts, problems });
}

interface Part {
  /** Of the backend. */
  readonly name: string;
  readonly source: Source;
}

async function openBackend(backend: BackendConfig, options: OpenOptions): Promise<Source | Problem> {
  const { onProgress, secret } = options;
  const inside: OpenOptions = {
    ...options,
    ...(onProgress && { onProgress: (progress) => onProgress({ ...progress, item: at(backend.name, progress.item) }) }),
  };
  try {
    switch (backend.type) {
      case 'memory':
        return nothingIn(backend, 'it lives in the memory of the program that uses it');
      case 'filesystem':
        if (backend.encryption) {
          await folderAt(backend.basePath);
          const open = () => openFilesystem(backend, { passphrase: secret });
          return await openStoreAsSource('statescope-directory', open, inside);
        }
        return await openFolder(await folderAt(backend.basePath), inside);
      case 'sqlite':
        return await openSqlite({ ...inside, path: backend.path, location: '.' });
      case 'postgresql':
        return await openServer(backend, { ...inside, secret: undefined });
      default:
        return backend satisfies never;
    }
  } catch (error) {
    const failure = toSourceError(error, backend.type === 'sqlite' ? backend.path : backend.name, options.signal);
    if (failure.code === 'cancelled') throw failure;
    const isEmpty = failure.code === 'nothing-to-open' && failure.details['problems'] === 0;
    if (isEmpty || (backend.type === 'sqlite' && failure.code === 'path-missing')) {
      return nothingIn(backend, 'nothing has been written yet');
    }
    const { message } = failure;
    return problem({ location: backend.name, code: 'backend-closed', message, details: { reason: message } });
  }
}

async function openServer(backend: PostgresConfig, options: OpenOptions): Promise<Source> {
  // Loaded when a server is asked for, as in open-source.ts.
  const { openPostgres } = await import('./postgres-source.ts');
  return openPostgres(postgresAddress(backend), options);
}

function nothingIn({ name }: BackendConfig, reason: string): Problem {
  const message = `The backend ${name} has no states to show: ${reason}.`;
  return problem({ location: name, code: 'backend-empty', message, severity: 'warning', details: { reason } });
}

/** A folder that nobody has made yet is one without states. */
async function folderAt(path: string): Promise<string> {
  const info = await stat(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw toSourceError(error, path);
  });
  if (info?.isDirectory()) return path;
  const [code, reason] =
    info === null ? (['nothing-to-open', 'does not exist'] as const) : (['unreadable', 'is no folder'] as const);
  throw new SourceError(code, `${path} ${reason}. Mend base_path.`, { location: path, problems: 0 });
}

interface Opened {
  readonly path: FilePath;
  readonly display: string;
  readonly stamp: string;
  readonly config: PersistenceConfig;
  readonly parts: readonly Part[];
  readonly problems: readonly Problem[];
}

export class PersistenceSource implements Source {
  readonly format = 'persistence';
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #opened: Opened;
  readonly #partOf = new Map<string, Part>();

  constructor(opened: Opened) {
    const { display, config, parts, problems } = opened;
    this.#opened = opened;
    this.location = display;
    this.bytes = parts.reduce((sum, { source }) => sum + source.bytes, 0);
    const twice: Problem[] = [];
    for (const part of parts) {
      for (const { key } of part.source.entries) {
        const before = this.#partOf.get(key);
        const wins = before === undefined || ruleFor(config, key).backend === part.name;
        if (wins) this.#partOf.set(key, part);
        if (before !== undefined) twice.push(storedTwice(key, wins ? part : before, wins ? before : part));
      }
    }
    const mine = ({ name, source }: Part) =>
      source.entries
        .filter(({ key }) => this.#partOf.get(key)?.name === name)
        .map((entry) => ({ ...entry, location: at(name, entry.location) }));
    this.entries = withClearAliases(parts.flatMap(mine));
    this.problems = [...problems, ...parts.flatMap((part) => this.#problemsOf(part)), ...twice];
  }

  get isEncrypted(): boolean {
    return this.#opened.config.backends.some((backend) => backend.type === 'filesystem' && backend.encryption);
  }

  /** Name of the backend in which a state lies; undefined for one that is not listed. */
  backendOf(key: string): string | undefined {
    return this.#partOf.get(key)?.name;
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const part = this.#partOf.get(key);
    if (part === undefined) throw notFound(key);
    const { bytes, metadata, problems } = await part.source.read(key, options);
    const placed = problems.map((found) => ({ ...found, location: at(part.name, found.location) }));
    return {
      bytes,
      metadata: { ...metadata, fields: [...metadata.fields, ...this.#facts(key, part, metadata)] },
      problems: placed,
    };
  }

  /** A state is written where it is; a new one where its rule puts it. */
  writer(context: WriteContext): StateWriter | NotWritableReason {
    const { parts, config } = this.#opened;
    const partOf = (key: string) =>
      this.#partOf.get(key) ?? parts.find(({ name }) => name === ruleFor(config, key).backend);
    return PartsWriter.of(
      parts.map(({ source }) => source),
      (key) => partOf(key)?.source,
      context,
      (source, place) => {
        const name = parts.find((part) => part.source === source)?.name ?? '';
        return place.startsWith(at(name, '')) ? place.slice(at(name, '').length) : null;
      },
    );
  }

  async changed(options: { signal?: AbortSignal } = {}): Promise<Changed> {
    const { path, stamp, parts } = this.#opened;
    if ((await stampOf(path)).text !== stamp) return null;
    return changedOf(
      parts.map(({ source }) => source),
      options,
    );
  }

  async close(): Promise<void> {
    await closeAll(this.#opened.parts);
  }

  /** Where it is, why, and until when: shown beside what the backend itself knows. */
  #facts(key: string, { name }: Part, { updatedAt }: StateMetadata): StateMetadata['fields'] {
    const { config } = this.#opened;
    const { rule, backend, ttl } = ruleFor(config, key);
    const expires = expiryOf(updatedAt, ttl);
    return [
      field('backend', name),
      field('rule', rule === null ? 'default_backend' : (config.rules[rule]?.pattern ?? '')),
      ...(backend === name ? [] : [field('belongs_to', backend)]),
      ...(ttl === null ? [] : [field('ttl', String(ttl))]),
      ...(expires === null ? [] : [field('expires_at', expires)]),
    ];
  }

  #problemsOf({ name, source }: Part): readonly Problem[] {
    // A state of another backend with the same key is not concerned.
    return source.problems.map((found) => {
      const ours = found.key === null || this.#partOf.get(found.key)?.name === name;
      return { ...found, location: at(name, found.location), key: ours ? found.key : null };
    });
  }
}

function storedTwice(key: string, { name }: Part, hidden: Part): Problem {
  const message = `${key} is in the backend ${hidden.name} as well; the one in ${name} is shown. Delete one of them, or move it.`;
  const details = { shown: name, hidden: hidden.name };
  return problem({ location: hidden.name, code: 'duplicate-state', message, key, severity: 'warning', details });
}

function at(backend: string, location: string): string {
  return location === '.' ? backend : `${backend}/${location}`;
}

async function stampOf(path: FilePath): Promise<{ readonly size: number; readonly text: string }> {
  const { ino, size, mtimeNs } = await stat(path, { bigint: true });
  return { size: Number(size), text: `${ino} ${size} ${mtimeNs}` };
}

async function closeAll(parts: readonly Part[]): Promise<void> {
  for (const { source } of parts) await source.close();
}
