/**
 * The whole protocol between the window and the main process in one table: what each call, job, stream and event
 * takes and gives. Inputs are checked against these schemas before a handler sees them; outputs come from our own
 * engine and are typed only.
 */
import { z } from 'zod';
import {
  ATTRIBUTION_VIEWS,
  type AttributionProgress,
  type AttributionSummary,
  type DuplicateRow,
  type SizePage,
  type SizePlace,
} from './attribution.ts';
import type { BackupProgress, BackupReport } from './backup-model.ts';
import { scheduleInputs } from './backup-schedule-schemas.ts';
import type { ScheduleList, SchedulePreview, ScheduleRun, ScheduleStatus } from './backup-schedules.ts';
import { backupInputs } from './backup-schemas.ts';
import type { BackupList, BackupRow, BackupWritten, StateMatches } from './backups.ts';
import type { CallName, EventName, JobName, StreamName } from './channels.ts';
import { type ConsistencyProgress, FINDING_SEVERITIES } from './consistency.ts';
import {
  type ConsistencyHead,
  type ConsistencyRow,
  FINDING_GROUPINGS,
  type RepairPreview,
  type ShownPlace,
} from './consistency-view.ts';
import {
  DIFF_FORMATS,
  type DiffInfo,
  type DiffKeys,
  type DiffMessageRow,
  type DiffRow,
  type DiffStateRow,
  type DiffStates,
  type DiffValueDetail,
} from './diff.ts';
import { EXPORT_FORMATS, type ExportProgress, type ExportReport } from './exporting.ts';
import type {
  BisectResult,
  HistoryDensity,
  HistoryDetail,
  HistoryLane,
  HistoryPage,
  HistoryStatus,
  ProbeStatus,
  QueryFault,
  WatchInfo,
} from './history.ts';
import type {
  Appearance,
  AppInfo,
  ConversationPage,
  ExplorerRow,
  OpenProgress,
  OpenRequest,
  Overview,
  OverviewProgress,
  Page,
  Problem,
  RecentSource,
  StateSummary,
  TreeRow,
  ValueDetail,
  WindowCommand,
  WorkspaceSummary,
} from './model.ts';
import type {
  AgentSeries,
  JournalPruneReport,
  PerformanceEvent,
  PerformanceOverview,
  SeriesAnswer,
} from './performance.ts';
import { performanceInputs } from './performance-schemas.ts';
import type { CopyStatesProgress, CopyStatesReport, PersistenceSettings, PlacedKey } from './persistence.ts';
import type { RepairedCopy } from './repairs.ts';
import {
  RESTORE_CHECK_CODES,
  type RestoreOutcome,
  type RestorePlan,
  type RestoreProgress,
  type UndoableRestore,
  type UndoRestoreOutcome,
} from './restore.ts';
import {
  SEARCH_MODES,
  SEARCH_PLACES,
  SEARCH_SCOPES,
  type SearchOutcome,
  type SearchProgress,
  type SearchRow,
} from './search.ts';
import type { SnapshotInfo, SnapshotProgress, SnapshotPruneReport, SnapshotRows, SnapshotState } from './snapshots.ts';
import type { ConflictPage, LanePage, SyncStatus } from './sync.ts';
import {
  type EditCheck,
  type EditOutcome,
  LONGEST_EDIT,
  type StoredComparison,
  type TrashRow,
  type WriteConflict,
  type WriteOutcome,
} from './writing.ts';

/** Carries a type without a value: outputs are not parsed at run time. */
interface Typed<T> {
  readonly __type?: T;
}
const gives = <T>(): Typed<T> => ({});

interface CallSpec<I extends z.ZodType = z.ZodType, O = unknown> {
  readonly input: I;
  readonly output: Typed<O>;
}
interface JobSpec<I extends z.ZodType = z.ZodType, P = unknown, O = unknown> extends CallSpec<I, O> {
  readonly progress: Typed<P>;
}
interface StreamSpec<I extends z.ZodType = z.ZodType, C = unknown, O = unknown> extends CallSpec<I, O> {
  readonly chunk: Typed<C>;
}

const call = <I extends z.ZodType, O>(input: I, output: Typed<O>): CallSpec<I, O> => ({ input, output });

const nothing = z.undefined();
const workspace = z.string().min(1).max(64);
const key = z.string().min(1).max(100_000);
const node = z.int().min(0);
const offset = z.int().min(0);
const limit = z.int().min(1).max(1000);
const location = z.string().min(1).max(32_768);

