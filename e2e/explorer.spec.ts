/** The list of states: grouped, filtered, sorted, walked by keyboard. */
import { join } from 'node:path';
import { clipboardText, expect, explorer, FIXTURES, stateRow, test, tree } from './app.ts';

test('arrow keys walk groups and states, and Enter leads into the tree', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'jsonsession-1.0.21')] });
  await expect(stateRow(page, 'qa')).toBeVisible();
  const list = explorer(page);
  const selected = list.getByRole('row', { selected: true });
  await list.focus();
  await page.keyboard.press('Home');
  await expect(selected).toContainText('session');
  await page.keyboard.press('ArrowLeft');
  await expect(selected).toHaveAttribute('aria-expanded', 'false');
  await expect(stateRow(page, 'qa')).toHaveCount(0);
  await page.keyboard.press('ArrowRight');
  await expect(stateRow(page, 'qa')).toBeVisible();
  await page.keyboard.press('End');
  await expect(selected).toContainText('qa');
  await page.keyboard.press('Enter');
  await expect(tree(page)).toHaveAccessibleName(/qa/);
  await expect(tree(page)).toBeFocused();
});

test('the filter takes words of key, type and status; what is selected stays marked', async ({ start }) => {
  const { page } = await start();
  await expect(stateRow(page, 'bug-4127').first()).toBeVisible();
  await page.keyboard.press('ControlOrMeta+f');
  await page.keyboard.type('agent busy');
  await expect(explorer(page).getByRole('row')).toHaveCount(5);
  await stateRow(page, 'coder').click();
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('');
  await expect(explorer(page).getByRole('row', { selected: true })).toContainText('coder');
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('no such state at all');
  await expect(page.getByText('No state matches')).toBeVisible();
});

test('the largest first, and in a wide list type, status and last update', async ({ start }) => {
  const { page } = await start();
  await expect(stateRow(page, 'bug-4127').first()).toBeVisible();
  await page.getByRole('button', { name: 'Sort' }).click();
  await page.getByRole('menuitemradio', { name: 'Size' }).click();
  const rows = explorer(page).getByRole('row', { level: 2 });
  await expect(rows.nth(0)).toContainText('report-sales-q3');
  const divider = await page.getByRole('separator').first().boundingBox();
  if (!divider) throw new Error('there is no divider');
  await page.mouse.move(divider.x + divider.width / 2, 300);
  await page.mouse.down();
  await page.mouse.move(divider.x + 400, 300, { steps: 5 });
  await page.mouse.up();
  await expect(rows.nth(0).getByText('robotagent.state.SessionStateModule')).toBeVisible();
  await expect(rows.nth(0).getByText('active')).toBeVisible();
  await expect(rows.nth(0).getByText(/ago|2026/)).toBeVisible();
});

test('metadata tells where a state is stored, and can be copied', async ({ start }) => {
  const app = await start({ args: [join(FIXTURES, 'as-2.x.db')] });
  const metadata = app.page.getByRole('region', { name: 'Metadata' });
  await expect(metadata).toContainText('as-2.x.db');
  await expect(metadata).toContainText('alice');
  await metadata.getByRole('button', { name: 'Copy Key' }).click();
  await expect.poll(() => clipboardText(app)).toBe('session:385aa4bac4544062a4298eb59d2ef397');
});
