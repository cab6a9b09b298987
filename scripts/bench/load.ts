/** Ten thousand changes a second for a minute, into the real program: what arrives, and whether the window stays quick. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { journalFile } from '../../electron/core/live/open-recording.ts';
import { openJournal } from '../../electron/core/tracking/journal.ts';
import { PROBE_LOCATION } from '../../shared/ipc/address.ts';
import { ROOT } from '../setup/project.mjs';
import type { GroupContext, GroupResult } from './group.ts';
import { type Counted, countChanges, countMessages } from './load-count.ts';
import { type Driven, SESSIONS, saveSession } from './load-driver.ts';
import { quantile, type Row, rowOf } from './measure.ts';
import { type ElectronProgram, findProgram } from './window.ts';

const RATE = 10_000;
const SECONDS = Number(process.env['STATESCOPE_LOAD_SECONDS'] ?? 60);
const DRIVER = fileURLToPath(new URL('load-driver.ts', import.meta.url));
const EVENT_LOOP_MS = 16;
const IDLE_MS = 4000;
const CLICK_EVERY_MS = 400;
const NANOSECONDS = 1e6;
const P99 = 0.99;

export async function runGroup(context: GroupContext): Promise<GroupResult> {
  const program = findProgram();
  const rows: Row[] = [];
  const notes: string[] = [];
  for (const what of ['probes', 'files'] as const) {
    context.say(`${RATE} changes a second from ${what}, ${SECONDS} s`);
    const result = await load(program, join(context.folder, what), what);
    rows.push(...result.rows);
    notes.push(...result.notes);
  }
  return { rows, notes };
}

interface Felt {
  /** Milliseconds, 99th percentiles. */
  readonly loop: number;
  readonly frames: number;
  /** Milliseconds from each click to the frame that shows what it did. */
  readonly clicks: readonly number[];
}

async function load(program: ElectronProgram, folder: string, what: 'probes' | 'files'): Promise<GroupResult> {
  const profile = join(folder, 'profile');
  const sessions = join(folder, 'sessions');
  mkdirSync(sessions, { recursive: true });
  for (let slot = 0; slot < SESSIONS; slot += 1) saveSession(sessions, slot, '');
  const app = await _electron.launch({
    executablePath: program.executable,
    cwd: ROOT,
    args: [
      ...program.switches,
      `--user-data-dir=${profile}`,
      ROOT,
      '--',
      '--locale',
      'en',
      ...(what === 'files' ? [sessions] : []),
    ],
  });
  let driven: Driven;
  let idle: Felt;
  let busy: Felt;
  try {
    const page = await app.firstWindow();
    const recording = page.getByRole('button', { name: 'Recording', exact: true });
    await recording.waitFor();
    const where = what === 'files' ? sessions : await switchOnProbes(app, page);
    await recording.waitFor();
    await page.keyboard.press('ControlOrMeta+Shift+h');
    await page.getByRole('region', { name: 'History' }).waitFor();
    await page.evaluate(NOTE_FRAMES);
    idle = await feel(app, page, new Promise((done) => setTimeout(done, IDLE_MS)));
    const driver = promisify(execFile)(process.execPath, [DRIVER, what, where, String(RATE), String(SECONDS)]);
    busy = await feel(app, page, driver);
    driven = JSON.parse((await driver).stdout) as Driven;
  } finally {
    await app.close();
  }
  const counted = count(profile, what, sessions);
  return {
    rows: rowsOf(what, idle, busy),
    notes: [
      `${what}: ${driven.made} changes made in ${driven.seconds.toFixed(1)} s, ${counted.changes} in the journal (${counted.missing} missing, ${counted.wrong} states not as they ended), ${driven.dropped} dropped by the programs' own queues`,
      `${what}: from a click to the frame that shows what it did, milliseconds: median ${Math.round(quantile(busy.clicks, 0.5))}, slowest ${Math.round(Math.max(...busy.clicks))} of ${busy.clicks.length} (idle: ${Math.round(quantile(idle.clicks, 0.5))}, ${Math.round(Math.max(...idle.clicks))})`,
    ],
  };
}

