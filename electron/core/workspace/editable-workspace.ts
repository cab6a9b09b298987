/**
 * An open source that may be written once a person has allowed it. Whatever is written, the source is read anew afterwards:
 * what is shown is always what is stored. Writes and readings anew take their turns, one at a time.
 */
import type { Calls, Expansion, Jobs } from '../../../shared/ipc/contract.ts';
import type { AsOf, Page, StateSummary, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type {
  CopyStatesReport,
  PersistenceEdit,
  PersistenceSettings,
  PlacedKey,
} from '../../../shared/ipc/persistence.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import type {
  EditCheck,
  EditOutcome,
  FieldFinding,
  NotWritableReason,
  StateEdit,
  StoredComparison,
  TrashRow,
  WriteConflict,
  WriteOutcome,
} from '../../../shared/ipc/writing.ts';
import type { JsonDocument } from '../../../shared/json/document.ts';
import { editJson } from '../../../shared/json/edit.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { pathOf, resolvePath } from '../../../shared/json/path.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';
import { MeasuredWriter } from '../performance/measured-writer.ts';
import { StatePerformanceManager } from '../performance/performance-manager.ts';
import {
  ABSENT,
  ANY,
  type Changed,
  type Conflict,
  type Expected,
  type Missing,
  revisionOf,
} from '../persistence/backend.ts';
import { type AutomaticReason, SafetySnapshots } from '../snapshots/safety-snapshots.ts';
import type { SnapshotStore } from '../snapshots/snapshot-store.ts';
import type { OpenOptions, Source } from '../sources/source.ts';
import { SourceError } from '../sources/source-error.ts';
import { knownTypes } from '../validation/known-types.ts';
import { storedBeside } from '../validation/stored-beside.ts';
import { PersistenceFile } from '../writing/persistence-file.ts';
import { stampEnvelope } from '../writing/stamp-envelope.ts';
import {
  notWritable,
  type StateWriter,
  textRevision,
  type WriteContext,
  type Written,
} from '../writing/state-writer.ts';
import { type CopyRun, copyOut } from './copy-out.ts';
import { knownState } from './known-state.ts';
import { editedText, persistenceSettings, placedKeys } from './persistence-settings.ts';
import { storedDifferences } from './stored-differences.ts';
import { type OpenState, PAGED_ABOVE_BYTES, Workspace } from './workspace.ts';

export interface EditableOptions {
  /** Opens the source, again and again. */
  readonly open: (options: OpenOptions) => Promise<Source>;
  /** A big file is shown with its first states while the others are still being found. */
  readonly growing?: boolean;
  readonly context: WriteContext;
  /** The password or passphrase with which it is opened. */
  readonly secret?: string | undefined;
  /** Where the snapshots of all sources lie. Without it none are kept. */
  readonly snapshotFolder?: string | undefined;
  /** Of the journal, when the source was read last; null where nothing is recorded. */
  readonly seq?: () => number | null;
  /** A snapshot was taken before a write. */
  readonly onSnapshot?: () => void;
  /** The workspace's name in every call. */
  readonly id: string;
  readonly onChanged: (summary: WorkspaceSummary) => void;
  /** A person has written a state, or taken it away, through this workspace. */
  readonly onWritten?: (key: string, how: 'edit' | 'undo') => Promise<void>;
}

type Input<K extends keyof Calls> = Omit<Calls[K]['input'], 'workspace'>;

/** Four times a second, and less often where listing the states anew takes long. */
const TELL_GROWTH_MS = 250;
const GROWTH_PAUSE_FACTOR = 10;
/** How many writes can be taken back. */
const UNDO_KEPT = 200;

interface Undo {
  readonly key: string;
  /** What the write left there: taking it back is only right while nobody has written since. */
  readonly expected: Expected;
}

export class EditableWorkspace {
  readonly #options: EditableOptions;
  readonly #registry = knownTypes();
  /** What has been measured since it was opened. States are kept parsed (workspace.ts), and not as bytes, too. */
  readonly performance = new StatePerformanceManager({ cacheEnabled: false });
  #workspace: Workspace;
  #writer: StateWriter | NotWritableReason;
  #generation = 0;
  #armed = false;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #undo = new Map<string, Undo>();
  /** The state that was looked at last, as it was before the source was read anew. */
  #before: OpenState | null = null;
  #lastOpened: OpenState | null = null;
  #closed = false;
  /** What is shown instead while a person looks at the past. */
  #past: { readonly workspace: Workspace; readonly asOf: AsOf } | null = null;
  readonly #snapshots: SafetySnapshots | null;

