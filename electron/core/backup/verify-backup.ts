/** Whether a backup is what was written, and can be read: state by state, in flat memory, whatever its size. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackupInfo, BackupReport } from '../../../shared/ipc/backup-model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { damageOf, type OpenLayers, openLayers } from '../files/open-layers.ts';
import type { RandomAccess } from '../files/random-access.ts';
import type { EntryList, IndexEntry, OffsetIndex } from '../index/model.ts';
import { buildIndex, entriesOf, keysOf } from '../index/offset-index.ts';
import { cancelled, toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { infoOf } from './backup-info.ts';
import { metadataVerdict } from './backup-text.ts';
import type { BackupRun, VerifyOptions } from './model.ts';
import { ProblemList } from './problem-list.ts';
import { SequentialReader } from './sequential-reader.ts';

const PAGE = 1000;
/** A state that is larger is hashed in parts, and not parsed: its brackets have been counted. */
const PARSED_BELOW = 128 << 20;
const PART = 4 << 20;

/**
 * Damage is in the report; only what keeps a file from being looked at rejects.
 * @throws SourceError `secret-needed`, `secret-wrong`, `path-missing`, `no-backup`, `cancelled`, …
 */
export async function verifyBackup(
  file: string,
  options: VerifyOptions = {},
  run: BackupRun = {},
): Promise<BackupReport> {
  const path = resolve(file);
  try {
    const { size, mtime } = await stat(path);
    const layers = await openLayers(path, { passphrase: options.passphrase, signal: run.signal });
    try {
      const place = {
        file: path,
        fileBytes: size,
        modifiedAt: mtime.toISOString(),
        encrypted: layers.encrypted !== null,
      };
      return await new Verification(layers, options, run).report({ ...place, packed: layers.gzip !== null });
    } finally {
      await layers.access.close();
    }
  } catch (error) {
    if (run.signal?.aborted === true) throw cancelled(path, error);
    throw toSourceError(error, path);
  }
}

type Place = Pick<BackupInfo, 'file' | 'fileBytes' | 'modifiedAt' | 'encrypted' | 'packed'>;

/** `metadata` as it stands in the file. */
interface Metadata {
  readonly document: JsonDocument;
  /** Of the list of states; undefined where there is none. */
  readonly stateInfo: NodeId | undefined;
}

class Verification {
  readonly #layers: OpenLayers;
  readonly #run: BackupRun;
  readonly #only: ReadonlySet<string> | null;
  readonly #problems = new ProblemList();
  readonly #reader: SequentialReader;

  constructor(layers: OpenLayers, { keys }: VerifyOptions, run: BackupRun) {
    this.#layers = layers;
    this.#run = run;
    this.#only = keys === undefined ? null : new Set(keys);
    this.#reader = new SequentialReader(layers.access);
  }

