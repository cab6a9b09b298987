/** node peak-process.ts TASK FILE: does the task once and prints how many megabytes it took above the idle process. */
import { readFileSync } from 'node:fs';

export type PeakTask = 'tape' | 'json' | 'open';

const FROM_KILOBYTES = 1024;

/** On Linux maxRSS begins with what the parent took, even after exec; /proc tells of this process alone. */
function peakBytes(): number {
  if (process.platform === 'linux') {
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Number(kilobytes) * FROM_KILOBYTES;
  }
  return process.resourceUsage().maxRSS * FROM_KILOBYTES;
}

async function prepared(task: string, file: string): Promise<() => unknown> {
  switch (task) {
    case 'tape': {
      const { parseJson } = await import('../../shared/json/parse.ts');
      return () => parseJson(readFileSync(file));
    }
    case 'open': {
      const { openSource } = await import('../../electron/core/sources/open-source.ts');
      return () => openSource(file);
    }
    case 'json':
      return () => JSON.parse(readFileSync(file, 'utf8'));
    default:
      throw new Error(`no task ${task}`);
  }
}

const [task = '', file = ''] = process.argv.slice(2);
const work = await prepared(task, file);
const idle = process.memoryUsage().rss;
const kept = await work();
if (kept === undefined) throw new Error(`${task} gave nothing`);
console.log((peakBytes() - idle) / 1e6);
