/** From starting the process until the window has painted and left. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../setup/project.mjs';
import { alternate, type Row, ratioAtMost, rowOf } from './measure.ts';
import type { ElectronProgram } from './window.ts';

const BARE_WINDOW = fileURLToPath(new URL('bare-window', import.meta.url));
const SAMPLE = join(ROOT, 'assets', 'sample-workspace');
const PATIENCE_MS = 60_000;

/** Profiles are kept from start to start, as a person's is. */
export async function startRows(program: ElectronProgram, folder: string): Promise<Row[]> {
  const start = (app: string, profile: string, args: readonly string[]) =>
    untilExit(program.executable, [
      ...program.switches,
      `--user-data-dir=${join(folder, profile)}`,
      app,
      '--',
      ...args,
    ]);
  const times = await alternate(
    () => start(ROOT, 'profile-ours', [SAMPLE, '--exit']),
    () => start(BARE_WINDOW, 'profile-bare', []),
  );
  return [rowOf('first full paint of the sample workspace, against a bare window', times, ratioAtMost(3))];
}

function untilExit(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: PATIENCE_MS });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`Electron ended with ${code}\n${said}`))));
  });
}