  async report(place: Place): Promise<BackupReport> {
    const index = await this.#index();
    const metadata = await this.#metadata(index, place.file);
    const info: BackupInfo = { ...infoOf(metadata?.document ?? null), ...place };
    if (info.newer) {
      const version = info.version ?? '';
      this.#problems.warn(
        'newer-version',
        `A later version of the format (${version}) has written it: what is understood was verified.`,
        { details: { version } },
      );
    }
    if (metadata !== null) this.#whole(metadata);
    const { states, sound } = await this.#states(index, metadata);
    if (this.#only === null && info.states !== null && info.states !== states) {
      this.#problems.add('wrong-count', `It says that it holds ${info.states} states, and ${states} were found.`, {
        details: { claimed: info.states, found: states },
      });
    }
    const { listed, more, errors } = this.#problems;
    const against = info.checksums ? 'checksums' : 'nothing';
    return { info, ok: errors === 0, against, states, sound, problems: listed, more };
  }

  async #index(): Promise<OffsetIndex> {
    const { access } = this.#layers;
    const { signal, onProgress } = this.#run;
    const partial: OffsetIndex[] = [];
    try {
      const index = await buildIndex(access, {
        signal,
        onStopped: (stopped) => partial.push(stopped),
        // The texts are read once more afterwards.
        onProgress: (done, total) =>
          onProgress?.({ phase: 'verifying', done, total: total === null ? 0 : total * 2, key: '' }),
      });
      const damage = damageOf(this.#layers);
      // What is missing after it is no fault of its own.
      if (damage === null) this.#fault(index);
      else this.#damaged(damage.message, damage.offset);
      return index;
    } catch (error) {
      const [index] = partial;
      if (!(error instanceof SourceError) || index === undefined || signal?.aborted === true) throw error;
      this.#damaged(error.message, index.scanned);
      return index;
    }
  }

  #damaged(reason: string, offset: number, key: string | null = null): void {
    this.#problems.add('damaged-container', `From byte ${offset} of its text on it cannot be read: ${reason}`, {
      key,
      offset,
      details: { reason },
    });
  }

  #fault({ fault }: OffsetIndex): void {
    if (fault === null) return;
    const { code, offset, message, unfinished } = fault;
    const key = unfinished?.level === 'states' ? unfinished.key : null;
    const isCut = code === 'truncated';
    const text = isCut ? `It is cut off at byte ${offset}` : `From byte ${offset} on it is no JSON`;
    const reason = key === null ? message : `${message} (in the state ${key})`;
    this.#problems.add(isCut ? 'cut-off' : 'not-json', `${text}: ${reason}`, { key, offset, details: { reason } });
  }

  /** Null, and told, where there is none. @throws SourceError `no-backup` */
  async #metadata(index: OffsetIndex, location: string): Promise<Metadata | null> {
    const found = await this.#member(index, 'metadata');
    if (found === null && index.states === null && index.fault === null && index.complete) {
      const reason = 'the members “metadata” and “states” are not there';
      throw new SourceError('no-backup', `${location} is no backup: ${reason}.`, { location, reason });
    }
    if (index.states === null) this.#missing('states');
    if (found === null) {
      this.#missing('metadata');
      return null;
    }
    const { document, issues } = parseJson(await this.#layers.access.read(found.start, found.end, this.#run.signal));
    const issue = issues.find(({ severity }) => severity === 'error');
    // What is cut off is told already. The index has looked at the brackets only.
    if (issue !== undefined && index.fault === null) {
      const offset = found.start + issue.offset;
      const details = { reason: issue.message };
      this.#problems.add('not-json', `From byte ${offset} on it is no JSON: ${issue.message}`, { offset, details });
    }
    if (document === null || document.kind(0) !== 'object') {
      this.#missing('metadata');
      return null;
    }
    const stateInfo = document.member(0, 'state_info');
    const isList = stateInfo !== undefined && document.kind(stateInfo) === 'object';
    return { document, stateInfo: isList ? stateInfo : undefined };
  }

  /** The last of this name, also when it is cut off. */
  async #member(index: OffsetIndex, name: string): Promise<IndexEntry | null> {
    const { access } = this.#layers;
    const unfinished = index.fault?.unfinished;
    if (unfinished?.level === 'top' && unfinished.key === name) return unfinished.entry;
    const names = await keysOf(access, index.top, 0, index.top.count, this.#run.signal);
    const at = names.lastIndexOf(name);
    return at < 0 ? null : ((await entriesOf(access, index.top, at, 1, this.#run.signal))[0] ?? null);
  }

  #missing(member: string): void {
    this.#problems.add('no-member', `It has no “${member}”.`, { details: { member } });
  }

  #whole({ document }: Metadata): void {
    // A member that is cut off has no canonical form, and is told already.
    if (document.isIncomplete(0) || metadataVerdict(document, 0) !== 'another') return;
    this.#problems.add('whole-checksum', 'Its metadata, or the list of its checksums, is not what was written.');
  }

  async #states(index: OffsetIndex, metadata: Metadata | null): Promise<Pick<BackupReport, 'states' | 'sound'>> {
    const { access } = this.#layers;
    const { signal, onProgress } = this.#run;
    const missing = this.#expected(metadata);
    let sound = 0;
    for await (const { entries, keys } of pagesOf(access, index.states, signal)) {
      for (const [at, entry] of entries.entries()) {
        signal?.throwIfAborted();
        const key = keys[at] ?? '';
        missing?.delete(key);
        if (this.#only !== null && !this.#only.has(key)) continue;
        onProgress?.({ phase: 'verifying', done: index.scanned + entry.start, total: index.scanned * 2, key });
        if (await this.#state(key, entry, metadata)) sound++;
      }
    }
    for (const { level, key, ordinals } of index.duplicates) {
      if (level !== 'states' || (this.#only !== null && !this.#only.has(key))) continue;
      this.#problems.add('duplicate-key', `The key ${key} is there ${ordinals.length} times.`, {
        key,
        details: { key, count: ordinals.length },
      });
    }
    for (const key of missing ?? []) {
      this.#problems.add('state-missing', `${key} is not there, and was when the backup was made.`, {
        key,
        details: { key },
      });
    }
    return { states: index.states?.count ?? 0, sound };
  }

  /** Keys that the metadata names; null where it names none. */
  #expected(metadata: Metadata | null): Set<string> | null {
    if (metadata?.stateInfo === undefined) return null;
    const { document, stateInfo } = metadata;
    const keys = [...document.children(stateInfo)].map((node) => document.key(node) ?? '');
    return new Set(this.#only === null ? keys : keys.filter((key) => this.#only?.has(key)));
  }

  /** Whether it can be read, and is what was backed up as far as that is known. */
  async #state(key: string, entry: IndexEntry, metadata: Metadata | null): Promise<boolean> {
    let found: { readonly sha256: string; readonly fault: string | null };
    try {
      found = await this.#read(entry);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      this.#damaged(error.message, entry.start, key);
      return false;
    }
    const where = { key, offset: entry.start };
    if (found.fault !== null) {
      const details = { key, reason: found.fault };
      this.#problems.add('not-json', `${key} cannot be read: ${found.fault}`, { ...where, details });
      return false;
    }
    const expected = metadata?.stateInfo === undefined ? null : checksumOf(metadata.document, metadata.stateInfo, key);
    if (expected === undefined) {
      this.#problems.add('state-unknown', `${key} is none of the states that were backed up.`, {
        ...where,
        details: { key },
      });
      return false;
    }
    if (expected === null || expected === found.sha256) return true;
    this.#problems.add('state-checksum', `${key} is not what was backed up.`, { ...where, details: { key } });
    return false;
  }

  async #read({ start, end }: IndexEntry): Promise<{ readonly sha256: string; readonly fault: string | null }> {
    const { signal } = this.#run;
    const hash = createHash('sha256');
    if (end - start < PARSED_BELOW) {
      const text = await this.#reader.read(start, end, signal);
      // Not more than the root is kept: every byte is looked at all the same.
      const { document, issues } = parseJson(text, { recordDepth: 0 });
      const fault = issues.find(({ severity }) => severity === 'error');
      const isCut = document === null || document.isIncomplete(0) || text.length < end - start;
      return { sha256: hash.update(text).digest('hex'), fault: fault?.message ?? (isCut ? 'It is cut off.' : null) };
    }
    for (let at = start; at < end; ) {
      const part = await this.#layers.access.read(at, Math.min(end, at + PART), signal);
      if (part.length === 0) return { sha256: '', fault: 'It is cut off.' };
      hash.update(part);
      at += part.length;
    }
    return { sha256: hash.digest('hex'), fault: null };
  }
}

/** Null where it says none; undefined for a state that is not named. */
function checksumOf(document: JsonDocument, stateInfo: NodeId, key: string): string | null | undefined {
  const info = document.member(stateInfo, key);
  if (info === undefined) return undefined;
  const sha256 = document.kind(info) === 'object' ? document.member(info, 'sha256') : undefined;
  return sha256 === undefined || document.kind(sha256) !== 'string' ? null : document.string(sha256);
}

async function* pagesOf(access: RandomAccess, list: EntryList | null, signal: AbortSignal | undefined) {
  if (list === null) return;
  for (let from = 0; from < list.count; from += PAGE) {
    const entries = await entriesOf(access, list, from, PAGE, signal);
    yield { entries, keys: await keysOf(access, list, from, PAGE, signal) };
  }
}
