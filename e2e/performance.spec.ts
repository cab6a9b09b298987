/** How quick a source is and how it grows, over a day: charts that are read by pointer, by keys and as tables, and advice that acts. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Locator, Page } from 'playwright/test';
import { journalFile } from '../electron/core/live/open-recording.ts';
import { recordDay } from '../electron/core/performance/test-support.ts';
import { openJournal } from '../electron/core/tracking/journal.ts';
import { JournalWriter } from '../electron/core/tracking/journal-writer.ts';
import { StateRecorder } from '../electron/core/tracking/state-recorder.ts';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { WIRE } from '../shared/ipc/channels.ts';
import type { AppInfo } from '../shared/ipc/model.ts';
import { type App, dialog, expect, explorer, FIXTURES, LOOKS, open, picture, test, tree } from './app.ts';

const view = (page: Page): Locator => page.getByRole('region', { name: 'Performance' });
const chart = (page: Page, title: string): Locator => page.getByRole('figure', { name: title, exact: true });
const plot = (page: Page, title: string): Locator => page.getByRole('slider', { name: `${title}, over time` });
const tab = (page: Page, name: string | RegExp): Locator => view(page).getByRole('tab', { name });
const span = (page: Page, name: string): Locator => view(page).getByRole('radio', { name });
const back = (page: Page): Locator => view(page).getByRole('button', { name: 'Back to the time shown before' });
const cursors = (page: Page): Locator => page.getByTestId('chart-cursor');

const OLD_SAVES = 1500;

/** Two days ago ten caches were saved again and again; they are there no more. */
function recordOldSaves(journalPath: string, source: string): void {
  const journal = openJournal(journalPath, { source });
  const writer = new JournalWriter(journal, { maxDelayMs: 1e6 });
  const recorder = new StateRecorder({ journal, writer, now: () => Date.now() - 2 * 86_400_000 });
  for (let save = 0; save < OLD_SAVES; save += 1) {
    recorder.recordState(`cache:${save % 10}`, Buffer.from(String(save)), { origin: 'watch' });
  }
  writer.flush();
  journal.close();
}

/** What would take a minute to be recorded: a journal that is 80 MB large, and says of its parts that they are. */
function enlarge(journalPath: string): void {
  const database = new Sqlite(journalPath);
  database.exec('UPDATE blocks SET bytes = 70e6 / (SELECT count(*) FROM blocks)');
  database.exec('CREATE TABLE room (data); INSERT INTO room VALUES (zeroblob(80000000))');
  database.close();
}

/** The same fleet, with more history than anybody will look at. */
function fleetWithOldHistory(folder: string): string {
  const location = join(folder, 'fleet');
  const journals = join(folder, 'profile', 'journals');
  mkdirSync(journals, { recursive: true });
  const path = journalFile(journals, location);
  recordOldSaves(path, location);
  fleet(folder);
  enlarge(path);
  return location;
}

/** A fleet whose day was measured and recorded, as if the program had been open all the time. */
function fleet(folder: string): string {
  const location = join(folder, 'fleet');
  recordDay({ dataFolder: join(folder, 'profile'), location, now: Date.now() });
  return location;
}

async function openView(page: Page): Promise<void> {
  await expect(page.getByRole('treegrid').first()).toContainText('planner');
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(/planner/);
}

/** What a screen reader says of a chart: the moment, and each line with its figure. */
async function spoken(page: Page, title: string): Promise<{ readonly time: string; readonly figures: string }> {
  const [time = '', ...figures] = ((await plot(page, title).getAttribute('aria-valuetext')) ?? '').split('; ');
  return { time, figures: figures.join('; ') };
}

/** Presses the mouse at one share of a chart's width and lets it go at another. */
async function drag(page: Page, place: Locator, from: number, to: number): Promise<void> {
  const box = await place.boundingBox();
  if (!box) throw new Error('there is no chart');
  const at = (share: number) => [box.x + 60 + share * (box.width - 70), box.y + box.height / 2] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at((from + to) / 2));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

