/**
 * The names of everything that may cross between window and main process. The preload script allows these and no
 * others; contract.ts gives each its types, and does not compile when a name is missing on either side.
 */

/** One question, one answer. */
export const CALLS = [
  'app.info',
  'app.painted',
  'app.setTheme',
  'app.setLocale',
  'recents.remove',
  'recents.clear',
  'workspace.pick',
  'workspace.close',
  'explorer.rows',
  'problems.rows',
  'state.open',
  'tree.rows',
  'tree.reveal',
  'value.get',
  'value.copy',
  'conversation.page',
  'workspace.arm',
  'workspace.index',
  'edit.check',
  'edit.apply',
  'state.remove',
  'state.save',
  'state.drag',
  'state.compare',
  'tree.carry',
  'write.undo',
  'trash.rows',
  'trash.restore',
  'persistence.settings',
  'persistence.keys',
  'persistence.save',
  'persistence.create',
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
  'backups.list',
  'backups.info',
  'backups.unlock',
  'backups.matching',
  'backups.place',
  'backups.addFolder',
  'backups.forgetFolder',
  'backups.reveal',
  'backups.remove',
  'search.rows',
  'search.locate',
  'watches.list',
  'watches.save',
  'watches.remove',
  'probes.status',
  'probes.switch',
  'probes.command',
  'schedules.list',
  'schedules.save',
  'schedules.remove',
  'schedules.preview',
  'schedules.runNow',
  'schedules.cancel',
  'demo.switch',
] as const;

/** Long work: progress while it runs, cancellable, one answer. */
export const JOBS = [
  'workspace.open',
  'workspace.overview',
  'restore.plan',
  'restore.apply',
  'workspace.reload',
  'states.copy',
  'states.export',
  'history.bisect',
  'snapshots.take',
  'snapshots.export',
  'snapshots.import',
  'backups.create',
  'backups.verify',
  'search.run',
  'diff.open',
  'diff.states',
  'diff.keys',
  'diff.export',
] as const;

/** Chunks that the receiver asks for by credit. */
export const STREAMS = ['value.text'] as const;

/** What the main process tells without being asked. */
export const EVENTS = [
  'workspace.opened',
  'workspace.closed',
  'workspace.changed',
  'workspace.stale',
  'history.appended',
  'snapshots.changed',
  'backups.changed',
  'watch.broken',
  'change.requested',
  'probes.changed',
  'schedules.changed',
  'open.requested',
  'command',
  'recents.changed',
  'appearance.changed',
] as const;

export type CallName = (typeof CALLS)[number];
export type JobName = (typeof JOBS)[number];
export type StreamName = (typeof STREAMS)[number];
export type EventName = (typeof EVENTS)[number];

/** The Electron channels that carry the above. */
export const WIRE = {
  call: 'statescope:call',
  start: 'statescope:start',
  cancel: 'statescope:cancel',
  credit: 'statescope:credit',
  /** main -> window: progress of a job or a chunk of a stream, `{id, data}`. */
  data: 'statescope:data',
  /** main -> window: `{name, payload}`. */
  event: 'statescope:event',
  /** window -> main: absolute paths of files that were dropped; only the preload script can know them. */
  drop: 'statescope:drop',
} as const;
