/** A worker thread that holds one open source: reading, parsing and SQLite happen here, never on the main event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import { PROBE_LOCATION } from '../../shared/ipc/address.ts';
import type { ProbeStatus } from '../../shared/ipc/history.ts';
import { AttributionSession } from '../core/attribution/attribution-session.ts';
import { BackupSession } from '../core/backup/backup-session.ts';
import { type ConsistencyRun, StateConsistencyChecker } from '../core/consistency/check-consistency.ts';
import { previewRepairs } from '../core/consistency/repair-preview.ts';
import { rulesOfFolder } from '../core/consistency/rules-file.ts';
import { ConsistencySession } from '../core/consistency/session.ts';
import { Repairing } from '../core/doctor/repairing.ts';
import { MOST_DRAGGED, writeState } from '../core/export/write-state.ts';
import { isEncryptedSource } from '../core/live/encrypted-source.ts';
import { followSource } from '../core/live/follow-source.ts';
import { LiveSession } from '../core/live/live-session.ts';
import { ProbeHub } from '../core/live/probe-hub.ts';
import { runningTarget } from '../core/live/running-target.ts';
import { PerformanceSession } from '../core/performance/session.ts';
import { copiesOf } from '../core/restore/copies.ts';
import { Restoring } from '../core/restore/restoring.ts';
import { locate } from '../core/search/locate.ts';
import { SearchSession } from '../core/search/search-session.ts';
import { type MomentContext, openMoment } from '../core/snapshots/moments.ts';
import { SnapshotSession } from '../core/snapshots/snapshot-session.ts';
import { openSource } from '../core/sources/open-source.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { SyncSession } from '../core/sync/sync-session.ts';
import { CancelFlags } from '../core/workspace/cancel-flags.ts';
import { DiffViews } from '../core/workspace/diff-view.ts';
import { EditableWorkspace } from '../core/workspace/editable-workspace.ts';
import { exportOut } from '../core/workspace/export-out.ts';
import { toHostError } from '../core/workspace/host-error.ts';
import { watchChanges } from '../core/workspace/watch-changes.ts';
import type {
  FromWorker,
  ProgressOf,
  StreamStep,
  ToWorker,
  WorkerEvent,
  WorkerMethod,
  WorkerMethods,
  WorkerStart,
} from '../core/workspace/worker-protocol.ts';

if (!parentPort) throw new Error('workspace-worker runs as a worker thread only');
const port = parentPort;
const start = workerData as WorkerStart;
const say = (message: FromWorker): void => port.postMessage(message);
const tell = (event: WorkerEvent): void => say({ type: 'event', event });
const backupsChanged = (): void => tell({ name: 'backups.changed', payload: { workspace: start.workspace } });
const snapshotsChanged = (): void => tell({ name: 'snapshots.changed', payload: { workspace: start.workspace } });

type Methods = {
  readonly [K in WorkerMethod]: (
    input: WorkerMethods[K]['input'],
    run: Run<ProgressOf<K>>,
  ) => Promise<WorkerMethods[K]['output']>;
};

/** A question that is being answered. */
interface Run<Progress> {
  readonly signal: AbortSignal;
  /** Told as soon as the person gives up, also while this thread is busy. */
  readonly isCancelled: () => boolean;
  readonly onProgress: (progress: Progress) => void;
}

/** Of other sources, by their places. */
const secrets = new Map<string, string>();

/** What moments are opened from: the source as it was read last, its journal, other sources, and what nodes wrote. */
function momentsOf(workspace: EditableWorkspace, live: LiveSession, sync?: SyncSession): MomentContext {
  return {
    ...(sync && { version: (id) => sync.version(id) }),
    now: workspace.source,
    journal: live.readableJournal(),
    snapshots: workspace.snapshots,
    open: (location, options = {}) =>
      openSource(location, {
        followLinks: false,
        secret: secrets.get(location),
        dataFolder: start.dataFolder,
        ...options,
      }),
  };
}