/** How often the lines of the charts are drawn anew while samples come in faster than anybody can look. */
async function redrawsWhileFlooded({ electron, page }: App, milliseconds: number): Promise<number> {
  const workspace = await page.evaluate(async () => {
    let redraws = 0;
    let last = 0;
    const observer = new MutationObserver(() => {
      // One drawing comes in several steps, a few milliseconds apart.
      if (performance.now() - last > 50) redraws += 1;
      last = performance.now();
    });
    const drawing = document.querySelector('figure .recharts-surface');
    if (drawing) observer.observe(drawing, { subtree: true, childList: true, attributes: true });
    const { host } = window as unknown as { host: { call(name: string): Promise<{ value: AppInfo }> } };
    Object.assign(window, { redraws: () => redraws });
    return (await host.call('app.info')).value.open?.workspace;
  });
  await electron.evaluate(
    async ({ BrowserWindow }, { channel, length, id }) => {
      const [window] = BrowserWindow.getAllWindows();
      const end = Date.now() + length;
      while (Date.now() < end) {
        const sample = { time: Date.now(), memory: {}, delay: {} };
        window?.webContents.send(channel, { name: 'performance.sampled', payload: { workspace: id, sample } });
        await new Promise((done) => setTimeout(done, 5));
      }
    },
    { channel: WIRE.event, length: milliseconds, id: workspace },
  );
  return page.evaluate(() => (window as unknown as { redraws: () => number }).redraws());
}

