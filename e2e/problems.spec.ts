/** What could not be read is listed with place and reason; links out of a folder are followed only after asking. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, FIXTURES, stateRow, test, tree } from './app.ts';

test('the problems of a folder, and the way from a problem to its state', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'edge')] });
  await page.getByRole('button', { name: /3 problems/ }).click();
  const table = page.getByRole('table');
  await expect(table.getByRole('row').filter({ hasText: 'corrupt-trailing-garbage.json' })).toContainText('1,279');
  await expect(table.getByRole('row').filter({ hasText: 'surrogate.json' })).toContainText('138');
  const truncated = table.getByRole('row').filter({ hasText: 'truncated.json' });
  await expect(truncated).toContainText('1,418');
  await truncated.click();
  await expect(tree(page)).toHaveAccessibleName(/truncated/);
});

test('a link out of the folder is followed only after asking', async ({ start, folder }) => {
  const inside = join(folder, 'sessions');
  mkdirSync(inside);
  writeFileSync(join(inside, 'mine.json'), '{"friday": {"memory": {"content": []}}}');
  writeFileSync(join(folder, 'theirs.json'), '{"auditor": {"memory": {"content": []}}}');
  symlinkSync(join(folder, 'theirs.json'), join(inside, 'theirs.json'));
  const { page } = await start({ args: [inside] });
  await expect(stateRow(page, 'mine')).toBeVisible();
  await expect(stateRow(page, 'theirs')).toHaveCount(0);
  await page.getByRole('button', { name: /1 problem/ }).click();
  await page.getByRole('button', { name: /Follow 1 link/ }).click();
  await page.getByRole('button', { name: 'Follow and reopen' }).click();
  await expect(stateRow(page, 'theirs')).toBeVisible();
});
