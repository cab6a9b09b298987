import type { TFunction } from 'i18next';
import type { PerformanceReport, Recommendation } from '../../../shared/ipc/performance.ts';
import { backendName } from './backend-name.ts';
import type { WriteFigure } from './use-units.ts';

/** A person waits no shorter than this without noticing it. Milliseconds. */
const QUICK_MS = 100;

/** The answer to the question with which the view is opened: is everything quick, and if not, what is the matter? */
export function headlineOf(t: TFunction, write: WriteFigure, report: PerformanceReport): string {
  const [first] = report.recommendations;
  if (first) return urgentText(t, write, first);
  const { current } = report;
  if (!current) return t('performance.headline.nothing');
  const loads = current.manager?.total.latencies.filter(({ operation }) => operation === 'load') ?? [];
  const slowest = loads.toSorted((a, b) => b.p95 - a.p95)[0];
  if (slowest) {
    const values = { time: write('ms', slowest.p95), kind: slowest.kind };
    return t(slowest.p95 <= QUICK_MS ? 'performance.headline.quick' : 'performance.headline.loads', values);
  }
  const delay = current.delay.main ?? current.delay.worker;
  return delay ? t('performance.headline.delay', { time: write('ms', delay.p99) }) : t('performance.headline.fine');
}

function urgentText(t: TFunction, write: WriteFigure, advice: Recommendation): string {
  const rate = advice.evidence.find(({ code }) => code === 'bytes-per-hour');
  const { key } = advice.details;
  return rate !== undefined && key !== undefined
    ? t('performance.headline.grows', { key, size: write('bytes', rate.value) })
    : adviceText(t, advice);
}

/** What is the matter, in one line. */
export function adviceText(t: TFunction, { code, details }: Recommendation): string {
  const { process, operation, backend } = details;
  return t(`performance.advice.${code}`, {
    ...details,
    ...(process === undefined ? {} : { process: t(`performance.process.${process as 'main'}`) }),
    ...(backend === undefined ? {} : { backend: backendName(t, String(backend)) }),
    ...(operation === undefined ? {} : { operation: t(`performance.operation.${operation as 'load'}`) }),
  });
}
