/** Asks what the engine has measured while somebody looks, and hands on what it tells by itself. */
import type {
  AgentSeries,
  JournalPruneReport,
  JournalPruneRule,
  PerformanceSample,
  SeriesAnswer,
  SeriesKey,
  TimeRange,
} from '../../shared/ipc/performance.ts';
import type { Result } from '../../shared/ipc/result.ts';
import type { JsonPath } from '../../shared/json/path.ts';
import { currentScope } from '../stores/history-store.ts';
import {
  askPerformanceAnew,
  forgetPerformance,
  performanceAnswered,
  performanceFailed,
  performanceSampled,
} from '../stores/performance-store.ts';
import { revealNode, selectState, selectTab, showHistory, useSelection } from '../stores/selection-store.ts';
import { useWorkspace } from '../stores/workspace-store.ts';
import { call, onEvent } from './client.ts';
import { setQuery } from './history.ts';
import { travelTo } from './time-travel.ts';

/** At most four redraws a second, whoever measures how often. */
const SHOW_EVERY_MS = 250;

/** Charts follow what is measured; nothing happens while nobody looks at them. */
export function followPerformance(): void {
  let waiting: PerformanceSample | null = null;
  let timer = 0;
  let shownAt = 0;
  const show = () => {
    timer = 0;
    const workspace = openWorkspace();
    if (workspace === null || waiting === null) return;
    shownAt = performance.now();
    performanceSampled(workspace, waiting);
    waiting = null;
  };
  onEvent('performance.sampled', ({ workspace, sample }) => {
    if (workspace !== openWorkspace() || useSelection.getState().view !== 'performance') return;
    waiting = sample;
    if (timer === 0) timer = window.setTimeout(show, Math.max(0, shownAt + SHOW_EVERY_MS - performance.now()));
  });
  let shown = openWorkspace();
  useWorkspace.subscribe(() => {
    if (openWorkspace() === shown) return;
    shown = openWorkspace();
    waiting = null;
    forgetPerformance();
  });
}

function openWorkspace(): string | null {
  return useWorkspace.getState().workspace?.workspace ?? null;
}

/** Advice, and what can be drawn of a range. */
export async function readPerformance(workspace: string, range: TimeRange): Promise<void> {
  const answer = await call('performance.overview', { workspace, ...range });
  if (workspace !== openWorkspace()) return;
  if (answer.ok) performanceAnswered(workspace, answer.value);
  else performanceFailed(workspace, answer.error);
}

export function readSeries(
  workspace: string,
  range: TimeRange,
  series: readonly SeriesKey[],
  points: number,
): Promise<Result<SeriesAnswer>> {
  return call('performance.series', { workspace, ...range, series: [...series], points });
}

export function readAgents(
  workspace: string,
  range: TimeRange,
  points: number,
): Promise<Result<readonly AgentSeries[]>> {
  return call('performance.agents', { workspace, ...range, points });
}

/** Shows a value in its state, as it is now; the state where the value is gone. */
export async function showValue(key: string, path: JsonPath): Promise<void> {
  const workspace = openWorkspace();
  if (workspace === null || !(await travelTo(null))) return;
  const answer = await call('search.locate', { workspace, key, segments: [...path], offset: null });
  selectState(key);
  selectTab('tree');
  if (answer.ok) revealNode(key, answer.value.node);
}

/** Shows what was changed, as a query finds it. */
export function showChanges(query: string): void {
  showHistory();
  setQuery(currentScope(), query);
}

/** What a rule takes away from the journal of the open source, or with `dryRun` would. Null where none is open any more. */
export async function pruneJournal(
  rule: JournalPruneRule,
  dryRun: boolean,
): Promise<Result<JournalPruneReport> | null> {
  const workspace = openWorkspace();
  if (workspace === null) return null;
  const answer = await call('performance.prune', { workspace, rule, dryRun });
  if (answer.ok && !dryRun) askPerformanceAnew();
  return answer;
}