test('a day is read by pointer, by keys and as a table; advice leads to what it is about', async ({
  start,
  folder,
}) => {
  const app = await start({ args: [fleet(folder)] });
  const { page } = app;
  await openView(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^agent:planner grows \d+ kB an hour$/);
  const advice = view(page).getByRole('list', { name: 'Advice' }).getByRole('listitem');
  await expect(advice.first()).toContainText('conversation_context');
  await expect(advice.first()).toContainText(/Growth per hour\s*\d+ kB/);
  await expect(page.getByRole('table', { name: 'Measured last' })).toContainText(/Memory of all processes\s*\d+ MB/);
  await picture(page, 'performance-advice-light-en');
  await advice.first().getByRole('button', { name: 'Show the value' }).click();
  await expect(tree(page)).toHaveAccessibleName(/agent:planner/);
  await expect(tree(page).getByRole('row', { selected: true })).toContainText('conversation_context');

  await page.keyboard.press('ControlOrMeta+Shift+p');
  await tab(page, 'Charts').click();
  await expect(chart(page, 'Memory').locator('.recharts-line-curve')).toHaveCount(3);
  const redraws = await redrawsWhileFlooded(app, 2000);
  expect(redraws).toBeGreaterThan(0);
  expect(redraws).toBeLessThanOrEqual(9);

  await span(page, 'Day').click();
  await expect.poll(async () => (await spoken(page, 'Loading a state')).figures).toMatch(/^agent .* ms; session/);
  await plot(page, 'Loading a state').hover({ position: { x: 200, y: 60 } });
  await expect(cursors(page)).toHaveCount(await page.getByRole('slider', { name: /, over time$/ }).count());
  await picture(page, 'performance-day-light-en');
  await page.mouse.move(5, 5);
  await expect(cursors(page)).toHaveCount(0);

  const wide = await spoken(page, 'Memory');
  await drag(page, plot(page, 'Memory'), 0.7, 0.8);
  await expect(back(page)).toBeVisible();
  await expect(span(page, 'Day')).not.toBeChecked();
  // Between a half and nine tenths of the day, whatever the clock says: not at its end.
  await expect.poll(async () => (await spoken(page, 'Memory')).time).not.toBe(wide.time);
  await back(page).click();
  await expect(span(page, 'Day')).toBeChecked();

  await plot(page, 'Memory').focus();
  await page.keyboard.press('Home');
  const first = await spoken(page, 'Memory');
  expect(first.figures).toMatch(/^Main process \d+ MB; Window \d+ MB; Source \(heap\) \d+ MB$/);
  await page.keyboard.press('ArrowRight');
  const second = await spoken(page, 'Memory');
  expect(second.time).not.toBe(first.time);
  await page.keyboard.press('PageUp');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await expect(back(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(back(page)).toBeHidden();

  await chart(page, 'Memory').getByRole('button', { name: 'Memory as a table' }).click();
  const table = page.getByRole('table', { name: 'Memory' });
  await expect(table.getByRole('columnheader')).toHaveText(['Time', 'Main process', 'Window', 'Source (heap)']);
  const rows = await table.getByRole('row').count();
  expect(rows).toBeGreaterThan(100);
  expect(rows).toBeLessThanOrEqual(481);
  // A picture of hundreds of rows shows no more than one of a few, and takes five seconds to be looked through.
  await span(page, '5 min').click();
  await expect.poll(() => table.getByRole('row').count()).toBeLessThan(60);
  await picture(page, 'performance-table-light-en');
  await span(page, 'Day').click();
  await chart(page, 'Memory').getByRole('button', { name: 'Memory as a chart' }).click();

  await view(page).getByRole('combobox', { name: 'Kind' }).selectOption('session');
  await expect(chart(page, 'Loading a state').getByRole('listitem')).toHaveText([/^p50/, /^p95/, /^p99/]);
  await view(page).getByRole('combobox', { name: 'State', exact: true }).fill('agent:planner');
  await expect(chart(page, 'Size of the state').locator('.recharts-line-curve')).toHaveCount(1);

  await tab(page, 'Agents').click();
  const agents = page.getByRole('table', { name: 'Agents' });
  await expect(agents.getByRole('row').nth(1)).toContainText(/planner\s*\d+\s*\d+/);
  await expect(chart(page, 'Success rate').locator('.recharts-line-curve')).toHaveCount(3);
  await picture(page, 'performance-agents-light-en');
  await agents.getByRole('checkbox', { name: 'Draw writer' }).uncheck();
  await expect(chart(page, 'Success rate').locator('.recharts-line-curve')).toHaveCount(2);

  await open(app, join(FIXTURES, 'session.db'));
  await expect(explorer(page)).toContainText('bob');
  await page.keyboard.press('ControlOrMeta+Shift+p');
  await expect(view(page)).toContainText('Agents whose state has metrics');
  await tab(page, /^Advice/).click();
  await expect(view(page)).toContainText(/Nothing needs to be done|within seconds/);
  await picture(page, 'performance-empty-light-en');
});

test('a day in the dark, in Chinese; what has become too much is forgotten once it was shown', async ({
  start,
  folder,
}) => {
  const [theme, locale] = LOOKS[1];
  const { page } = await start({ args: [fleetWithOldHistory(folder), '--theme', theme, '--locale', locale] });
  await openView(page);
  await expect(page.getByRole('table')).toHaveCount(2);
  await picture(page, `performance-advice-${theme}-${locale}`);
  await page.getByRole('tab').nth(1).click();
  await page.getByRole('radio').nth(2).click();
  await expect(page.getByRole('figure').first().locator('.recharts-line-curve')).toHaveCount(2);
  await page.getByRole('slider').first().focus();
  await picture(page, `performance-day-${theme}-${locale}`);
  await page.getByRole('tab').nth(2).click();
  await expect(page.getByRole('table').first()).toContainText('researcher');
  await picture(page, `performance-agents-${theme}-${locale}`);

  await page.getByRole('tab').nth(0).click();
  const prune = page.getByRole('button', { name: zhCN.performance.action['prune-journal'] });
  await prune.click();
  await expect(dialog(page)).toContainText(/1,500 条变更.*47 MB.*8\d MB/);
  await picture(page, `performance-prune-${theme}-${locale}`);
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await page.evaluate(() =>
    Promise.all([
      window.host.call('app.setTheme', { theme: 'light' }),
      window.host.call('app.setLocale', { locale: 'en' }),
    ]),
  );
  await view(page).getByRole('button', { name: en.performance.action['prune-journal'] }).click();
  await expect(dialog(page)).toContainText(/1,500 changes.*about 47 MB of 8\d MB/);
  await picture(page, 'performance-prune-light-en');
  await dialog(page).getByRole('button', { name: 'Forget 1,500 changes' }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(view(page).getByText(en.performance.advice['journal-large'])).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^agent:planner grows \d+ kB an hour$/);
});
