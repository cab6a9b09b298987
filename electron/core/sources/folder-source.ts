/** A folder: its JSON files, and the SQLite databases among them. */
import { relative, sep } from 'node:path';
import type { Problem, ProblemCode, SourceFormat } from '../../../shared/ipc/model.ts';
import { PROBLEM_CODES } from '../../../shared/ipc/model.ts';
import type { NotWritableReason } from '../../../shared/ipc/writing.ts';
import { type FilePath, readablePath } from '../files/file-path.ts';
import { type FoundFile, walk } from '../files/walk.ts';
import type { Changed } from '../persistence/backend.ts';
import { PartsWriter } from '../writing/parts-writer.ts';
import type { StateWriter, WriteContext } from '../writing/state-writer.ts';
import { Catalog, KeyRing, notFound, withClearAliases } from './catalog.ts';
import { SHAPE_FORMATS } from './detect.ts';
import { FolderFindings, type FoundState } from './folder-findings.ts';
import type { FileSlice } from './json-file.ts';
import { JsonSource } from './json-source.ts';
import { problem } from './problems.ts';
import type { OpenOptions, Source, StateBytes, StateEntry } from './source.ts';
import { SourceError } from './source-error.ts';
import { openSqlite } from './sqlite-source.ts';
import { designBackups, type Layout, layoutOf, placeInCategory } from './statescope-directory.ts';
import { fileName } from './whole-file.ts';

/** @throws SourceError `nothing-to-open`; the error of the operating system; the signal's reason. */
export async function openFolder(folder: FilePath, options: OpenOptions): Promise<Source> {
  const display = readablePath(folder);
  const { followLinks = false, signal, onProgress } = options;
  onProgress?.({ phase: 'detecting', done: 0, total: 0, item: '.' });
  const found = await walk(folder, { followLinks, signal });
  const total = found.files.reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  const findings = new FolderFindings({
    display: (location) => display + sep + location.replaceAll('/', sep),
    signal,
    onBytes: (item, bytes) => onProgress?.({ phase: 'reading', done: (done += bytes), total, item }),
  });
  const layout = await readJsonFiles(found.files, findings);
  const keys = new KeyRing();
  const catalog = new Catalog<FileSlice>(keys);
  for (const { draft, problems } of findings.states.map((state) => (layout ? placeInCategory(state, layout) : state))) {
    catalog.add(draft, problems);
  }
  const stores: Source[] = [];
  const problems = [...found.problems, ...findings.problems];
  try {
    for (const { path, location, kind } of found.files) {
      if (kind !== 'sqlite') continue;
      const store = await openSqlite({ ...options, path, location, keys }).catch((error: unknown) =>
        asProblem(error, location),
      );
      if ('code' in store) problems.push(store);
      else stores.push(store);
    }
  } catch (error) {
    await closeAll(stores);
    throw error;
  }
  if (catalog.entries.length === 0 && stores.length === 0) throw nothingToOpen(display, found.seen, problems);
  const format = layout ? 'statescope-directory' : (formatOf(findings.states) ?? stores[0]?.format ?? 'json');
  // Of several stores in one folder none is the one whose `backups/` a state belongs to.
  const storeBase = layout?.bases.length === 1 ? (layout.bases[0] ?? null) : null;
  const files = new JsonSource(format, display, findings.bytes, catalog, storeBase);
  const locations = found.files.map(({ location }) => location);
  return new FolderSource({ folder, followLinks, locations }, format, display, [files, ...stores], problems);
}

const JSON_NAME = /\.json(\.gz)?$/i;

/** Returns the design's layout when the files are kept in it. */
async function readJsonFiles(files: readonly FoundFile[], findings: FolderFindings): Promise<Layout | null> {
  const groups = new Map<string, FoundFile[]>();
  for (const file of files) {
    if (file.kind !== 'json') continue;
    // `x.json` and `x.json.gz` are one state; `x` and `x.json` are two.
    const id = JSON_NAME.test(file.location) ? fileName(file.location).id : file.location;
    const identity = `${id === file.location ? 'other' : 'json'}:${id}`;
    groups.set(identity, [...(groups.get(identity) ?? []), file]);
  }
  const backups = designBackups(files.map(({ location }) => location));
  const copies: FoundFile[][] = [];
  for (const group of groups.values()) {
    if (group.every(({ location }) => backups.has(location))) copies.push(group);
    else await findings.readNewest(group);
  }
  const layout = layoutOf(findings.states);
  if (layout === null) for (const group of copies) await findings.readNewest(group);
  return layout;
}

