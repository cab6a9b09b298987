/** Snapshots: taken by a person and before each write, looked at, named, carried elsewhere, and cleaned up by a rule. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import {
  type App,
  allowWriting,
  dialog,
  expandAll,
  expect,
  LOOKS,
  picture,
  runCommand,
  showState,
  test,
  treeRow,
} from './app.ts';

const session = (name: string, score: number) =>
  `${JSON.stringify({ agent: { memory: { content: [] }, score, name } })}\n`;

function agents(folder: string): string {
  const states = join(folder, 'states');
  mkdirSync(states);
  for (const name of ['friday', 'sunday']) writeFileSync(join(states, `${name}.json`), session(name, 553));
  return states;
}

const list = (page: Page): Locator => page.getByRole('treegrid', { name: en.snapshots.label });
const rows = (page: Page): Locator => list(page).getByRole('row');
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** The system's dialogs answer as if a person had chosen this file. */
async function choose(app: App, path: string): Promise<void> {
  await app.electron.evaluate(({ dialog: system }, chosen) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
    system.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
  }, path);
}

async function take(page: Page, texts: { name?: string; tags?: string; state?: string }): Promise<void> {
  await runCommand(page, en.commands['take-snapshot']);
  await dialog(page)
    .getByLabel(en.snapshots.name, { exact: true })
    .fill(texts.name ?? '');
  await dialog(page)
    .getByLabel(en.snapshots.tagsLabel)
    .fill(texts.tags ?? '');
  if (texts.state !== undefined) await dialog(page).getByLabel(en.snapshots.scope).selectOption({ label: texts.state });
  await dialog(page).getByRole('button', { name: en.snapshots.takeNow }).click();
  await expect(dialog(page)).toBeHidden();
}

async function setScore(page: Page, text: string): Promise<void> {
  await treeRow(page, 'score').first().click();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: /^New value of / }).fill(text);
  await page.keyboard.press('Enter');
  await expect(treeRow(page, 'score').first()).toContainText(text);
}

async function choice(page: Page, row: Locator, name: string): Promise<void> {
  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name }).click();
}

test('keep what was there: by hand and before each write; looked at, named, carried and cleaned up', async ({
  start,
  folder,
}) => {
  const app = await start({ args: [agents(folder)] });
  const { page } = app;
  await expect(button(page, en.snapshots.title)).toBeVisible();
  await runCommand(page, en.commands['show-snapshots']);
  await expect(page.getByText(en.snapshots.nothing)).toBeVisible();

  await take(page, { name: 'Good', tags: 'release 2, tested' });
  await showState(page, 'friday');
  await take(page, { name: 'Friday alone', state: 'session:friday' });
  await expandAll(page);
  await allowWriting(page);
  await setScore(page, '554');
  await button(page, en.snapshots.title).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(0)).toContainText(`session:friday${en.snapshots.reasons['before-edit']}`);
  await expect(rows(page).nth(1)).toContainText('Friday alone');
  await expect(rows(page).nth(2)).toContainText(/Good.*release 2.*tested.*By hand.*2/);

  // A snapshot shows in every view what was there, and nothing can be written into it.
  await rows(page).nth(2).dblclick();
  await expect(page.getByText(/^Snapshot “Good” of /)).toBeVisible();
  await showState(page, 'friday');
  await expect(treeRow(page, 'score').first()).toContainText('553');
  await button(page, en.history.backToNow).click();
  await expect(treeRow(page, 'score').first()).toContainText('554');

  // It stands on the timeline.
  await page.keyboard.press('ControlOrMeta+t');
  await expect(page.getByRole('button', { name: /Good/ })).toBeVisible();
  // So does one that is taken while nothing changes any more.
  await take(page, { name: 'Quiet' });
  await expect(page.getByRole('button', { name: /Quiet/ })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+t');

  await button(page, en.snapshots.title).click();
  await expect(rows(page)).toHaveCount(4);
  await rows(page).first().click();
  await page.keyboard.press('Delete');
  await expect(rows(page)).toHaveCount(3);
  await page.getByLabel(en.snapshots.search).fill('TESTED');
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  await page.keyboard.press('F2');
  await dialog(page).getByLabel(en.snapshots.name, { exact: true }).fill('Very good');
  await dialog(page).getByRole('button', { name: en.snapshots.save }).click();
  await expect(rows(page).first()).toContainText('Very good');
  await choice(page, rows(page).first(), en.snapshots.pin);
  await expect(rows(page).first().getByLabel(en.snapshots.pinned)).toBeVisible();
  await page.getByLabel(en.snapshots.search).fill('');

  // It is compared with what is there now, and can be put back.
  await choice(page, rows(page).nth(2), en.snapshots.compareNow);
  await expect(page.getByRole('heading', { name: en.diff.allStates })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('session:friday');
  await button(page, en.snapshots.title).click();
  await choice(page, rows(page).nth(2), en.snapshots.restore);
  await expect(dialog(page)).toContainText('session:friday');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();

  // Carried to a file, removed, and back.
  const file = join(folder, 'carried.json.gz');
  await choose(app, file);
  await choice(page, rows(page).nth(1), en.snapshots.export);
  await expect.poll(() => existsSync(file)).toBe(true);
  await rows(page).nth(1).click();
  await page.keyboard.press('Delete');
  await expect(rows(page)).toHaveCount(2);
  await button(page, en.snapshots.import).click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(1)).toContainText(/Friday alone.*Imported/);

  // What a rule would take is said before it does.
  await button(page, en.snapshots.prune).click();
  await dialog(page).getByLabel(en.snapshots.keepLabel).fill('0');
  await dialog(page).getByLabel(en.snapshots.alsoManual).check();
  await expect(dialog(page).getByRole('status')).toContainText('2 snapshots would be removed');
  await dialog(page).getByRole('button', { name: 'Remove 2 snapshots' }).click();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText('Very good');
});