  private constructor(options: EditableOptions, source: Source) {
    this.#options = options;
    this.#workspace = this.#show(source);
    this.#writer = this.#writerOf(source);
    this.#followGrowth(source);
    const { snapshotFolder } = options;
    this.#snapshots = snapshotFolder === undefined ? null : new SafetySnapshots(snapshotFolder, source.location);
  }

  /** @throws SourceError */
  static async open(options: EditableOptions, opening: OpenOptions): Promise<EditableWorkspace> {
    return new EditableWorkspace(options, await options.open({ growing: options.growing === true, ...opening }));
  }

  /** What is shown: the source as it was read last, another one after each reading; or as of a moment. */
  get reading(): Workspace {
    return this.#past?.workspace ?? this.#workspace;
  }

  /** The source as it was read last, whatever is shown. */
  get source(): Source {
    return this.#workspace.source;
  }

  /** Null where none are kept, or they could not be opened. */
  get snapshots(): SnapshotStore | null {
    return this.#snapshots?.store ?? null;
  }

  /** Forgets all but the newest of the snapshots that were taken by themselves. */
  async tidySnapshots(): Promise<void> {
    await this.#snapshots?.tidy();
  }

  /** Why there are no snapshots, or what was done about a damaged database of them. */
  get snapshotProblem(): SourceError | null {
    return this.#snapshots?.problem ?? null;
  }