/** Of what has been recorded; null without a journal. */
const lastSeq = (live: LiveSession): number | null => live.readableJournal()?.lastSeq ?? null;

/** In a millisecond. */
const MICROS = 1000;
const START_RECORDING_MS = 300;
const cancelFlags = new CancelFlags(start.cancelFlags);
const running = new Map<number, AbortController>();

function methodsOf(
  workspace: EditableWorkspace,
  live: LiveSession,
  hub: ProbeHub | null,
  restoring: Restoring,
  performance: PerformanceSession,
  sync: SyncSession,
): Methods {
  const snapshots = new SnapshotSession(workspace, {
    seq: () => lastSeq(live),
    lastTime: () => live.readableJournal()?.totals().last?.time ?? null,
    onChanged: snapshotsChanged,
  });
  const backups = new BackupSession(workspace, {
    dataFolder: start.dataFolder,
    openNow,
    open: (location, options) => momentsOf(workspace, live).open(location, options),
    secretOf: (location) => secrets.get(location),
    learnSecret: (location, secret) => secrets.set(location, secret),
    onChanged: backupsChanged,
    now: Date.now,
  });
  const diffs = new DiffViews(() => momentsOf(workspace, live, sync));
  const checkSource = async (source: Source, run: ConsistencyRun) => {
    const journal = live.readableJournal();
    const { snapshots: store } = workspace;
    const asOf = workspace.summary().asOf?.time ?? null;
    return new StateConsistencyChecker(source, {
      registry: workspace.registry,
      rules: await rulesOfFolder(source.location),
      ...(journal !== null && { journal }),
      ...(store !== null && { snapshots: store }),
      // What had expired by then, where the past is shown.
      ...(asOf !== null && { now: asOf / MICROS }),
    }).check(run);
  };
  const repairing = new Repairing({
    target: workspace,
    restoring,
    check: (source, signal) =>
      checkSource(source, { isCancelled: () => signal?.aborted === true, onProgress: () => undefined }),
    name: 'repair',
  });
  const consistency = new ConsistencySession({
    shown: () => ({ workspace: workspace.reading, generation: workspace.generation }),
    check: (run) => checkSource(workspace.reading.source, run),
  });
  const attributions = new AttributionSession(() => momentsOf(workspace, live));
  const searches = new SearchSession({
    source: () => workspace.source,
    journal: () => live.readableJournal(),
  });
  const streams = new Map<number, AsyncGenerator<string, void, void>>();
  let lastStream = 0;
  const step = async (stream: number): Promise<StreamStep> => {
    const next = await streams.get(stream)?.next();
    if (!next || next.done) {
      streams.delete(stream);
      return { stream, chunk: null };
    }
    return { stream, chunk: next.value };
  };
  return {
    'explorer.rows': async (input) => workspace.reading.explorerRows(input),
    'workspace.overview': (_input, run) => workspace.reading.overview(run),
    'problems.rows': async (input) => workspace.reading.problemRows(input),
    'state.open': (input) => workspace.openState(input),
    'tree.rows': (input) => workspace.reading.treeRows(input),
    'tree.reveal': (input) => workspace.reading.treeReveal(input),
    'value.get': (input) => workspace.reading.value(input),
    'value.copy': (input) => workspace.reading.copyText(input),
    'conversation.page': (input) => workspace.reading.conversationPage(input),
    'value.text': (input) => {
      lastStream += 1;
      streams.set(lastStream, workspace.reading.valueText(input));
      return step(lastStream);
    },
    'workspace.arm': async (input) => {
      workspace.arm(input);
      return null;
    },
    'workspace.index': async (input) => {
      workspace.index(input);
      return null;
    },
    'workspace.reload': (_input, { signal, onProgress }) => workspace.reload({ signal, onProgress }),
    'edit.check': (input) => workspace.check(input),
    'edit.apply': (input) => workspace.apply(input),
    'state.remove': (input) => workspace.remove(input),
    'state.compare': (input) => workspace.compare(input),
    'tree.carry': (input) => workspace.carry(input),
    'write.undo': (input) => workspace.undo(input),
    'trash.rows': (input) => workspace.trashRows(input),
    'trash.restore': (input) => workspace.restore(input),
    'persistence.settings': (input) => workspace.persistenceSettings(input),
    'persistence.keys': (input) => workspace.placedKeys(input),
    'persistence.save': (input) => workspace.savePersistence(input),
    'states.copy': (input, run) => workspace.copyStates(input, run),
    'history.status': async () => live.status(),
    'history.record': (input) => live.record(input),
    'history.page': async (input) => live.page(input),
    'history.count': async (input) => live.count(input),
    'history.density': async (input) => {
      const density = live.density(input);
      if ('fault' in density) return density;
      return { ...density, marks: [...density.marks, ...snapshots.marks(input.from, input.to)] };
    },
    'history.lane': async (input) => live.lane(input),
    'history.change': async (input) => live.change(input),
    'history.travel': async ({ moment }) => {
      if (moment === null) return workspace.travel(null);
      if (typeof moment === 'object') return workspace.travel(snapshots.asOf(moment.snapshot));
      const { source, time } = live.past(moment, workspace.source);
      return workspace.travel({ source, asOf: { seq: moment, time, snapshot: null } });
    },
    'snapshots.rows': async (input) => snapshots.rows(input),
    'snapshots.states': async (input) => snapshots.states(input),
    'snapshots.change': async (input) => snapshots.change(input),
    'snapshots.remove': async (input) => snapshots.remove(input),
    'snapshots.prune': (input) => snapshots.prune(input),
    'snapshots.take': (input, run) => snapshots.take(input, run),
    'export.write': (input, run) => exportOut(workspace, input, run),
    'state.write': async ({ key, file, dragged }, { signal }) => {
      await writeState(workspace.reading.source, key, file, { ...(dragged && { most: MOST_DRAGGED }), signal });
      return null;
    },
    'snapshots.write': ({ snapshot, file }) => snapshots.export(snapshot, file),
    'snapshots.read': ({ file }, { signal }) => snapshots.import(file, signal),
    'backups.list': ({ schedules }) => backups.list(schedules),
    'backups.info': (input) => backups.info(input),
    'backups.unlock': (input) => backups.unlock(input),
    'backups.matching': (input) => backups.matching(input),
    'backups.placeFor': (input) => backups.placeFor(input),
    'backups.folderAdded': (input) => backups.addFolder(input),
    'backups.forgetFolder': (input) => backups.forgetFolder(input),
    'backups.own': async (input) => backups.own(input),
    'backups.removed': async () => backups.removed(),
    'backups.create': (input, run) => backups.create(input, run),
    'backups.verify': (input, run) => backups.verify(input, run),
    'history.bisect': (input, run) => live.bisect(input, run),
    'probes.status': async () => hub?.status() ?? NO_PROBES,
    'probes.command': async ({ session, command, module, text }) =>
      hub === null ? { ok: false, error: 'probes are off' } : hub.command(session, command, module, text),
    'source.secret': async ({ location, secret }) => {
      secrets.set(location, secret);
      return null;
    },
    'diff.open': (input, run) => diffs.open(input, run),
    'diff.states': (input, run) => diffs.states(input, run, run.onProgress),
    'diff.keys': (input) => diffs.keys(input),
    'diff.rows': async (input) => diffs.rows(input),
    'diff.value': async (input) => diffs.value(input),
    'diff.seek': async (input) => diffs.seek(input),
    'diff.conversation': async (input) => diffs.conversation(input),
    'diff.stateRows': async (input) => diffs.stateRows(input),
    'diff.write': async ({ diff, format, file }) => {
      await diffs.write(diff, format, file);
      return null;
    },
    'repair.plan': ({ which }, run) => previewRepairs(repairing, which, run, (id) => consistency.finding(id) !== null),
    'repair.apply': ({ plan, accepted }, run) => repairing.apply(plan, accepted, run),
    'repair.copy': ({ plan, path }, run) => repairing.copyTo(plan, path, run),
    'restore.plan': (input, run) => restoring.plan(input, run),
    'restore.apply': ({ plan, accepted }, run) => restoring.apply(plan, accepted, run),
    'restore.undo': ({ undo }) => restoring.undo(undo),
    'restore.list': () => restoring.undoable(),
    'consistency.run': (_input, run) => consistency.run(run),
    'consistency.report': async () => consistency.report(),
    'consistency.rows': async (input) => consistency.rows(input),
    'consistency.place': ({ finding, related }) => consistency.place(finding, related),
    'attribution.run': (input, run) => attributions.run(input, run),
    'attribution.parts': async (input) => attributions.parts(input),
    'attribution.duplicates': async (input) => attributions.duplicates(input),
    'attribution.places': async (input) => attributions.places(input),
    'search.run': (input, run) => searches.run(input, run),
    'search.rows': async (input) => searches.rows(input),
    'search.locate': (input) => locate(workspace.reading, input),
    'performance.overview': (input) => performance.overview(input),
    'performance.series': (input) => performance.series(input),
    'performance.agents': (input) => performance.agents(input),
    'performance.prune': (input) => performance.prune(input),
    'performance.sample': async (outside) => {
      performance.sample(outside);
      return null;
    },
    'performance.pause': async () => {
      performance.pause();
      return null;
    },
    'sync.status': (_input, run) => sync.status(run),
    'sync.conflicts': (input, run) => sync.conflicts(input, run),
    'sync.settle': async (input, run) => {
      workspace.assertArmed();
      await sync.settle(input, run);
      // What is shown is what is stored.
      await workspace.reload();
      return null;
    },
    'sync.lanes': (input, run) => sync.lanes(input, run),
    'watches.list': async () => live.watches(),
    'watches.save': async (input) => live.saveWatch(input),
    'watches.remove': async (input) => live.removeWatch(input),
    'stream.next': ({ stream }) => step(stream),
    'stream.end': async ({ stream }) => {
      await streams.get(stream)?.return();
      streams.delete(stream);
      return null;
    },
  };
}