/** Which nodes of a tree are open: all above `depth`, except those toggled by hand. */
export const expansionSchema = z.strictObject({
  depth: z.int().min(0).max(1_000_000),
  toggled: z.array(node).max(50_000),
});
const stateRef = { workspace, key };
const revision = z.string().min(1).max(128);
const trashId = z.string().min(1).max(4096);
const text = z.string().max(LONGEST_EDIT);
const memberName = z.string().max(100_000);
const editSchema = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('set'), node, text }),
  z.strictObject({ op: z.literal('rename'), node, name: memberName }),
  z.strictObject({ op: z.literal('insert'), parent: node, index: z.int().min(0), name: memberName.nullable(), text }),
  z.strictObject({ op: z.literal('remove'), node }),
]);

const queryText = z.string().max(10_000);
const seq = z.int().min(0);
const micros = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
/** After the change with this sequence. Null: now. */
const moment = seq.nullable();
const snapshotId = z.string().min(1).max(100);
const snapshotRef = { workspace, snapshot: snapshotId };
const snapshotTexts = {
  name: z.string().max(200),
  description: z.string().max(10_000),
  tags: z.array(z.string().min(1).max(100)).max(100),
};
/** A version that a node wrote. */
const versionRef = { writer: z.string().min(1).max(1000), counter: z.int().min(1) };
const momentRef = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('now') }),
  z.strictObject({ at: z.literal('seq'), seq }),
  z.strictObject({ at: z.literal('snapshot'), snapshot: snapshotId }),
  z.strictObject({ at: z.literal('source'), location }),
  z.strictObject({ at: z.literal('version'), ...versionRef }),
]);
const restorePath = z.strictObject({
  path: z.array(z.union([z.string().max(100_000), z.int().min(0)])).max(100_000),
  side: z.enum(['then', 'now']).nullable(),
});
const pastMoment = z.discriminatedUnion('at', [
  z.strictObject({ at: z.literal('seq'), seq }),
  z.strictObject({ at: z.literal('snapshot'), snapshot: snapshotId }),
]);
const attributionRun = z.string().min(1).max(64);
const stateAt = z.strictObject({ moment: momentRef, key });
/** An open comparison. */
const diff = z.string().min(1).max(64);
const findingId = z.string().min(1).max(300_000);
const diffRowId = z.int().min(0);
const diffKinds = z.array(z.enum(['added', 'removed', 'changed', 'moved'])).max(4);
/**
 * Which branches of a comparison are open: those with differences above `depth`, except what is toggled by hand. `unchanged`
 * shows what is the same in full.
 */
export const diffExpansionSchema = z.strictObject({
  depth: z.int().min(0).max(1_000_000),
  unchanged: z.boolean(),
  toggled: z.array(diffRowId).max(50_000),
});
const diffQuery = { workspace, diff, expansion: diffExpansionSchema, kinds: diffKinds };
const expression = z.string().min(1).max(10_000);
const glob = z.string().min(1).max(256);
const backendName = z.string().min(1).max(256);
const ttl = z.int().min(0).max(1e10).nullable();
const placementRule = z.strictObject({ pattern: glob, backend: backendName, ttl });
const ruleIndex = z.int().min(0).max(10_000);
const persistenceEdits = z
  .array(
    z.discriminatedUnion('edit', [
      z.strictObject({ edit: z.literal('default-backend'), backend: backendName }),
      z.strictObject({ edit: z.literal('add-rule'), at: ruleIndex, rule: placementRule }),
      z.strictObject({ edit: z.literal('remove-rule'), at: ruleIndex }),
      z.strictObject({ edit: z.literal('move-rule'), at: ruleIndex, to: ruleIndex }),
      z.strictObject({ edit: z.literal('change-rule'), at: ruleIndex, change: placementRule.partial() }),
    ]),
  )
  .max(1000);

/** A search that was run. */
const search = z.string().min(1).max(64);
const searchQuery = z.strictObject({
  mode: z.enum(SEARCH_MODES),
  text: z.string().max(10_000),
  caseSensitive: z.boolean(),
  wholeWord: z.boolean(),
  in: z.array(z.enum(SEARCH_PLACES)).max(SEARCH_PLACES.length),
});