  /**
   * Before something is written: the states as they are stored, those of `keys` that are there. Null where there are none, where no
   * snapshots are kept, and for encrypted sources. @throws SourceError when it cannot be kept: then nothing is to be written.
   */
  async snapshotBefore(reason: AutomaticReason, keys: readonly string[]): Promise<SnapshotInfo | null> {
    const seq = this.#options.seq?.() ?? null;
    const taken = (await this.#snapshots?.take(this.#workspace.source, reason, keys, seq)) ?? null;
    if (taken !== null) this.#options.onSnapshot?.();
    return taken;
  }

  /** Types that are known here. */
  get registry(): TypeRegistry {
    return this.#registry;
  }

  /** As it is now: another one after each reading. */
  get writer(): StateWriter | NotWritableReason {
    return this.#writer;
  }

  /** Counts how often the source has been read anew, or another moment been shown. */
  get generation(): number {
    return this.#generation;
  }

  summary(): WorkspaceSummary {
    return this.reading.summary(this.#options.id, this.#writing);
  }

  /** Shows the states as of a moment, or, for null, as they are. Nothing is written. */
  travel(past: { readonly source: Source; readonly asOf: AsOf } | null): WorkspaceSummary {
    this.#past?.workspace.forget();
    this.#past = past && { workspace: this.#show(past.source), asOf: past.asOf };
    return this.#showAnother();
  }

  get isArmed(): boolean {
    return this.#armed;
  }

  async openState(input: Input<'state.open'>): Promise<StateSummary> {
    const summary = await this.reading.openState(input, this.#writing);
    this.#lastOpened = summary.paged ? null : await this.reading.state(summary.key);
    return summary;
  }

  arm({ armed }: Input<'workspace.arm'>): void {
    if (armed && typeof this.#writer === 'string') throw notWritable(this.#workspace.source.location, this.#writer);
    this.#armed = armed;
    this.#options.onChanged(this.summary());
  }

  /** Stops finding the states of a big file, or goes on with it. */
  index({ go }: Input<'workspace.index'>): void {
    const { growth } = this.source;
    if (go) growth?.goOn();
    else growth?.stop();
    this.#options.onChanged(this.summary());
  }

  /** @throws SourceError `still-indexing` for what needs all states, while some may be missing. */
  assertWhole(): void {
    const { location, growth } = this.source;
    if (growth?.indexing == null) return;
    const message = `${location} has not been gone through to its end, so that some of its states are not known. Wait for that, then try again.`;
    throw new SourceError('still-indexing', message, { location });
  }

  async check(input: Input<'edit.check'>): Promise<EditCheck | WriteConflict> {
    const tried = await this.#try(input.key, input.revision, input.edit);
    return tried.status === 'edited' ? { status: 'fine' } : tried;
  }

  async apply(input: Input<'edit.apply'>): Promise<EditOutcome> {
    const writer = this.#armedWriter(input.key);
    const tried = await this.#try(input.key, input.revision, input.edit);
    if (tried.status !== 'edited') return tried;
    const text = stampEnvelope(tried.document, Date.now);
    return this.#write('before-edit', input.key, () => writer.replace(input.key, text, revisionOf(input.revision)));
  }

  async remove({ key, revision }: Input<'state.remove'>): Promise<WriteOutcome> {
    const writer = this.#armedWriter(key);
    return this.#write('before-delete', key, () => writer.remove(key, revisionOf(revision)));
  }

  async undo({ undo }: Input<'write.undo'>): Promise<WriteOutcome> {
    const known = this.#undo.get(undo);
    if (known === undefined) return { status: 'missing' };
    const outcome = await this.#putBack(undo, known);
    if (outcome.status === 'written') this.#undo.delete(undo);
    return outcome;
  }

  async trashRows({ offset, limit }: Input<'trash.rows'>): Promise<Page<TrashRow>> {
    const writer = this.#writer;
    if (typeof writer === 'string') return { rows: [], total: 0 };
    const entries = await this.#trash(writer);
    return { rows: entries.slice(offset, offset + limit), total: entries.length };
  }

  async restore({ id }: Input<'trash.restore'>): Promise<WriteOutcome> {
    const writer = this.#armedWriter(null);
    const entry = (await this.#trash(writer)).find((each) => each.id === id);
    return entry === undefined ? { status: 'missing' } : this.#putBack(id, { key: entry.key, expected: ANY });
  }

  async compare({ key }: Input<'state.compare'>): Promise<StoredComparison> {
    const shown = await this.#workspace.state(key);
    return this.exclusively(async () => {
      const source = await this.#options.open({});
      try {
        if (!source.entries.some((entry) => entry.key === shown.entry.key)) return { status: 'gone' };
        const { document } = parseJson((await source.read(shown.entry.key)).bytes);
        if (document === null) return { status: 'gone' };
        const { differences, more } = storedDifferences(shown.document, document);
        return differences.length === 0 ? { status: 'same' } : { status: 'changed', differences, more };
      } finally {
        await source.close();
      }
    });
  }

  /** Where the nodes of the same paths are now. Nothing is known of a state that was not the one looked at. */
  async carry({ key, expansion, node }: Input<'tree.carry'>): Promise<Calls['tree.carry']['output']> {
    // Places in a state that is read in parts are offsets, which say nothing of another text.
    if (await this.reading.paged(key)) return { expansion: { depth: 1, toggled: [] }, node: 0, row: 0 };
    const now = await this.reading.state(key);
    const before = this.#before?.entry.key === now.entry.key ? this.#before.document : null;
    if (before === null) return { expansion: { depth: expansion.depth, toggled: [] }, node: 0, row: 0 };
    const place = (old: number) =>
      old < before.nodeCount ? resolvePath(now.document, pathOf(before, old)) : undefined;
    const toggled = expansion.toggled.flatMap((old) => place(old) ?? []);
    const carried: Expansion = { depth: expansion.depth, toggled };
    const selected = place(node) ?? 0;
    const { index, expansion: opened } = now.tree.reveal(carried, selected);
    return { expansion: opened, node: selected, row: index };
  }

  persistenceSettings({ edits }: Input<'persistence.settings'>): Promise<PersistenceSettings | null> {
    return persistenceSettings(this.#workspace.source, edits as readonly PersistenceEdit[]);
  }

  placedKeys({ edits, ...input }: Input<'persistence.keys'>): Promise<Page<PlacedKey>> {
    return placedKeys(this.#workspace.source, { ...input, edits: edits as readonly PersistenceEdit[] });
  }

  async savePersistence({ edits, revision }: Input<'persistence.save'>): Promise<WriteOutcome> {
    const { source } = this.#workspace;
    this.#checkArmed();
    const file = PersistenceFile.of(source, this.#options.context);
    if (file === null) return { status: 'missing' };
    return this.#writeFile(file, async () => {
      const edited = await editedText(source, edits as readonly PersistenceEdit[]);
      return edited === null ? { status: 'missing' } : file.replace(edited.text, revisionOf(revision));
    });
  }

  /** Out of this source into a store, which is made when it is not there. */
  copyStates(input: Omit<Jobs['states.copy']['input'], 'workspace'>, run: CopyRun): Promise<CopyStatesReport> {
    if (input.move) this.#checkArmed();
    return this.exclusively(async () => {
      const report = await copyOut(this.#workspace.source, input, {
        ...run,
        sourceSecret: this.#options.secret,
        performance: this.performance,
      });
      if (input.move && !input.dryRun) await this.#readAnew({});
      return report;
    });
  }

  /** Reads the source anew. What is shown stays until that has succeeded. */
  reload(options: OpenOptions = {}): Promise<WorkspaceSummary> {
    return this.exclusively(() => this.#readAnew(options));
  }

  /** States that others have changed since the source was read. Waits for writes and readings. */
  changed(): Promise<Changed> {
    return this.exclusively(() => this.#workspace.source.changed());
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.exclusively(() => this.#workspace.close());
    this.#snapshots?.close();
  }

  get #writing() {
    const writer = this.#past === null ? this.#writer : ('past' as const);
    return { generation: this.#generation, armed: this.#armed, writer, asOf: this.#past?.asOf ?? null };
  }

  async #try(
    key: string,
    revision: string,
    edit: StateEdit,
  ): Promise<
    | Exclude<EditCheck, { status: 'fine' }>
    | WriteConflict
    | { readonly status: 'edited'; readonly document: JsonDocument }
  > {
    const state = await this.#workspace.state(key);
    if (textRevision(state.stored.bytes) !== revision) return { status: 'conflict', gone: false };
    const refusal = typeof this.#writer === 'string' ? this.#writer : this.#writer.refusal(state.entry.key);
    if (refusal !== null) throw notWritable(this.#workspace.source.location, refusal);
    const edited = editJson(state.document, edit);
    if (!edited.ok) {
      if (edited.reason === 'not-json') return { status: 'not-json', message: edited.message, offset: edited.offset };
      return { status: edited.reason };
    }
    const { document } = parseJson(edited.bytes);
    if (document === null) return { status: 'impossible' };
    const findings = this.#newFindings(state, document);
    if (findings.length > 0) return { status: 'findings', findings };
    return { status: 'edited', document };
  }

  /** A state that breaks rules already can be mended one value at a time. The checksum is made anew when it is written. */
  #newFindings(state: OpenState, document: JsonDocument): readonly FieldFinding[] {
    const name = ({ rule, pathText }: FieldFinding) => `${rule} ${pathText}`;
    const known = new Set(state.known().findings.map(name));
    const { findings } = knownState(document, this.#registry, storedBeside(state.stored.metadata));
    return findings.filter((finding) => finding.rule !== 'checksum' && !known.has(name(finding)));
  }

  /** Within `exclusively`. */
  async readAnew(): Promise<void> {
    await this.#readAnew({});
  }

  /** @throws SourceError `not-armed`, `not-writable` */
  assertArmed(): void {
    this.#armedWriter(null);
  }

  #checkArmed(): void {
    const { location } = this.#workspace.source;
    if (this.#past !== null) throw notWritable(location, 'past');
    if (this.#armed) return;
    throw new SourceError('not-armed', `Writing is not allowed for ${location}. Allow it first.`, { location });
  }

  #armedWriter(key: string | null): StateWriter {
    const { location } = this.#workspace.source;
    this.#checkArmed();
    if (typeof this.#writer === 'string') throw notWritable(location, this.#writer);
    const refusal = key === null ? null : this.#writer.refusal(key);
    if (refusal !== null) throw notWritable(location, refusal);
    return this.#writer;
  }

  async #write(
    reason: AutomaticReason,
    key: string,
    write: () => Promise<Written | Conflict | Missing>,
  ): Promise<WriteOutcome> {
    const outcome = await this.exclusively(async (): Promise<WriteOutcome> => {
      const before = await this.snapshotBefore(reason, [key]);
      const made = await write();
      // Nothing was written: what was kept for it is for nothing.
      if (made.status !== 'written' && before !== null) this.snapshots?.remove(before.id);
      if (made.status === 'conflict') return { status: 'conflict', gone: made.current === null };
      if (made.status === 'missing') return { status: 'conflict', gone: true };
      const undo = this.#remember(key, made);
      await this.#readAnew({});
      return { status: 'written', undo };
    });
    // After its turn: whoever records it reads the source, too.
    const how = reason === 'before-undo' ? 'undo' : 'edit';
    if (outcome.status === 'written') await this.#options.onWritten?.(key, how);
    return outcome;
  }

  /** Of the open persistence.yaml, which is no state: nobody records it. */
  #writeFile(file: PersistenceFile, write: () => Promise<Written | Conflict | Missing>): Promise<WriteOutcome> {
    return this.exclusively(async () => {
      const made = await write();
      if (made.status === 'conflict') return { status: 'conflict', gone: false };
      if (made.status === 'missing') return { status: 'missing' };
      const undo = this.#remember(file.name, made);
      await this.#readAnew({});
      return { status: 'written', undo };
    });
  }

  /** What a write replaced, of a state or of the open persistence.yaml. */
  async #putBack(id: string, { key, expected }: Undo): Promise<WriteOutcome> {
    const writer = this.#armedWriter(null);
    const file = PersistenceFile.of(this.#workspace.source, this.#options.context);
    if (file !== null && (await file.has(id))) return this.#writeFile(file, () => file.restore(id, expected));
    return this.#write('before-undo', key, () => writer.restore(id, expected));
  }

  /** The latest first. */
  async #trash(writer: StateWriter): Promise<readonly TrashRow[]> {
    const file = PersistenceFile.of(this.#workspace.source, this.#options.context);
    const states = await this.exclusively(() => writer.trash());
    if (file === null) return states;
    return [...states, ...(await file.trash())].toSorted((a, b) => (a.trashedAt < b.trashedAt ? 1 : -1));
  }

  #remember(key: string, { trash, revision }: Written): string | null {
    if (trash === null) return null;
    this.#undo.set(trash, { key, expected: revision === null ? ABSENT : revisionOf(revision) });
    const [oldest] = this.#undo.keys();
    if (this.#undo.size > UNDO_KEPT && oldest !== undefined) this.#undo.delete(oldest);
    return trash;
  }

  async #readAnew(options: OpenOptions): Promise<WorkspaceSummary> {
    const source = await this.#options.open({ growing: this.#options.growing === true, ...options });
    if (this.#closed) {
      await source.close();
      throw new SourceError('cancelled', `${source.location} was closed.`, { location: source.location });
    }
    const old = this.#workspace;
    this.#workspace = this.#show(source);
    this.#writer = this.#writerOf(source);
    this.#followGrowth(source);
    if (typeof this.#writer === 'string') this.#armed = false;
    await old.close();
    return this.#showAnother();
  }

  #show(source: Source): Workspace {
    return new Workspace(source, this.#registry, PAGED_ABOVE_BYTES, this.performance);
  }

  #writerOf(source: Source): StateWriter | NotWritableReason {
    const writer = source.writer(this.#options.context);
    return typeof writer === 'string' ? writer : new MeasuredWriter(writer, source, this.performance);
  }

  /** What is listed grows with the source, a few times a second. */
  #followGrowth(source: Source): void {
    const { growth } = source;
    if (growth?.indexing == null) return;
    let telling: NodeJS.Timeout | null = null;
    let cost = 0;
    const tell = () => {
      telling = null;
      const began = performance.now();
      if (this.#closed || this.source !== source) return;
      this.#workspace.listAnew();
      if (this.#past === null) this.#options.onChanged(this.summary());
      cost = performance.now() - began;
    };
    const end = growth.onGrown((replaced) => {
      if (replaced) {
        this.#workspace.listAnew();
        this.#showAnother();
      }
      const done = growth.indexing?.status !== 'running';
      if (done && telling !== null) clearTimeout(telling);
      if (done) tell();
      else telling ??= setTimeout(tell, Math.max(TELL_GROWTH_MS, cost * GROWTH_PAUSE_FACTOR));
      if (growth.indexing === null) end();
    });
  }

  /** What is shown has become another; what was open in it is carried over when it is asked for. */
  #showAnother(): WorkspaceSummary {
    this.#before = this.#lastOpened;
    this.#generation += 1;
    const summary = this.summary();
    this.#options.onChanged(summary);
    return summary;
  }

  /** One after the other: on POSIX, reading a database while it is written in the same process would drop the writer's locks. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