/**
 * The format of most of the files that are recognised. Plain JSON beside them is configuration, and names the source
 * only where there is nothing else.
 */
function formatOf(states: readonly FoundState[]): SourceFormat | null {
  const counts = new Map<SourceFormat, number>();
  for (const { shape } of states) {
    const format = shape === 'backup' ? 'json' : SHAPE_FORMATS[shape];
    counts.set(format, (counts.get(format) ?? 0) + 1);
  }
  const recognised = [...counts].filter(([format]) => format !== 'json').toSorted(([, a], [, b]) => b - a);
  return recognised[0]?.[0] ?? (counts.size > 0 ? 'json' : null);
}

class FolderSource implements Source {
  readonly format: SourceFormat;
  readonly location: string;
  readonly bytes: number;
  readonly entries: readonly StateEntry[];
  readonly problems: readonly Problem[];
  readonly #folder: FilePath;
  readonly #followLinks: boolean;
  readonly #locations: readonly string[];
  readonly #parts: readonly Source[];
  readonly #partOf = new Map<string, Source>();

  constructor(
    walked: { readonly folder: FilePath; readonly followLinks: boolean; readonly locations: readonly string[] },
    format: SourceFormat,
    location: string,
    parts: readonly Source[],
    problems: readonly Problem[],
  ) {
    this.#folder = walked.folder;
    this.#followLinks = walked.followLinks;
    this.#locations = walked.locations;
    this.format = format;
    this.location = location;
    this.bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
    this.entries = withClearAliases(parts.flatMap(({ entries }) => entries));
    this.problems = [...problems, ...parts.flatMap((part) => part.problems)];
    this.#parts = parts;
    for (const part of parts) for (const { key } of part.entries) this.#partOf.set(key, part);
  }

  async read(key: string, options: { signal?: AbortSignal } = {}): Promise<StateBytes> {
    const part = this.#partOf.get(key);
    if (part === undefined) throw notFound(key);
    return part.read(key, options);
  }

  /** A database by its place in the folder; the files together are what the folder is. */
  backendOf(key: string): string | undefined {
    const part = this.#partOf.get(key);
    return part === undefined || part.location === this.location ? undefined : relative(this.location, part.location);
  }

  writer(context: WriteContext): StateWriter | NotWritableReason {
    return PartsWriter.of(this.#parts, (key) => this.#partOf.get(key), context);
  }

  async changed(options: { signal?: AbortSignal } = {}): Promise<Changed> {
    const { files } = await walk(this.#folder, { followLinks: this.#followLinks, signal: options.signal });
    const known = new Set(this.#locations);
    // Which keys a new file brings cannot be told before it is read.
    if (files.length !== known.size || files.some(({ location }) => !known.has(location))) return null;
    return changedOf(this.#parts, options);
  }

  async close(): Promise<void> {
    await closeAll(this.#parts);
  }
}

/** Of several sources together; null as soon as one cannot say. */
export async function changedOf(sources: readonly Source[], options: { signal?: AbortSignal }): Promise<Changed> {
  const all = new Set<string>();
  for (const source of sources) {
    const changed = await source.changed(options);
    if (changed === null) return null;
    for (const key of changed) all.add(key);
  }
  return all;
}

async function closeAll(sources: readonly Source[]): Promise<void> {
  for (const source of sources) await source.close();
}

/** What keeps one database of a folder from being read; cancelling keeps all of it. */
function asProblem(error: unknown, location: string): Problem {
  if (!(error instanceof SourceError) || error.code === 'cancelled') throw error;
  const known: readonly string[] = PROBLEM_CODES;
  const code = known.includes(error.code) ? (error.code as ProblemCode) : 'unreadable';
  const severity = code === 'sqlite-unknown-tables' ? 'warning' : 'error';
  return problem({ location, code, message: error.message, severity, details: error.details });
}

function nothingToOpen(display: string, seen: number, problems: readonly Problem[]): SourceError {
  const looked = `Looked through ${seen} files and folders for JSON (*.json, *.json.gz) and SQLite databases; open the folder in which your agents store their state.`;
  const [first] = problems;
  if (problems.some(({ code }) => code === 'encrypted')) {
    const message = `The states in ${display} are encrypted. Open the folder as a store, with its passphrase.`;
    return new SourceError('secret-needed', message, { location: display });
  }
  const reason = first ? ` The first of ${problems.length} problems is ${first.location}: ${first.message}` : '';
  const details = { location: display, seen, problems: problems.length };
  return new SourceError('nothing-to-open', `${display} holds nothing that can be opened. ${looked}${reason}`, details);
}
