import { DelayMeter } from '../core/performance/delay-meter.ts';
import { type Measurement, measureSource, type NotMeasured } from '../core/performance/measure-source.ts';
import { StatePerformanceMonitor } from '../core/performance/monitor.ts';
import { type PerformanceStats, StatePerformanceManager } from '../core/performance/performance-manager.ts';
import { generatePerformanceReport } from '../core/performance/report.ts';
import { reportAsJson } from '../core/performance/report-json.ts';
import { measuredSelf } from '../core/performance/self-monitor.ts';
import { StateSizes } from '../core/performance/state-growth.ts';
import { Turns } from '../core/search/turns.ts';
import type { OpenOptions, Source } from '../core/sources/source.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { type Journal, openJournal } from '../core/tracking/journal.ts';
import { keptJournal } from './find-journal.ts';
import { withSource } from './open.ts';
import type { Output } from './output.ts';
import { ProgressLine } from './progress-line.ts';
import { padColumns, textWidth } from './text-width.ts';

interface StatsFlags extends OpenOptions {
  readonly passes: number;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `stats SOURCE`: loads every state a few times and tells what was measured, with the design's performance report. Nothing is written. */
export async function stats(output: Output, location: string, flags: StatsFlags): Promise<void> {
  const { passes, json, ...opening } = flags;
  await withSource(output, location, opening, async (source) => {
    // States are kept parsed, as in the window; see electron/core/workspace/workspace.ts.
    const manager = new StatePerformanceManager({ cacheEnabled: false });
    const monitor = new StatePerformanceMonitor({ manager: () => manager.takeSample(), store: null });
    const { stats: figures, notMeasured } = await measured(output, source, manager, monitor, flags);
    const journal = await journalOf(output, location, source);
    try {
      const statesBytes = source.entries.reduce((sum, { bytes }) => sum + bytes, 0);
      const sizes = new StateSizes();
      const report = await generatePerformanceReport(monitor, { journal, statesBytes, sizes, now: Date.now() });
      const told = reportAsJson(report, output.translate);
      if (json) output.json(asJson(source, passes, figures, notMeasured, told));
      else tell(output, source, passes, figures, told.recommendations);
    } finally {
      journal?.close();
    }
    for (const { why, ...each } of notMeasured) {
      output.error(
        `statescope: ${output.translate(`cli.statsLeft.${why}`, { key: each.key, reason: each.message })}\n`,
      );
    }
  });
}

async function measured(
  output: Output,
  source: Source,
  manager: StatePerformanceManager,
  monitor: StatePerformanceMonitor,
  { passes, signal }: StatsFlags,
): Promise<Measurement> {
  const line = new ProgressLine(output);
  const delay = new DelayMeter();
  delay.take();
  try {
    return await measureSource(source, {
      manager,
      passes,
      turns: new Turns(() => signal.aborted),
      onProgress: (done, total, key) => line.show(output.translate('cli.statsMeasuring'), done, total, key),
      onPass: () => void monitor.collect(measuredSelf(delay)),
    });
  } finally {
    delay.stop();
    line.clear();
  }
}

/** What the window has recorded of the source; null where there is nothing, or nothing that can be read, which is told. */
async function journalOf(output: Output, location: string, source: Source): Promise<Journal | null> {
  const file = await keptJournal(location);
  if (file === null) return null;
  try {
    return openJournal(file, { source: source.location, mode: 'read' });
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    output.error(`statescope: ${output.failure(error)}\n`);
    return null;
  }
}

type Report = ReturnType<typeof reportAsJson>;

function asJson(
  { location, format, entries }: Source,
  passes: number,
  { operations, hits, misses, hitRate, evictions, cache, compression, bytesRead }: PerformanceStats,
  left: readonly NotMeasured[],
  report: Report,
) {
  return {
    source: location,
    format,
    states: entries.length,
    passes,
    notLoaded: left.map(({ key, why, message }) => ({ key, why, message })),
    operations,
    cache: { hits, misses, ...(hitRate !== undefined && { hitRate }), evictions, ...cache },
    ...(compression && { compression }),
    ...(bytesRead !== undefined && { bytesRead }),
    ...report,
  };
}

const COLUMNS = ['count', 'p50', 'p95', 'p99', 'max', 'bytes'] as const;

function tell(
  output: Output,
  { location, entries }: Source,
  passes: number,
  { operations, hits, misses, hitRate, evictions, compression }: PerformanceStats,
  recommendations: Report['recommendations'],
): void {
  const t = output.translate;
  const say = (text: string) => output.write(`${text.replaceAll(/\p{Cc}/gu, ' ').trimEnd()}\n`);
  say(t('cli.statsOf', { location, states: entries.length, passes }));
  if (operations.length > 0) {
    say('');
    const lines = [
      ['operation', 'backend', 'kind', ...COLUMNS].map((name) => t(`cli.statsColumns.${name}`)),
      ...operations.map((each) => [
        t(`cli.statsOperations.${each.operation}`),
        each.backend,
        each.kind,
        String(each.count),
        ...[each.p50, each.p95, each.p99, each.max].map(milliseconds),
        String(each.bytes),
      ]),
    ];
    for (const line of aligned(lines)) say(line);
    say('');
  }
  if (hitRate !== undefined) {
    say(t('cli.statsCache', { hits, misses, share: percent(hitRate), evictions }));
  }
  if (compression !== undefined) {
    const { algorithm, bytesIn, bytesOut, ratio } = compression;
    say(t('cli.statsCompression', { algorithm, in: bytesIn, out: bytesOut, share: percent(ratio) }));
  }
  for (const { message, priority } of recommendations) {
    say('');
    say(t('cli.statsAdvice', { priority: t(`cli.statsPriority.${priority}`), message }));
  }
}

/** Names to the left, figures to the right. */
function aligned(lines: readonly (readonly string[])[]): readonly string[] {
  const names = (lines[0]?.length ?? 0) - COLUMNS.length;
  const width = (column: number) => Math.max(...lines.map((line) => textWidth(line[column] ?? '')));
  return lines.map((line) =>
    line
      .map((cell, column) => {
        const columns = width(column);
        return column < names ? padColumns(cell, columns) : ' '.repeat(columns - textWidth(cell)) + cell;
      })
      .join('  '),
  );
}

function milliseconds(value: number): string {
  return value < 1 ? value.toFixed(3) : value.toFixed(1);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