/** Of its states together; a file that is still being gone through is large. */
function unpackedBytes({ bytes, entries, growth }: Source): number {
  if (growth === undefined) return bytes;
  return growth.indexing === null ? entries.reduce((sum, entry) => sum + entry.bytes, 0) : Infinity;
}

/** What would take a part of a big file for all of it. */
const OF_THE_WHOLE: ReadonlySet<WorkerMethod> = new Set([
  'workspace.overview',
  'consistency.run',
  'states.copy',
  'history.record',
  'snapshots.take',
  'diff.open',
  'diff.keys',
  'repair.plan',
  'restore.plan',
]);

async function answer(
  workspace: EditableWorkspace,
  methods: Methods,
  id: number,
  method: WorkerMethod,
  input: unknown,
): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (OF_THE_WHOLE.has(method)) workspace.assertWhole();
    // The router has checked the input against the contract before it came here.
    const run = methods[method] as (input: unknown, run: Run<ProgressOf<WorkerMethod>>) => Promise<unknown>;
    const { signal } = controller;
    const isCancelled = () => signal.aborted || cancelFlags.isCancelled(id);
    const onProgress = (progress: ProgressOf<WorkerMethod>) => say({ type: 'step', id, progress });
    say({ type: 'answer', id, value: await run(input, { signal, isCancelled, onProgress }) });
  } catch (error) {
    say({ type: 'error', id, error: toHostError(error) });
  } finally {
    running.delete(id);
  }
}

