/** The most memory that one task takes above the idle process, measured in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PeakTask } from './peak-process.ts';

const PROCESS = fileURLToPath(new URL('peak-process.ts', import.meta.url));
const run = promisify(execFile);

/** Megabytes. */
export async function peakMemory(task: PeakTask, file: string): Promise<number> {
  const { stdout } = await run(process.execPath, [PROCESS, task, file]);
  return Number(stdout);
}