function rowsOf(what: string, idle: Felt, busy: Felt): Row[] {
  const samples = (pick: (felt: Felt) => number) => ({ ours: [pick(busy)], peer: [pick(idle)] });
  return [
    rowOf(
      `event loop of the main process, p99 of its delay, ${RATE} changes a second from ${what}, against idle`,
      samples(({ loop }) => loop),
      { of: 'ours', atMost: EVENT_LOOP_MS },
    ),
    rowOf(
      'the window meanwhile, p99 from frame to frame',
      samples(({ frames }) => frames),
    ),
  ];
}

async function switchOnProbes(app: ElectronApplication, page: Page): Promise<string> {
  await page.keyboard.press('ControlOrMeta+k');
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox').fill('Probes');
  await page.keyboard.press('Enter');
  await dialog.getByRole('radio', { name: 'On' }).click();
  await dialog.getByRole('button', { name: 'Copy with the token' }).click();
  const text = await app.evaluate(({ clipboard }) => clipboard.readText());
  await page.keyboard.press('Escape');
  return text.replace(/^STATESCOPE_PROBE=/, '');
}

/** Runs in the page: notes each frame, and for each click how long it took until what it did was painted. */
const NOTE_FRAMES = `(() => {
  const noted = { frames: [], clicks: [], last: 0 };
  window.statescopeLoad = noted;
  const frame = (now) => {
    if (noted.last > 0) noted.frames.push(now - noted.last);
    noted.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  addEventListener('pointerdown', (event) => {
    requestAnimationFrame(() => setTimeout(() => noted.clicks.push(performance.now() - event.timeStamp)));
  }, { capture: true });
})()`;
const FORGET_FRAMES =
  '(() => { const noted = window.statescopeLoad; noted.frames = []; noted.clicks = []; noted.last = 0; })()';
const NOTED = '({ frames: window.statescopeLoad.frames, clicks: window.statescopeLoad.clicks })';

/** Pauses the history and lets it go on, by clicks, until `until` is over. */
async function feel(app: ElectronApplication, page: Page, until: Promise<unknown>): Promise<Felt> {
  await app.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const histogram = monitorEventLoopDelay({ resolution: 1 });
    histogram.enable();
    Object.assign(globalThis, { statescopeLoad: histogram });
  });
  await page.evaluate(FORGET_FRAMES);
  const work = { isOver: false };
  const over = until.finally(() => {
    work.isOver = true;
  });
  const pause = page.getByRole('region', { name: 'History' }).getByRole('button', { name: /^(?:Pause|Resume)$/ });
  while (!work.isOver) {
    await pause.click();
    await page.waitForTimeout(CLICK_EVERY_MS);
  }
  if ((await pause.textContent()) === 'Resume') await pause.click();
  await over;
  const { frames, clicks } = await page.evaluate<{ frames: number[]; clicks: number[] }>(NOTED);
  const loop = await app.evaluate((_electron, percentile) => {
    const { statescopeLoad } = globalThis as unknown as {
      statescopeLoad: { disable(): void; percentile(part: number): number };
    };
    statescopeLoad.disable();
    return statescopeLoad.percentile(percentile);
  }, P99 * 100);
  return { loop: loop / NANOSECONDS, frames: quantile(frames, P99), clicks };
}

function count(profile: string, what: 'probes' | 'files', sessions: string): Counted {
  const file = journalFile(join(profile, 'journals'), what === 'probes' ? PROBE_LOCATION : sessions);
  const journal = openJournal(file, { source: 'load', mode: 'read' });
  try {
    return what === 'probes' ? countChanges(journal) : countMessages(journal, sessions);
  } finally {
    journal.close();
  }
}
