/** Measuring for the open source of the window: this process, the window's, and through its worker the thread. */
import { app, type BrowserWindow, type ProcessMetric } from 'electron';
import type { MeasuredProcess, MemoryFigures } from '../../shared/ipc/performance.ts';
import { DelayMeter } from '../core/performance/delay-meter.ts';
import { processMemory } from '../core/performance/process-figures.ts';
import type { Outside } from '../core/performance/session.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { ReportedError } from '../core/workspace/host-error.ts';
import { PerformanceSampling } from './performance-sampling.ts';
import type { WorkspaceHost } from './workspace-host.ts';
import type { Workspaces } from './workspaces.ts';

const KIBIBYTE = 1024;

/** Call `update` after a source was opened or closed. */
export function sampleForWindow(window: BrowserWindow, workspaces: Workspaces): PerformanceSampling {
  const delay = new DelayMeter();
  const ask = async (question: (host: WorkspaceHost) => Promise<unknown>): Promise<void> => {
    const { current } = workspaces;
    if (current === null) return;
    try {
      await question(workspaces.get(current.workspace));
    } catch (error) {
      // It was closed meanwhile, or cannot read its history, which the window says by itself.
      if (!(error instanceof ReportedError || error instanceof SourceError)) throw error;
    }
  };
  const sampling = new PerformanceSampling({
    isWanted: () => !window.isDestroyed() && window.isVisible() && !window.isMinimized() && workspaces.current !== null,
    sample: () => ask((host) => host.ask('performance.sample', outside(window, delay))),
    pause: () => {
      delay.stop();
      void ask((host) => host.ask('performance.pause', null));
    },
  });
  const update = () => sampling.update();
  window.on('show', update);
  window.on('hide', update);
  window.on('minimize', update);
  window.on('restore', update);
  window.on('closed', update);
  return sampling;
}

function outside(window: BrowserWindow, meter: DelayMeter): Outside {
  const delay = meter.take();
  const metrics = app.getAppMetrics();
  const memory: Partial<Record<MeasuredProcess, MemoryFigures>> = { main: processMemory() };
  const page = window.webContents.getOSProcessId();
  const renderer = metrics.find(({ pid }) => pid === page);
  if (renderer !== undefined) memory.renderer = { rss: residentBytes(renderer) };
  // What processes share counts in each of them.
  const memoryTotal = metrics.reduce((sum, metric) => sum + residentBytes(metric), 0);
  return { memory, memoryTotal, delay: delay === undefined ? {} : { main: delay } };
}

function residentBytes({ memory }: ProcessMetric): number {
  return memory.workingSetSize * KIBIBYTE;
}