export const calls = {
  'app.info': call(nothing, gives<AppInfo>()),
  /** The window has painted what it was started for; `--screenshot` and `--exit` wait for it. */
  'app.painted': call(
    z.strictObject({ what: z.enum(['empty', 'workspace', 'error']), message: z.string().max(10_000).nullable() }),
    gives<null>(),
  ),
  'app.setTheme': call(z.strictObject({ theme: z.enum(['light', 'dark', 'system']) }), gives<null>()),
  'app.setLocale': call(z.strictObject({ locale: z.enum(['en', 'zh-CN', 'system']) }), gives<null>()),
  'recents.remove': call(z.strictObject({ location }), gives<null>()),
  'recents.clear': call(nothing, gives<null>()),
  /** Shows the system's dialog. Null when the person cancelled. */
  'workspace.pick': call(
    z.strictObject({ what: z.enum(['file', 'folder', 'new-store', 'new-database']) }),
    gives<{ location: string } | null>(),
  ),
  'workspace.close': call(z.strictObject({ workspace }), gives<null>()),
  'explorer.rows': call(
    z.strictObject({
      workspace,
      filter: z.string().max(20_000),
      groupBy: z.enum(['kind', 'class']),
      sort: z.enum(['key', 'updated', 'size']),
      collapsed: z.array(z.string().max(1000)).max(10_000),
      offset,
      limit,
    }),
    gives<Page<ExplorerRow>>(),
  ),
  'problems.rows': call(z.strictObject({ workspace, offset, limit }), gives<Page<Problem>>()),
  /** Reads and parses one state; the other calls on it may follow. */
  'state.open': call(z.strictObject({ ...stateRef }), gives<StateSummary>()),
  'tree.rows': call(z.strictObject({ ...stateRef, expansion: expansionSchema, offset, limit }), gives<Page<TreeRow>>()),
  /** Opens what stands above `node`, and tells its row. */
  'tree.reveal': call(
    z.strictObject({ ...stateRef, expansion: expansionSchema, node }),
    gives<{ index: number; expansion: Expansion }>(),
  ),
  'value.get': call(z.strictObject({ ...stateRef, node }), gives<ValueDetail>()),
  /** Puts text on the system's clipboard and tells how many characters it has. */
  'value.copy': call(
    z.strictObject({
      ...stateRef,
      node,
      what: z.enum(['value', 'text', 'key', 'dot', 'bracket', 'pointer', 'jsonpath']),
    }),
    gives<{ characters: number }>(),
  ),
  'conversation.page': call(z.strictObject({ ...stateRef, node, offset, limit }), gives<ConversationPage>()),
  /** Goes on finding the states of a big file, or stops it; what was found stays. */
  'workspace.index': call(z.strictObject({ workspace, go: z.boolean() }), gives<null>()),
  /** Without it every call below that writes is refused with `not-armed`. Ends when the source is closed. */
  'workspace.arm': call(z.strictObject({ workspace, armed: z.boolean() }), gives<null>()),
  /** `revision` is the StateSummary's: an edit of another text is a conflict. */
  'edit.check': call(z.strictObject({ ...stateRef, revision, edit: editSchema }), gives<EditCheck | WriteConflict>()),
  'edit.apply': call(z.strictObject({ ...stateRef, revision, edit: editSchema }), gives<EditOutcome>()),
  /** Into the trash. */
  'state.remove': call(z.strictObject({ ...stateRef, revision }), gives<WriteOutcome>()),
  /** As a file of its own, byte for byte, where the system's dialog says; null when cancelled. */
  'state.save': call(z.strictObject({ ...stateRef }), gives<{ location: string } | null>()),
  /** While a drag begins: it goes on as one of a file with the state's bytes, to wherever it is dropped. */
  'state.drag': call(z.strictObject({ ...stateRef }), gives<null>()),
  /** What is shown against what is stored at this moment. */
  'state.compare': call(z.strictObject({ ...stateRef }), gives<StoredComparison>()),
  /** After a state has changed: which of its nodes are what was open and selected before. */
  'tree.carry': call(
    z.strictObject({ ...stateRef, expansion: expansionSchema, node }),
    gives<{ expansion: Expansion; node: number; row: number }>(),
  ),
  /** Takes one write back, if nobody else has written since. */
  'write.undo': call(z.strictObject({ workspace, undo: trashId }), gives<WriteOutcome>()),
  'trash.rows': call(z.strictObject({ workspace, offset, limit }), gives<Page<TrashRow>>()),
  /** What is there now goes to the trash itself. */
  'trash.restore': call(z.strictObject({ workspace, id: trashId }), gives<WriteOutcome>()),
  /** The persistence.yaml that is open, as it would be after `edits`; null for any other source. Nothing is written. */
  'persistence.settings': call(
    z.strictObject({ workspace, edits: persistenceEdits }),
    gives<PersistenceSettings | null>(),
  ),
  'persistence.keys': call(
    z.strictObject({ workspace, edits: persistenceEdits, misplaced: z.boolean(), offset, limit }),
    gives<Page<PlacedKey>>(),
  ),
  /** Comments and order of the file stay. */
  'persistence.save': call(z.strictObject({ workspace, edits: persistenceEdits, revision }), gives<WriteOutcome>()),
  /** Asks with the system's dialog for a place, writes a persistence.yaml for the open source, and tells where; null when cancelled. */
  'persistence.create': call(z.strictObject({ workspace }), gives<{ location: string } | null>()),
  'history.status': call(z.strictObject({ workspace }), gives<HistoryStatus>()),
  /** Switches recording on or off, for this source and from now on. */
  'history.record': call(z.strictObject({ workspace, on: z.boolean() }), gives<HistoryStatus>()),
  /** `query` in the language of docs/QUERY.md; empty for everything. */
  'history.page': call(
    z.strictObject({
      workspace,
      query: queryText,
      cursor: seq.nullable(),
      direction: z.enum(['older', 'newer']),
      limit,
    }),
    gives<HistoryPage | { fault: QueryFault }>(),
  ),
  /** Changes after `seq` that the query finds. */
  'history.count': call(
    z.strictObject({ workspace, query: queryText, seq }),
    gives<{ count: number; atLeast: boolean } | { fault: QueryFault }>(),
  ),
  'history.density': call(
    z.strictObject({ workspace, query: queryText, from: micros, to: micros, buckets: z.int().min(1).max(1000) }),
    gives<HistoryDensity | { fault: QueryFault }>(),
  ),
  'history.lane': call(z.strictObject({ workspace, key, path: z.string().max(100_000), limit }), gives<HistoryLane>()),
  /** Null when it has been forgotten. */
  'history.change': call(z.strictObject({ workspace, seq }), gives<HistoryDetail | null>()),
  /** Has every view show the states as of a moment; `workspace.changed` follows. Nothing is written. */
  'history.travel': call(
    z.strictObject({ workspace, moment: z.union([moment, z.strictObject({ snapshot: snapshotId })]) }),
    gives<WorkspaceSummary>(),
  ),
  /** The parts of a node of a run, the largest first; of the whole where `node` is null. What is small is one part. */
  'attribution.parts': call(
    z.strictObject({
      workspace,
      run: attributionRun,
      view: z.enum(ATTRIBUTION_VIEWS),
      node: z.int().min(0).nullable(),
    }),
    gives<SizePage>(),
  ),
  'attribution.duplicates': call(
    z.strictObject({ workspace, run: attributionRun, offset, limit }),
    gives<Page<DuplicateRow>>(),
  ),
  'attribution.places': call(
    z.strictObject({ workspace, run: attributionRun, duplicate: z.int().min(0), offset, limit }),
    gives<Page<SizePlace>>(),
  ),
  /** What a search has found so far, by state. `expanded`: states that show more than their first hits. */
  'search.rows': call(
    z.strictObject({
      workspace,
      search,
      collapsed: z.array(key).max(10_000),
      expanded: z.array(key).max(10_000),
      offset,
      limit,
    }),
    gives<Page<SearchRow>>(),
  ),
  /** The node of a hit in the state as it is shown, or the deepest one above it that is there. */
  /** Of the last check; null before the first one. */
  'consistency.report': call(z.strictObject({ workspace }), gives<ConsistencyHead | null>()),
  /** `rules`: those whose names have the text in the person's language. `toggled`: ids of rows that are not as at first. */
  'consistency.rows': call(
    z.strictObject({
      workspace,
      report: z.string().max(64),
      by: z.enum(FINDING_GROUPINGS),
      text: z.string().max(1000),
      rules: z.array(z.string().max(1000)).max(10_000),
      severities: z.array(z.enum(FINDING_SEVERITIES)).max(FINDING_SEVERITIES.length),
      toggled: z.array(z.string().max(100_000)).max(50_000),
      offset,
      limit,
    }),
    gives<Page<ConsistencyRow>>(),
  ),
  /** Where a finding is, or one of its related places; null when it is forgotten. */
  'consistency.place': call(
    z.strictObject({ workspace, finding: findingId, related: z.int().min(0).nullable() }),
    gives<ShownPlace | null>(),
  ),
  'search.locate': call(
    z.strictObject({
      ...stateRef,
      segments: z.array(z.union([z.string().max(100_000), z.int().min(0)])).max(100_000),
      offset: z.int().min(0).nullable(),
    }),
    gives<{ node: number }>(),
  ),
  /** Two states as one tree. `kinds`: the changes that are shown; none for all. */
  'diff.rows': call(z.strictObject({ ...diffQuery, offset, limit }), gives<Page<DiffRow>>()),
  /** Null for a row that is not there. */
  'diff.value': call(z.strictObject({ workspace, diff, row: diffRowId }), gives<DiffValueDetail | null>()),
  /** The next change from the row at an index on, or the one before it; -1 begins before the first. Null: there is none. */
  'diff.seek': call(
    z.strictObject({ ...diffQuery, row: z.int().min(-1), direction: z.enum(['next', 'previous']) }),
    gives<{ index: number; id: number; expansion: DiffExpansion } | null>(),
  ),
  /** `conversation`: its position in DiffInfo.conversations. */
  'diff.conversation': call(
    z.strictObject({ workspace, diff, conversation: z.int().min(0), offset, limit }),
    gives<Page<DiffMessageRow>>(),
  ),
  'diff.stateRows': call(
    z.strictObject({
      workspace,
      states: z.string().min(1).max(64),
      kinds: z.array(z.enum(['same', 'added', 'removed', 'changed'])).max(4),
      offset,
      limit,
    }),
    gives<Page<DiffStateRow>>(),
  ),
  /** Takes a restore back, if nobody else has written since; also one of an earlier run of the program. */
  'restore.undo': call(z.strictObject({ workspace, undo: trashId }), gives<UndoRestoreOutcome>()),
  /** Restores that can be taken back, the latest first. */
  'restore.list': call(z.strictObject({ workspace }), gives<readonly UndoableRestore[]>()),
  /** `words`: each has to be in the name, the description, a tag or the id. The newest first. */
  'snapshots.rows': call(
    z.strictObject({ workspace, words: z.string().max(1000), offset, limit }),
    gives<SnapshotRows>(),
  ),
  'snapshots.states': call(z.strictObject({ ...snapshotRef, offset, limit }), gives<Page<SnapshotState>>()),
  'snapshots.change': call(
    z.strictObject({
      ...snapshotRef,
      change: z.strictObject({ ...snapshotTexts, pinned: z.boolean() }).partial(),
    }),
    gives<SnapshotInfo>(),
  ),
  'snapshots.remove': call(z.strictObject(snapshotRef), gives<null>()),
  /** With `dryRun` nothing is forgotten, and the answer says what would be. */
  'snapshots.prune': call(
    z.strictObject({
      workspace,
      rule: z.strictObject({
        keep: z.int().min(0).max(1e9),
        olderThanDays: z.number().min(0).max(1e6).nullable(),
        manual: z.boolean(),
      }),
      dryRun: z.boolean(),
    }),
    gives<SnapshotPruneReport>(),
  ),
  /** Advice, and what can be drawn of a range. */
  'performance.overview': call(performanceInputs.overview, gives<PerformanceOverview>()),
  /** Lines over time, in the order in which they are asked for. */
  'performance.series': call(performanceInputs.series, gives<SeriesAnswer>()),
  /** What the agents' own metrics said, by key. */
  'performance.agents': call(performanceInputs.agents, gives<readonly AgentSeries[]>()),
  /** Forgets the oldest changes. With `dryRun` nothing is forgotten, and the answer says what would be. */
  'performance.prune': call(performanceInputs.prune, gives<JournalPruneReport>()),
  /** In the source's folders. */
  'backups.list': call(backupInputs.ofWorkspace, gives<BackupList>()),
  /** Of any file. */
  'backups.info': call(backupInputs.ofFile, gives<BackupRow>()),
  /** From now on the passphrase is known, until the program ends. */
  'backups.unlock': call(backupInputs.unlock, gives<null>()),
  'backups.matching': call(backupInputs.matching, gives<StateMatches>()),
  /** Asks with the system's dialog where a backup is written. Null when the person cancelled. */
  'backups.place': call(backupInputs.place, gives<{ file: string } | null>()),
  /** Asks with the system's dialog for a folder in which there are backups of the source. */
  'backups.addFolder': call(backupInputs.ofWorkspace, gives<null>()),
  'backups.forgetFolder': call(backupInputs.ofFolder, gives<null>()),
  /** Shows a file of the list in the system's file manager. */
  'backups.reveal': call(backupInputs.ofFile, gives<null>()),
  /** Moves a file of the list to the system's trash. */
  'backups.remove': call(backupInputs.ofFile, gives<null>()),
  /** Nodes that meet in the open database; of any other source that there are none. */
  'sync.status': call(z.strictObject({ workspace }), gives<SyncStatus>()),
  /** `after`: what the page before said. */
  'sync.conflicts': call(
    z.strictObject({
      workspace,
      status: z.enum(['open', 'settled']),
      after: z.union([key, seq]).nullable(),
      limit,
    }),
    gives<ConflictPage>(),
  ),
  /** Refused when others stand than `versions`, which were looked at, and while writing is not allowed. */
  'sync.settle': call(
    z.strictObject({
      workspace,
      key,
      versions: z.array(z.strictObject(versionRef)).min(1).max(1000),
      choice: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('version'), version: z.strictObject(versionRef) }),
        z.strictObject({ kind: z.literal('value'), text }),
        z.strictObject({ kind: z.literal('delete') }),
      ]),
    }),
    gives<null>(),
  ),
  /** The newest first; of all states where `key` is null. */
  'sync.lanes': call(
    z.strictObject({ workspace, key: key.nullable(), before: seq.nullable(), limit }),
    gives<LanePage>(),
  ),
  'watches.list': call(z.strictObject({ workspace }), gives<readonly WatchInfo[]>()),
  /** A new one when `id` is null. */
  'watches.save': call(
    z.strictObject({
      workspace,
      id: z.string().max(64).nullable(),
      name: z.string().min(1).max(200),
      keys: glob,
      expression,
    }),
    gives<readonly WatchInfo[] | { fault: QueryFault }>(),
  ),
  'watches.remove': call(z.strictObject({ workspace, id: z.string().max(64) }), gives<readonly WatchInfo[]>()),
  'probes.status': call(nothing, gives<ProbeStatus>()),
  'probes.switch': call(z.strictObject({ on: z.boolean() }), gives<ProbeStatus>()),
  /** To a running program. `text`: the state to load, JSON. */
  'probes.command': call(
    z.strictObject({
      session: z.string().min(1).max(200),
      command: z.enum(['snapshot', 'pause', 'resume', 'load']),
      module: z.string().max(10_000).nullable(),
      text: text.nullable(),
    }),
    gives<{ ok: boolean; error: string | null }>(),
  ),
  /** Automatic backups of one source, or of all. */
  'schedules.list': call(scheduleInputs.list, gives<ScheduleList>()),
  /** Fails with what is wrong about it and how to mend it. */
  'schedules.save': call(scheduleInputs.save, gives<ScheduleStatus>()),
  /** Backups that it has made stay. */
  'schedules.remove': call(scheduleInputs.ofSchedule, gives<null>()),
  'schedules.preview': call(scheduleInputs.preview, gives<SchedulePreview>()),
  /** Answers when the backup is made, or has failed: then the run has the error. One that is at work is waited for. */
  'schedules.runNow': call(scheduleInputs.ofSchedule, gives<ScheduleRun>()),
  /** Ends the one that is at work; nothing of it stays. */
  'schedules.cancel': call(scheduleInputs.ofSchedule, gives<null>()),
  /** Runs the sample fleet, and opens what it writes; or ends it. */
  'demo.switch': call(z.strictObject({ on: z.boolean() }), gives<null>()),
} satisfies Record<CallName, CallSpec>;

