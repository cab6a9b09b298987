/** What the whole source tells, and the way from each number to the states behind it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { expect, explorer, FIXTURES, stateRow, test, tree } from './app.ts';

const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const filter = (page: Page) => page.getByRole('searchbox', { name: 'Filter states' });
const states = (page: Page) => explorer(page).getByRole('row', { level: 2 });

test('the heading is the answer, and every number leads to its states', async ({ start }) => {
  const { page } = await start();
  await expect(tree(page)).toBeVisible();
  await page.getByRole('button', { name: 'Overview' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    '12 agents: 4 busy, 1 in error; 8 sessions, 1 past its expiry',
  );
  const activity = section(page, 'Activity');
  await expect(activity.getByRole('row')).toHaveText(['Messages405', 'Tasks done43', 'Tasks failed3', /rate93\.5/]);

  await section(page, 'Agents by status').getByRole('button', { name: '4, Agents by status: busy' }).click();
  await expect(filter(page)).toHaveValue('kind:agent status:busy');
  await expect(states(page)).toHaveCount(4);
  await page.getByRole('button', { name: '8 sessions' }).click();
  await expect(states(page)).toHaveCount(8);

  // A single one is shown itself.
  await page.getByRole('button', { name: '1 past its expiry' }).click();
  await expect(tree(page)).toHaveAccessibleName(/invoice-audit-2026-11/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('invoice-audit-2026-11');
});

test('an expired session that calls itself active bears a warning', async ({ start }) => {
  const { page } = await start();
  await expect(tree(page)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+d');
  const expires = section(page, 'Expires next');
  await expect(expires.getByRole('img', { name: 'Past its expiry, and still called active' })).toBeVisible();
  await expires.getByRole('button', { name: /invoice-audit/ }).click();
  await expect(tree(page)).toHaveAccessibleName(/invoice-audit-2026-11/);
});

test('by keyboard alone: there by shortcut, along the numbers, back to a state', async ({ start }) => {
  const { page } = await start();
  await expect(tree(page)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+d');
  const largest = section(page, 'Largest states').getByRole('button').first();
  await expect(largest).toBeVisible();
  await page.getByRole('button', { name: '12 agents' }).focus();
  for (let steps = 0; steps < 60; steps += 1) {
    if (await largest.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('Tab');
  }
  await expect(largest).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(tree(page)).toHaveAccessibleName(/财务/);
  await page.keyboard.press('ControlOrMeta+d');
  await expect(page.getByRole('button', { name: 'Overview' })).toHaveAttribute('aria-current', 'page');
  await page.keyboard.press('ControlOrMeta+1');
  await expect(tree(page)).toBeVisible();
});

test('sections without anything say why', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'jsonsession-1.0.21')] });
  await expect(tree(page)).toBeVisible();
  await page.keyboard.press('ControlOrMeta+d');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('2 sessions, 8 messages');
  await expect(section(page, 'Agents by status')).toContainText('This source holds no agents.');
  await expect(section(page, 'Activity')).toContainText('No agent reports tasks.');
  await expect(section(page, 'Expires next')).toContainText('No session has an expiry.');
});

test('a long reading can be stopped and started again, and the tree answers meanwhile', async ({ start, folder }) => {
  test.slow();
  mkdirSync(join(folder, 'store', 'agents'), { recursive: true });
  const padding = Array.from({ length: 3000 }, (_, at) => ({ note: at }));
  for (let at = 0; at < 3000; at += 1) {
    const state = { __type__: 'x.Agent', __version__: '1', state_data: { status: 'idle', padding } };
    writeFileSync(join(folder, 'store', 'agents', `a${at}.json`), JSON.stringify(state));
  }
  const { page } = await start({ args: [join(folder, 'store')] });
  await expect(tree(page)).toBeVisible({ timeout: 60_000 });
  await page.keyboard.press('ControlOrMeta+d');
  await expect(page.getByRole('progressbar')).toBeVisible();
  await stateRow(page, 'a5').click();
  await expect(tree(page)).toHaveAccessibleName(/a5$/);
  await page.keyboard.press('ControlOrMeta+d');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The overview was stopped');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('3,000 agents', { timeout: 60_000 });
});

test('the explorer groups by the classes of states, and keeps doing so', async ({ start }) => {
  const first = await start();
  await expect(tree(first.page)).toBeVisible();
  await first.page.getByRole('button', { name: 'Sort and group' }).click();
  await first.page.getByRole('menuitemradio', { name: 'State class' }).click();
  const groups = explorer(first.page).getByRole('row', { level: 1 });
  await expect(groups.first()).toContainText('Core state');
  await filter(first.page).fill('kind:cache kind:user');
  await expect(groups).toHaveText([/^Extended state/, /^Runtime state/]);
  await expect(explorer(first.page)).toContainText('cache:search-pages');
  await first.page.waitForTimeout(500);
  await first.electron.close();
  const second = await start({ args: ['--locale', 'zh-CN'] });
  await expect(second.page.getByRole('treegrid').first()).toContainText('核心状态');
});