test('pictures in both themes and both languages', async ({ start, folder }) => {
  const { page } = await start({ args: [agents(folder)] });
  await expect(button(page, en.snapshots.title)).toBeVisible();
  await runCommand(page, en.commands['show-snapshots']);
  await take(page, { name: 'Before the upgrade to AgentScope 0.2', tags: 'release 2, tested' });
  await take(page, { name: '' });
  await showState(page, 'friday');
  await expandAll(page);
  await allowWriting(page);
  await setScore(page, '554');
  await take(page, {
    name: 'Friday, after her score was corrected by hand and looked at twice',
    state: 'session:friday',
  });
  await button(page, en.snapshots.title).click();
  await expect(rows(page)).toHaveCount(4);
  await choice(page, rows(page).nth(3), en.snapshots.pin);
  for (const [theme, locale] of LOOKS) {
    await page.evaluate(
      ([nextTheme, nextLocale]) =>
        Promise.all([
          window.host.call('app.setTheme', { theme: nextTheme }),
          window.host.call('app.setLocale', { locale: nextLocale }),
        ]),
      [theme, locale] as const,
    );
    const { snapshots, common, history } = { en, 'zh-CN': zhCN }[locale];
    const shot = (name: string) => picture(page, `snapshots-${name}-${theme}-${locale}`);
    const items = page.getByRole('treegrid', { name: snapshots.label }).getByRole('row');
    await expect(items).toHaveCount(4);
    await items.nth(3).click();
    await shot('list');
    await button(page, snapshots.prune).click();
    await dialog(page).getByLabel(snapshots.keepLabel).fill('0');
    await expect(dialog(page).getByRole('button', { name: /1/ })).toBeEnabled();
    await shot('prune');
    await dialog(page).getByRole('button', { name: common.cancel }).click();
    // The rest looks the same in one of each.
    if ((theme === 'light') !== (locale === 'en')) continue;
    await items.nth(1).click({ button: 'right' });
    await shot('menu');
    await page.keyboard.press('Escape');
    await button(page, snapshots.take).click();
    await shot('take');
    await dialog(page).getByRole('button', { name: common.cancel }).click();
    await items.nth(3).dblclick();
    await expect(page.getByText(history.pastNote)).toBeVisible();
    await shot('past');
    await button(page, history.backToNow).click();
  }
});