export const jobs = {
  'workspace.open': {
    input: z.strictObject({
      location,
      followLinks: z.boolean(),
      secret: z.strictObject({ text: z.string().min(1).max(4096), keep: z.boolean() }).optional(),
    }),
    progress: gives<OpenProgress>(),
    output: gives<WorkspaceSummary>(),
  },
  /** Reads every agent and session once; the worker keeps the answer. */
  'workspace.overview': {
    input: z.strictObject({ workspace }),
    progress: gives<OverviewProgress>(),
    output: gives<Overview>(),
  },
  /** Copies states of the open source to a store, each verified by its checksum; `move` deletes those that arrived whole. */
  'states.copy': {
    input: z.strictObject({
      workspace,
      to: location,
      only: glob.nullable(),
      overwrite: z.enum(['never', 'older', 'always']),
      dryRun: z.boolean(),
      move: z.boolean(),
      secret: z.string().min(1).max(4096).optional(),
    }),
    progress: gives<CopyStatesProgress>(),
    output: gives<CopyStatesReport>(),
  },
  /** Of what is shown. Asks with the system's dialog for a file; null when cancelled. `path`: of the rows of a table. */
  'states.export': {
    input: z.strictObject({
      workspace,
      which: z.union([z.strictObject({ filter: z.string().max(20_000) }), z.strictObject({ key })]),
      format: z.enum(EXPORT_FORMATS),
      path: z.string().min(1).max(4096).nullable(),
    }),
    progress: gives<ExportProgress>(),
    output: gives<ExportReport | null>(),
  },
  /** Of what is shown: of all states where `keys` is null. */
  'snapshots.take': {
    input: z.strictObject({ workspace, ...snapshotTexts, keys: z.array(key).max(100_000).nullable() }),
    progress: gives<SnapshotProgress>(),
    output: gives<SnapshotInfo>(),
  },
  /** Asks with the system's dialog for a file; null when cancelled. */
  'snapshots.export': {
    input: z.strictObject(snapshotRef),
    progress: gives<never>(),
    output: gives<{ location: string } | null>(),
  },
  'snapshots.import': {
    input: z.strictObject({ workspace }),
    progress: gives<never>(),
    output: gives<SnapshotInfo | null>(),
  },
  /** The first change of a state after which an expression is false. */
  'history.bisect': {
    input: z.strictObject({ ...stateRef, expression, linear: z.boolean() }),
    progress: gives<{ done: number; total: number }>(),
    output: gives<BisectResult | { fault: QueryFault }>(),
  },
  /** Of what is shown. */
  'backups.create': {
    input: backupInputs.create,
    progress: gives<BackupProgress>(),
    output: gives<BackupWritten>(),
  },
  /** What was found is in the list afterwards. */
  'backups.verify': {
    input: backupInputs.ofFile,
    progress: gives<BackupProgress>(),
    output: gives<BackupReport>(),
  },
  /** Goes through all states, and through those that have changed since an earlier moment. */
  'attribution.run': {
    input: z.strictObject({ workspace, since: pastMoment.nullable(), tokens: z.boolean() }),
    progress: gives<AttributionProgress>(),
    output: gives<AttributionSummary>(),
  },
  /** Goes through all states, or through their history. `filter` as in the explorer; empty for all of them. */
  /** The consistency check and the session doctor, over all states. Its rows are asked for by the report's name. */
  'consistency.run': {
    input: z.strictObject({ workspace }),
    progress: gives<ConsistencyProgress>(),
    output: gives<ConsistencyHead>(),
  },
  'search.run': {
    input: z.strictObject({
      workspace,
      scope: z.enum(SEARCH_SCOPES),
      query: searchQuery,
      filter: z.string().max(20_000),
    }),
    progress: gives<SearchProgress>(),
    output: gives<SearchOutcome>(),
  },
  /** Reads and compares two states; the calls `diff.…` on it may follow while it is among the last few. */
  'diff.open': {
    input: z.strictObject({ workspace, before: stateAt, after: stateAt }),
    progress: gives<never>(),
    output: gives<DiffInfo>(),
  },
  /** All states of two moments. */
  'diff.states': {
    input: z.strictObject({ workspace, before: momentRef, after: momentRef }),
    progress: gives<{ done: number; total: number }>(),
    output: gives<DiffStates>(),
  },
  /** The states of a moment whose key contains a text. */
  'diff.keys': {
    input: z.strictObject({
      workspace,
      moment: momentRef,
      filter: z.string().max(1000),
      secret: z.string().min(1).max(4096).optional(),
    }),
    progress: gives<never>(),
    output: gives<DiffKeys>(),
  },
  /** Asks with the system's dialog for a file, and writes a comparison into it; null when cancelled. */
  'diff.export': {
    input: z.strictObject({ workspace, diff, format: z.enum(DIFF_FORMATS) }),
    progress: gives<never>(),
    output: gives<{ location: string } | null>(),
  },
  /** What putting a moment back would do, and what speaks against it. Nothing is written. */
  'restore.plan': {
    input: z.strictObject({
      workspace,
      from: momentRef,
      picks: z
        .array(z.strictObject({ key, paths: z.array(restorePath).max(10_000).nullable() }))
        .max(100_000)
        .nullable(),
      mode: z.enum(['replace', 'merge']),
      removeOthers: z.boolean(),
      migrate: z.boolean(),
    }),
    progress: gives<RestoreProgress>(),
    output: gives<RestorePlan>(),
  },
  /** What repairing would do: one finding, or everything that is wrong and has a repair, but for some findings. Nothing is written. */
  'repair.plan': {
    input: z.strictObject({
      workspace,
      which: z.union([
        z.strictObject({ only: z.strictObject({ finding: findingId, key, repair: z.string().max(1000) }) }),
        z.strictObject({ except: z.array(findingId).max(100_000) }),
      ]),
    }),
    progress: gives<RestoreProgress>(),
    output: gives<RepairPreview>(),
  },
  /** In place, like a restore: all of the plan or nothing. `restore.undo` takes it back. */
  'repair.apply': {
    input: z.strictObject({ workspace, plan: z.string().max(64), accepted: z.array(z.enum(RESTORE_CHECK_CODES)) }),
    progress: gives<RestoreProgress>(),
    output: gives<RestoreOutcome>(),
  },
  /** On a copy, to where a person says; null when they do not. The source stays as it is. */
  'repair.copy': {
    input: z.strictObject({ workspace, plan: z.string().max(64), accepted: z.array(z.enum(RESTORE_CHECK_CODES)) }),
    progress: gives<RestoreProgress>(),
    output: gives<RepairedCopy | null>(),
  },
  /** All of the plan or nothing. Cancelling takes back what has been written. */
  'restore.apply': {
    input: z.strictObject({ workspace, plan: z.string().max(64), accepted: z.array(z.enum(RESTORE_CHECK_CODES)) }),
    progress: gives<RestoreProgress>(),
    output: gives<RestoreOutcome>(),
  },
  /** Reads the source again; the workspace stays the same one, and `workspace.changed` follows. */
  'workspace.reload': {
    input: z.strictObject({ workspace }),
    progress: gives<OpenProgress>(),
    output: gives<WorkspaceSummary>(),
  },
} satisfies Record<JobName, JobSpec>;

