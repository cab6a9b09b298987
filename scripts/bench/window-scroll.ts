/** Frames while a tree scrolls, in the real window: a million rows in one, a thousand in the other. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { ROOT } from '../setup/project.mjs';
import { expectEqual, quantile, type Row, ratioAtMost, rowOf } from './measure.ts';
import { MILLION_ITEMS, THOUSAND_ITEMS, treeJson, treeRows } from './rows-file.ts';
import type { ElectronProgram } from './window.ts';

const PAIRS = 3;
const SCROLL_MS = 3000;
const PIXELS_PER_FRAME = 120;
const RENDERER_MEGABYTES = 250;
const KILOBYTE = 1024;
const P95 = 0.95;

/** Runs in the page: scrolls the tree from its middle, turning at the ends, and gives the milliseconds of each frame. */
const SCROLL = `(async () => {
  const list = document.querySelector('[role="treegrid"][aria-label^="Tree of"]');
  const frame = () => new Promise((done) => requestAnimationFrame(() => done(performance.now())));
  list.scrollTop = list.scrollHeight / 2;
  for (let i = 0; i < 30; i += 1) await frame();
  const frames = [];
  let step = ${PIXELS_PER_FRAME};
  const began = await frame();
  for (let last = began; last - began < ${SCROLL_MS}; ) {
    const before = list.scrollTop;
    list.scrollTop = before + step;
    if (list.scrollTop === before) step = -step;
    const now = await frame();
    frames.push(now - last);
    last = now;
  }
  return frames;
})()`;

interface Scrolled {
  /** Milliseconds, 95th percentile. */
  readonly frame: number;
  /** Milliseconds that the renderer's main thread worked for a frame, on average: tells more than frames that wait for the display. */
  readonly work: number;
  /** Of the renderer, with the tree open. */
  readonly megabytes: number;
}

export async function scrollRows(program: ElectronProgram, folder: string): Promise<Row[]> {
  const files = [MILLION_ITEMS, THOUSAND_ITEMS].map((items) => {
    const path = join(folder, `rows-${items}.json`);
    writeFileSync(path, treeJson(items));
    return { path, rows: treeRows(items), profile: join(folder, `profile-${items}`) };
  });
  const results: Scrolled[][] = files.map(() => []);
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const [i, file] of files.entries()) results[i]?.push(await scrolled(program, file));
  }
  const [ours = [], peer = []] = results;
  const samples = (pick: (result: Scrolled) => number) => ({ ours: ours.map(pick), peer: peer.map(pick) });
  const memory = samples((result) => result.megabytes);
  return [
    rowOf(
      'scrolling 1,000,000 rows, p95 of a frame, against 1,000',
      samples((result) => result.frame),
      ratioAtMost(1.5),
    ),
    rowOf(
      'the renderer’s work for one such frame',
      samples((result) => result.work),
    ),
    rowOf('memory of the renderer with 1,000,000 rows open', memory, { of: 'ours', atMost: RENDERER_MEGABYTES }, 'MB'),
  ];
}

async function scrolled(
  { executable, switches }: ElectronProgram,
  file: { path: string; rows: number; profile: string },
): Promise<Scrolled> {
  const app = await _electron.launch({
    executablePath: executable,
    cwd: ROOT,
    args: [...switches, `--user-data-dir=${file.profile}`, ROOT, '--', '--locale', 'en', file.path],
  });
  try {
    const page = await app.firstWindow();
    await openAll(page, file.rows);
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const busy = async () => {
      const { metrics } = await devtools.send('Performance.getMetrics');
      return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
    };
    const before = await busy();
    const frames = await page.evaluate<number[]>(SCROLL);
    const work = ((await busy()) - before) / frames.length;
    return { frame: quantile(frames, P95), work, megabytes: await rendererMegabytes(app) };
  } finally {
    await app.close();
  }
}

async function openAll(page: Page, rows: number): Promise<void> {
  const tree = page.getByRole('treegrid', { name: /^Tree of/ });
  const row = page.getByRole('treegrid', { name: 'States' }).getByRole('row').filter({ hasText: /rows-/ });
  if (!(await tree.isVisible())) await row.first().click();
  await tree.focus();
  await page.keyboard.press('ControlOrMeta+e');
  // Playwright's waitForFunction would need eval, which the window's content security policy refuses.
  await page.locator(`[role="treegrid"][aria-rowcount="${rows}"]`).waitFor();
}

async function rendererMegabytes(app: ElectronApplication): Promise<number> {
  const metrics = await app.evaluate(({ app }) => app.getAppMetrics());
  const kilobytes = metrics.filter(({ type }) => type === 'Tab').map(({ memory }) => memory.workingSetSize);
  expectEqual('renderers', kilobytes.length, 1);
  return ((kilobytes[0] ?? 0) * KILOBYTE) / 1e6;
}