const NO_PROBES: ProbeStatus = { on: false, address: null, insteadOf: null, sessions: [] };
let hub: ProbeHub | null = null;

const openNow = async (options: OpenOptions): Promise<Source> => {
  if (hub !== null) return hub.source();
  const { location, followLinks, secret, dataFolder } = start;
  return openSource(location, { followLinks, secret: secret ?? undefined, dataFolder, ...options });
};

try {
  const opened = start.location === PROBE_LOCATION ? await ProbeHub.start(() => void shown()) : null;
  hub = opened;
  const shown = async () => {
    await workspace.reload();
    if (opened !== null) tell({ name: 'probes.changed', payload: opened.status() });
  };
  const workspace = await EditableWorkspace.open(
    {
      id: start.workspace,
      context: { safetyFolder: start.safetyFolder },
      secret: start.secret ?? undefined,
      open: openNow,
      growing: true,
      onChanged: (payload) => tell({ name: 'workspace.changed', payload }),
      snapshotFolder: start.snapshotFolder,
      seq: () => lastSeq(live),
      onSnapshot: snapshotsChanged,
      onWritten: (key, how) => live.wrote([key], how),
    },
    { onProgress: (progress) => say({ type: 'progress', progress }) },
  );
  const live = new LiveSession({
    location: workspace.source.location,
    bytes: unpackedBytes(workspace.source),
    isEncrypted: await isEncryptedSource(workspace.source),
    follow: (feed) => (opened === null ? followSource(workspace, openNow, feed) : opened.follow(feed)),
    folder: start.journalFolder,
    onStatus: (status) => tell({ name: 'history.appended', payload: { workspace: start.workspace, status } }),
    onBroken: (watch, key, seq) =>
      tell({ name: 'watch.broken', payload: { workspace: start.workspace, watch, key, seq } }),
  });
  const watching = watchChanges(
    workspace,
    () => live.isRecording,
    (keys) => tell({ name: 'workspace.stale', payload: { workspace: start.workspace, keys } }),
  );
  const sync = new SyncSession({
    location: start.location,
    secret: start.secret ?? undefined,
    journal: () => live.readableJournal(),
  });
  const restoring = new Restoring({
    target: opened === null ? workspace : runningTarget(opened, workspace),
    folder: start.safetyFolder,
    moment: (ref) => openMoment(ref, momentsOf(workspace, live, sync)),
    copies: copiesOf(workspace),
    onWritten: (keys, how, mark) => live.wrote(keys, how, mark ?? undefined),
  });
  const performance = new PerformanceSession({
    location: workspace.source.location,
    dataFolder: start.dataFolder,
    journal: () => live.readableJournal(),
    snapshots: () => workspace.snapshots,
    statesBytes: () => unpackedBytes(workspace.source),
    manager: () => workspace.performance.takeSample(),
    onSample: (sample) => tell({ name: 'performance.sampled', payload: { workspace: start.workspace, sample } }),
  });
  const methods = methodsOf(workspace, live, hub, restoring, performance, sync);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'question') {
      void answer(workspace, methods, message.id, message.method, message.input);
      return;
    }
    if (message.type === 'cancel') {
      running.get(message.id)?.abort();
      return;
    }
    for (const controller of running.values()) controller.abort();
    watching.stop();
    performance.close();
    void live
      .close()
      .then(() => opened?.close())
      .then(() => sync.close())
      .then(() => workspace.close())
      .finally(() => {
        say({ type: 'closed' });
        port.close();
      });
  });
  say({ type: 'opened', summary: workspace.summary() });
  // After the window has what it shows first.
  setTimeout(() => {
    void live.start().catch((error: unknown) => console.error('recording did not begin:', error));
    void workspace.tidySnapshots().catch((error: unknown) => console.error('old snapshots stay:', error));
  }, START_RECORDING_MS);
} catch (error) {
  say({ type: 'failed', error: toHostError(error) });
  port.close();
}
