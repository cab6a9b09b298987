/**
 * What the main process and a workspace's worker thread say to each other, in one file. The worker owns the open source
 * and everything slow; the main process only passes questions and answers on.
 */
import type { BackupList, BackupRow } from '../../../shared/ipc/backups.ts';
import type { CallName, JobName } from '../../../shared/ipc/channels.ts';
import type { Calls, Events, Jobs, Streams } from '../../../shared/ipc/contract.ts';
import type { DiffFormat } from '../../../shared/ipc/diff.ts';
import type { ExportProgress, ExportReport } from '../../../shared/ipc/exporting.ts';
import type { ProbeStatus } from '../../../shared/ipc/history.ts';
import type { OpenProgress, WorkspaceSummary } from '../../../shared/ipc/model.ts';
import type { RepairedCopy } from '../../../shared/ipc/repairs.ts';
import type { RestoreCheckCode, RestoreProgress } from '../../../shared/ipc/restore.ts';
import type { HostError } from '../../../shared/ipc/result.ts';
import type { SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import type { Outside } from '../performance/session.ts';

type Without<T> = Omit<T, 'workspace'>;

/** Calls that the main process hands on as they come: the worker answers what the window gets. */
export const FORWARDED_CALLS = [
  'explorer.rows',
  'problems.rows',
  'state.open',
  'tree.rows',
  'tree.reveal',
  'value.get',
  'conversation.page',
  'workspace.arm',
  'workspace.index',
  'edit.check',
  'edit.apply',
  'state.remove',
  'state.compare',
  'tree.carry',
  'write.undo',
  'trash.rows',
  'trash.restore',
  'persistence.settings',
  'persistence.keys',
  'persistence.save',
  'history.status',
  'history.record',
  'history.page',
  'history.count',
  'history.density',
  'history.lane',
  'history.change',
  'history.travel',
  'diff.rows',
  'diff.value',
  'diff.seek',
  'diff.conversation',
  'diff.stateRows',
  'restore.undo',
  'restore.list',
  'snapshots.rows',
  'snapshots.states',
  'snapshots.change',
  'snapshots.remove',
  'snapshots.prune',
  'backups.matching',
  'backups.forgetFolder',
  'consistency.report',
  'consistency.rows',
  'consistency.place',
  'attribution.parts',
  'attribution.duplicates',
  'attribution.places',
  'search.rows',
  'search.locate',
  'performance.overview',
  'performance.series',
  'performance.agents',
  'performance.prune',
  'sync.status',
  'sync.conflicts',
  'sync.settle',
  'sync.lanes',
  'watches.list',
  'watches.save',
  'watches.remove',
] as const satisfies readonly CallName[];
export type ForwardedCall = (typeof FORWARDED_CALLS)[number];

/** The same for long work: it tells its steps, and stops when it is cancelled. */
export const FORWARDED_JOBS = [
  'workspace.overview',
  'workspace.reload',
  'history.bisect',
  'repair.plan',
  'repair.apply',
  'restore.apply',
  'snapshots.take',
  'consistency.run',
  'attribution.run',
  'search.run',
] as const satisfies readonly JobName[];
export type ForwardedJob = (typeof FORWARDED_JOBS)[number];

/** Long work for which the main process first sees to passwords, and hands on what the window asks otherwise. */
type PreparedJob = 'restore.plan' | 'states.copy' | 'backups.verify' | 'diff.open' | 'diff.states' | 'diff.keys';

type CallMethods = {
  readonly [K in ForwardedCall]: { input: Without<Calls[K]['input']>; output: Calls[K]['output'] };
};
type JobMethods = {
  readonly [K in ForwardedJob | PreparedJob]: {
    input: Without<Jobs[K]['input']>;
    progress: Jobs[K]['progress'];
    output: Jobs[K]['output'];
  };
};

/** Every question a worker answers. */
export interface WorkerMethods extends CallMethods, JobMethods {
  readonly 'repair.copy': {
    input: { plan: string; accepted: readonly RestoreCheckCode[]; path: string };
    progress: RestoreProgress;
    output: RepairedCopy;
  };
  readonly 'diff.write': { input: { diff: string; format: DiffFormat; file: string }; output: null };
  /** `dragged`: only what can be written while a person holds the mouse button. */
  readonly 'state.write': { input: { key: string; file: string; dragged: boolean }; output: null };
  readonly 'export.write': {
    input: Without<Jobs['states.export']['input']> & { readonly file: string };
    progress: ExportProgress;
    output: ExportReport;
  };
  readonly 'snapshots.write': { input: { snapshot: string; file: string }; output: null };
  readonly 'snapshots.read': { input: { file: string }; output: SnapshotInfo };
  /** `schedules`: folders into which automatic backups of the source are written. */
  readonly 'backups.list': { input: { schedules: readonly string[] }; output: BackupList };
  readonly 'backups.info': { input: { file: string }; output: BackupRow };
  readonly 'backups.unlock': { input: { file: string; secret: string }; output: null };
  readonly 'backups.placeFor': { input: { name: string; gzip: boolean; encrypted: boolean }; output: string };
  readonly 'backups.folderAdded': { input: { folder: string }; output: null };
  readonly 'backups.create': {
    /** `overwrite`: a person was asked before a file that is there. */
    input: Without<Jobs['backups.create']['input']> & { overwrite: boolean };
    progress: Jobs['backups.create']['progress'];
    output: Jobs['backups.create']['output'];
  };
  /** Refused for a file that is not in the list. */
  readonly 'backups.own': { input: { file: string }; output: null };
  readonly 'backups.removed': { input: null; output: null };
  /** What another source is opened with from now on; it goes nowhere else. */
  readonly 'source.secret': { input: { location: string; secret: string }; output: null };
  /** Measures the thread; `performance.sampled` follows. What was measured elsewhere comes along. */
  readonly 'performance.sample': { input: Outside; output: null };
  /** Until the next sample nothing is measured. */
  readonly 'performance.pause': { input: null; output: null };
  readonly 'value.copy': { input: Without<Calls['value.copy']['input']>; output: string };
  /** Starts a stream and answers with its first chunk. */
  readonly 'value.text': { input: Without<Streams['value.text']['input']>; output: StreamStep };
  /** The next chunk of a stream that was started. */
  readonly 'stream.next': { input: { stream: number }; output: StreamStep };
  readonly 'stream.end': { input: { stream: number }; output: null };
  /** Of a source that is made of running programs; `on` is false for any other. */
  readonly 'probes.status': { input: null; output: ProbeStatus };
  readonly 'probes.command': { input: Calls['probes.command']['input']; output: Calls['probes.command']['output'] };
}
export type WorkerMethod = keyof WorkerMethods;
export type ProgressOf<K extends WorkerMethod> = WorkerMethods[K] extends { progress: infer P } ? P : never;

/** `chunk` is null at the end. */
export interface StreamStep {
  readonly stream: number;
  readonly chunk: string | null;
}

export interface WorkerStart {
  readonly workspace: string;
  readonly location: string;
  readonly followLinks: boolean;
  /** A password or passphrase; null where none is known. */
  readonly secret: string | null;
  /** Where copies of what is replaced in foreign sources are kept. */
  readonly safetyFolder: string;
  /** Work that is cancelled while the thread is busy, by the ids of questions: see cancel-flags.ts. */
  readonly cancelFlags: SharedArrayBuffer;
  /** Where the journals of all sources lie. */
  readonly journalFolder: string;
  /** Where the snapshots of all sources lie. */
  readonly snapshotFolder: string;
  /** Statescope's own, in which all of these are; and the backups. */
  readonly dataFolder: string;
}

type EventsOfWorker = Pick<
  Events,
  | 'workspace.changed'
  | 'workspace.stale'
  | 'history.appended'
  | 'snapshots.changed'
  | 'backups.changed'
  | 'watch.broken'
  | 'performance.sampled'
  | 'probes.changed'
>;
export type WorkerEvent = {
  readonly [K in keyof EventsOfWorker]: { readonly name: K; readonly payload: EventsOfWorker[K] };
}[keyof EventsOfWorker];

export type ToWorker =
  | { readonly type: 'question'; readonly id: number; readonly method: WorkerMethod; readonly input: unknown }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'progress'; readonly progress: OpenProgress }
  | { readonly type: 'opened'; readonly summary: WorkspaceSummary }
  | { readonly type: 'failed'; readonly error: HostError }
  /** How far question `id` has come. */
  | { readonly type: 'step'; readonly id: number; readonly progress: ProgressOf<WorkerMethod> }
  /** Told without being asked, and handed on as it is. */
  | { readonly type: 'event'; readonly event: WorkerEvent }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: HostError }
  | { readonly type: 'closed' };
