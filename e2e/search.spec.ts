/** Search: in what all states say, in what they are named, along paths, and in what they were. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { expect, LOOKS, open, picture, stateRow, test, tree, treeRow } from './app.ts';
import { SMOOTH_MS, slowFrame } from './frames.ts';

type Texts = typeof en.search;

const field = (page: Page, texts: Texts = en.search): Locator => page.getByRole('textbox', { name: texts.field });
const results = (page: Page, texts: Texts = en.search): Locator => page.getByRole('treegrid', { name: texts.results });
const hits = (page: Page): Locator => results(page).locator('[role="row"][aria-level="2"]');
const summary = (page: Page): Locator => page.getByTestId('search-summary');
const mode = (page: Page, name: string): Locator => page.getByRole('radio', { name, exact: true });
const selected = (page: Page): Locator => tree(page).locator('[aria-selected="true"]');

test('a person finds a text, a pattern and a path, and is led to where they stand', async ({ start }) => {
  const { page } = await start({ args: ['assets/sample-workspace'] });
  await expect(stateRow(page, 'analyst')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+f');
  await expect(field(page)).toBeFocused();
  await expect(page.getByText(en.search.hints.regex)).toBeVisible();

  await field(page).fill('presale');
  await expect(summary(page)).toContainText(/^\d+ hits in \d+ states/);
  await expect(hits(page).first().locator('mark')).toHaveText(/presale/i);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const path = (await hits(page).first().getByRole('gridcell').first().getAttribute('title')) ?? '';
  await page.keyboard.press('Enter');
  await expect(selected(page)).toBeVisible();
  const name = /(?:\[(\d+)\]|\.(\w+))$/.exec(path);
  await expect(selected(page).getByRole('gridcell').first()).toHaveText(name?.[1] ?? name?.[2] ?? '');

  // The next one, from the tree; and back to the results as they were.
  const before = await selected(page).textContent();
  await page.keyboard.press('F4');
  await expect(selected(page)).not.toHaveText(before ?? '');
  await page.keyboard.press('ControlOrMeta+Shift+f');
  await expect(field(page)).toHaveValue('presale');
  await expect(hits(page).first()).toBeVisible();

  await mode(page, en.search.modes.regex).click();
  await field(page).fill('(revenue|returns)_\\w+');
  await expect(hits(page).first().locator('mark')).toHaveText(/^(revenue|returns)_\w+$/i);
  await field(page).fill('ret[urn');
  await expect(page.getByText(/Not understood at character 4: missing closing \]/)).toBeVisible();
  await expect(field(page)).toHaveAttribute('aria-invalid', 'true');
  await picture(page, 'search-fault');

  await mode(page, en.search.modes.jsonpath).click();
  await field(page).fill('$..tasks[?@.status == "done"].title');
  await expect(summary(page)).toContainText(/hit|Nothing/);
  await field(page).fill('$..agent_id');
  await expect(hits(page).first()).toContainText('$.state_data.agent_id');
  await field(page).fill('');
  await expect(results(page)).toBeHidden();
});

test('a person finds what a state was, and goes there', async ({ start, folder }) => {
  const states = join(folder, 'states');
  mkdirSync(states);
  const write = (task: string) => writeFileSync(join(states, 'friday.json'), JSON.stringify({ agent: { task } }));
  write('water the garden');
  const app = await start();
  const { page } = app;
  await open(app, states);
  await expect(page.getByRole('button', { name: 'Recording', exact: true })).toBeVisible();
  await expect(treeRow(page, 'task')).toContainText('water the garden');
  write('mend the fence');
  await expect(treeRow(page, 'task')).toContainText('mend the fence');

  await page.keyboard.press('ControlOrMeta+Shift+f');
  await field(page).fill('garden');
  await expect(summary(page)).toHaveText(/^Nothing found/);
  await mode(page, en.search.scopes.history).click();
  await expect(hits(page)).toHaveCount(1);
  await picture(page, 'search-history');
  await hits(page).first().click();
  await expect(treeRow(page, 'task')).toContainText('water the garden');
  await expect(page.getByRole('button', { name: 'Back to now' })).toBeVisible();

  // What is there now is opened as it is now, also from the past.
  await page.keyboard.press('ControlOrMeta+Shift+f');
  await mode(page, en.search.scopes.now).click();
  await field(page).fill('fence');
  await expect(hits(page).first().locator('mark')).toHaveText('fence');
  await hits(page).first().click();
  await expect(treeRow(page, 'task')).toContainText('mend the fence');
  await expect(page.getByRole('button', { name: 'Back to now' })).toBeHidden();
});

test('a big file is searched while the window keeps its pace, and Stop stops', async ({ start, folder }) => {
  const path = join(folder, 'big.json');
  writeBackup(path, 1000);
  const app = await start();
  const { page } = app;
  await open(app, path);
  await expect(page.getByLabel('Status').getByText('1,000 states')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+f');

  // In one state of a thousand: nothing else is parsed.
  await field(page).fill('NEEDLE in the 777th');
  await expect(hits(page)).toHaveCount(1);
  await expect(results(page).getByRole('row').first()).toContainText('session:777');
  await expect(summary(page)).toHaveAttribute('data-running', 'false');

  // In all of them, and in no way to be told from the bytes.
  await mode(page, en.search.modes.regex).click();
  await field(page).fill('[a-z]+ [0-9]{9}|m[0-9]7$');
  await expect(hits(page).first()).toBeVisible();
  const slow = await slowFrame(page, 'States');
  await expect(summary(page)).toHaveAttribute('data-running', 'true');
  await picture(page, 'search-running');
  await page.getByRole('button', { name: en.search.stop }).click();
  const stopped = Date.now();
  await expect(summary(page)).toContainText('Stopped after');
  expect(Date.now() - stopped).toBeLessThan(1000);
  expect(slow).toBeLessThanOrEqual(SMOOTH_MS);
  // The engine has stopped as well: it answers at once.
  await hits(page).first().click();
  await expect(selected(page)).toBeVisible();
});

/** So many states of a megabyte. */
function writeBackup(path: string, states: number): void {
  const message = (n: number) => JSON.stringify({ id: `m${n}`, content: `${n} ${'x y '.repeat(240)}` });
  const messages = Array.from({ length: 1000 }, (_, n) => message(n)).join(',');
  const file = openSync(path, 'w');
  writeSync(file, '{"metadata":{"backup_name":"big","version":"1.0"},"states":{');
  for (let n = 0; n < states; n += 1) {
    const note = n === 777 ? 'a needle in the 777th' : 'hay';
    writeSync(file, `${n > 0 ? ',' : ''}"session:${n}":{"messages":[${messages}],"note":"${note}"}`);
  }
  writeSync(file, '}}');
  closeSync(file);
}

for (const [theme, locale] of LOOKS) {
  test(`search looks as it should, ${theme} and ${locale}`, async ({ start }) => {
    const texts = (locale === 'en' ? en : zhCN).search as Texts;
    const { page } = await start({
      args: ['assets/sample-workspace', '--theme', theme, '--locale', locale],
    });
    await expect(page.getByRole('treegrid').first()).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Shift+f');
    await picture(page, `search-empty-${theme}-${locale}`);
    await field(page, texts).fill('presale');
    await expect(results(page, texts).getByRole('row').nth(3)).toBeVisible();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await picture(page, `search-${theme}-${locale}`);
  });
}
