/** What was measured, which way it goes, and what to do about it: the design document's `generate_performance_report` (8.2). */
import type { PerformanceReport } from '../../../shared/ipc/performance.ts';
import type { Journal } from '../tracking/journal.ts';
import { type JournalAdvice, type JournalAdviceOptions, journalAdvice } from './journal-advice.ts';
import type { StatePerformanceMonitor } from './monitor.ts';
import { recommendationsFor } from './recommendations.ts';

export interface ReportOptions extends JournalAdviceOptions {
  /** Null where nothing is recorded. */
  readonly journal: Journal | null;
}

export async function generatePerformanceReport(
  monitor: StatePerformanceMonitor,
  { journal, ...options }: ReportOptions,
): Promise<PerformanceReport> {
  return performanceReport(monitor, journal === null ? null : await journalAdvice(journal, options), options.now);
}

/** The same with what history was found to say; null where nothing is recorded. @param now milliseconds */
export function performanceReport(
  monitor: StatePerformanceMonitor,
  journal: JournalAdvice | null,
  now: number,
): PerformanceReport {
  const { current } = monitor;
  const trends = monitor.trends();
  const memory = monitor.recent({ metric: 'memory.rss' });
  const recommendations = recommendationsFor({ current, trends, memory, journal });
  return { ...(current && { current }), trends, recommendations, generatedAt: now };
}
