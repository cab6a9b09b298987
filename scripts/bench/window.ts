import { chromiumSwitches } from '../setup/chromium-switches.mjs';
import { findElectron } from '../setup/electron.mjs';
import type { GroupContext, GroupResult } from './group.ts';
import { scrollRows } from './window-scroll.ts';
import { startRows } from './window-start.ts';

export interface ElectronProgram {
  readonly executable: string;
  readonly switches: readonly string[];
}

export function findProgram(): ElectronProgram {
  const electron = findElectron();
  if (electron === null) throw new Error('there is no Electron');
  return { executable: electron.executable, switches: chromiumSwitches(electron.distPath).switches };
}

export async function runGroup(context: GroupContext): Promise<GroupResult> {
  const program = findProgram();
  context.say('starting windows');
  const start = await startRows(program, context.folder);
  context.say('scrolling');
  const scroll = await scrollRows(program, context.folder);
  return { rows: [...start, ...scroll], notes: [] };
}