export const streams = {
  /**
   * The value as text in pieces of at most 64 Ki characters; `form` text is the decoded string, json is re-indented,
   * and of a string that is itself JSON (`stringIsJson`) what it holds.
   */
  'value.text': {
    input: z.strictObject({ ...stateRef, node, form: z.enum(['json', 'text']) }),
    chunk: gives<string>(),
    output: gives<null>(),
  },
} satisfies Record<StreamName, StreamSpec>;

export interface Events extends Record<EventName, unknown> {
  'workspace.opened': WorkspaceSummary;
  'workspace.closed': { workspace: string };
  /** The source has been read anew: after a write, or because a person asked for it. */
  'workspace.changed': WorkspaceSummary;
  /** Changes were recorded, or recording was switched. */
  'history.appended': { workspace: string; status: HistoryStatus };
  /** Snapshots were taken, changed or removed. */
  'snapshots.changed': { workspace: string };
  /** Backups of the source were written, verified or removed. */
  'backups.changed': { workspace: string };
  /** An invariant that held does not hold any more. */
  'watch.broken': { workspace: string; watch: WatchInfo; key: string; seq: number };
  /** A person wants to see a change: that of a notification which was clicked. */
  'change.requested': { workspace: string; seq: number };
  /** Measured anew; at most four times a second. */
  'performance.sampled': PerformanceEvent;
  'probes.changed': ProbeStatus;
  /** Automatic backups: a schedule was changed, here or by another program, or is at work. All of them. */
  'schedules.changed': ScheduleList;
  /** Another program has written to the source; what is shown is older. Null keys: it cannot be said which. */
  'workspace.stale': { workspace: string; keys: readonly string[] | null };
  /** Something outside the window asks to open a source: an argument, a drop, the menu, a second instance. */
  'open.requested': OpenRequest;
  command: WindowCommand;
  'recents.changed': readonly RecentSource[];
  'appearance.changed': Appearance;
}

export type Expansion = z.infer<typeof expansionSchema>;
export type DiffExpansion = z.infer<typeof diffExpansionSchema>;
type OutputOf<S> = S extends { readonly output: Typed<infer O> } ? O : never;
type InputOf<S> = S extends { readonly input: infer I extends z.ZodType } ? z.infer<I> : never;

export type Calls = {
  readonly [K in CallName]: { input: InputOf<(typeof calls)[K]>; output: OutputOf<(typeof calls)[K]> };
};
export type Jobs = {
  readonly [K in JobName]: {
    input: InputOf<(typeof jobs)[K]>;
    progress: (typeof jobs)[K]['progress'] extends Typed<infer P> ? P : never;
    output: OutputOf<(typeof jobs)[K]>;
  };
};
export type Streams = {
  readonly [K in StreamName]: {
    input: InputOf<(typeof streams)[K]>;
    chunk: (typeof streams)[K]['chunk'] extends Typed<infer C> ? C : never;
    output: OutputOf<(typeof streams)[K]>;
  };
};
