import { create } from 'zustand';
import type { PerformanceOverview, PerformanceSample } from '../../shared/ipc/performance.ts';
import type { HostError } from '../../shared/ipc/result.ts';

export type PerformanceTab = 'advice' | 'charts' | 'agents' | 'sizes';

/** Which time is shown: up to now, of a length in milliseconds; all that is known; or what a person has marked. */
export type Span =
  | { readonly kind: 'last'; readonly length: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'between'; readonly from: number; readonly to: number };

/** Null: not narrowed. */
export interface PerformanceFilter {
  readonly backend: string | null;
  readonly kind: string | null;
  readonly key: string | null;
}

interface PerformanceState {
  /** Of which the rest is. */
  readonly workspace: string | null;
  /** As the engine answered last; null before. */
  readonly overview: PerformanceOverview | null;
  readonly error: HostError | null;
  /** What was measured last, as the engine told. */
  readonly latest: PerformanceSample | null;
  readonly tab: PerformanceTab;
  readonly span: Span;
  /** What was shown before the spans that a person has marked since, the latest last. */
  readonly spansBefore: readonly Span[];
  readonly filter: PerformanceFilter;
  /** Counts prunings of the journal and other reasons to ask anew. */
  readonly changes: number;
}

export const HOUR_MS = 3_600_000;
const ALL_STATES: PerformanceFilter = { backend: null, kind: null, key: null };
/** Closer than this there is nothing to see: figures are kept by ten seconds. */
const SHORTEST_SPAN_MS = 10_000;

export const usePerformance = create<PerformanceState>(() => ({
  workspace: null,
  overview: null,
  error: null,
  latest: null,
  tab: 'advice',
  span: { kind: 'last', length: HOUR_MS },
  spansBefore: [],
  filter: ALL_STATES,
  changes: 0,
}));

export function performanceAnswered(workspace: string, overview: PerformanceOverview): void {
  usePerformance.setState(({ workspace: before, latest }) => ({
    workspace,
    overview,
    error: null,
    latest: before === workspace ? latest : null,
  }));
}

export function performanceFailed(workspace: string, error: HostError): void {
  usePerformance.setState({ workspace, error });
}

export function performanceSampled(workspace: string, latest: PerformanceSample): void {
  usePerformance.setState(({ workspace: before, overview }) => ({
    workspace,
    latest,
    overview: before === workspace ? overview : null,
  }));
}

export function askPerformanceAnew(): void {
  usePerformance.setState(({ changes }) => ({ changes: changes + 1 }));
}

/** Another source is open, or none: what was chosen of the one before says nothing about it. */
export function forgetPerformance(): void {
  usePerformance.setState({ workspace: null, overview: null, error: null, latest: null, filter: ALL_STATES });
}

export function showPerformanceTab(tab: PerformanceTab): void {
  usePerformance.setState({ tab });
}

export function showSpan(span: Span): void {
  usePerformance.setState({ span, spansBefore: [] });
}

/** Goes into a part of what is shown; `spanBack` leads out again. */
export function markSpan(from: number, to: number): void {
  const middle = (from + to) / 2;
  const half = Math.max(to - from, SHORTEST_SPAN_MS) / 2;
  usePerformance.setState(({ span, spansBefore }) => ({
    span: { kind: 'between', from: middle - half, to: middle + half },
    spansBefore: [...spansBefore, span],
  }));
}

export function spanBack(): void {
  usePerformance.setState(({ span, spansBefore }) => ({
    span: spansBefore.at(-1) ?? span,
    spansBefore: spansBefore.slice(0, -1),
  }));
}

export function filterPerformance(change: Partial<PerformanceFilter>): void {
  usePerformance.setState(({ filter }) => ({ filter: { ...filter, ...change } }));
}

/** The earliest that anything is known of, where it matters for a span; 0 where it does not. */
export function firstOf(span: Span, overview: PerformanceOverview | null): number {
  if (span.kind !== 'all') return 0;
  return Math.min(overview?.measuredFrom ?? Infinity, overview?.recordedFrom ?? Infinity);
}

/** From when to when, in milliseconds since 1970. @param first as `firstOf` says */
export function rangeOf(span: Span, first: number, now: number): { readonly from: number; readonly to: number } {
  if (span.kind === 'between') return { from: span.from, to: span.to };
  if (span.kind === 'last') return { from: now - span.length, to: now };
  return { from: Math.min(first, now - SHORTEST_SPAN_MS), to: now };
}

/** Another one when there may be more to show of a span: what lies in the past stays what it is. */
export function movedOf(span: Span, latest: PerformanceSample | null, changes: number): string {
  return span.kind === 'between' ? String(changes) : `${changes} ${latest?.time ?? 0}`;
}
