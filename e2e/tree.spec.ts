/** Reading a state as a tree, by keyboard and mouse: ARIA treegrid, copying, and states of a million nodes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clipboardText, expandAll, expect, FIXTURES, seek, showState, test, tree, treeRow } from './app.ts';

const SESSION = join(FIXTURES, 'jsonsession-1.0.21', 'alice_trip-planner.json');

test('arrow keys walk the tree as in any treegrid', async ({ start }) => {
  const { page } = await start({ args: [SESSION] });
  await showState(page, 'alice_trip-planner');
  const grid = tree(page);
  const selected = grid.getByRole('row', { selected: true });
  await grid.focus();
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await page.keyboard.press('Home');
  await expect(selected).toHaveAttribute('aria-level', '1');
  await expect(selected).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(selected).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(selected).toContainText('friday');
  await expect(selected).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('ArrowRight');
  await expect(selected).toHaveAttribute('aria-expanded', 'true');
  await page.keyboard.press('ArrowRight');
  await expect(selected).toContainText('memory');
  await expect(selected).toHaveAttribute('aria-level', '3');
  await expect(selected).toHaveAttribute('aria-posinset', '1');
  await expect(selected).toHaveAttribute('aria-setsize', '5');
  await page.keyboard.press('ArrowLeft');
  await expect(selected).toContainText('friday');
  await page.keyboard.press('ArrowLeft');
  await expect(selected).toHaveAttribute('aria-expanded', 'false');
  await page.keyboard.press('Home');
  await page.keyboard.press('End');
  await expect(selected).toContainText('auditor');
});

test('a message’s row names role, name and id', async ({ start }) => {
  const { page } = await start({ args: [SESSION] });
  await showState(page, 'alice_trip-planner');
  await expandAll(page);
  await expect(tree(page).getByRole('row').filter({ hasText: 'Friday · HRQBiffU' }).first()).toContainText('assistant');
});

test('expand to a depth, and collapse again', async ({ start }) => {
  const { page } = await start({ args: [SESSION] });
  await showState(page, 'alice_trip-planner');
  await page
    .getByRole('button', { name: /Expand/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Depth 2' }).click();
  await expect(treeRow(page, 'toolkit')).toBeVisible();
  await expect(treeRow(page, 'active_groups')).toHaveCount(0);
  await tree(page).focus();
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await expect(treeRow(page, 'toolkit')).toHaveCount(0);
});

test('value and path are copied, by keyboard and by the row’s menu', async ({ start }) => {
  const app = await start({ args: [join(FIXTURES, 'edge', 'nan-bigint.json')] });
  const { page } = app;
  await showState(page, 'nan-bigint');
  await expandAll(page);
  await treeRow(page, 'big').click();
  await tree(page).focus();
  await page.keyboard.press('ControlOrMeta+c');
  await expect.poll(() => clipboardText(app)).toBe('12345678901234567890');
  await page.keyboard.press('ControlOrMeta+Shift+c');
  await expect.poll(() => clipboardText(app)).toBe("$['mem']['content'][0][0]['metadata']['big']");
  for (const [item, text] of [
    ['Dot', 'mem.content[0][0].metadata.big'],
    ['Bracket', '["mem"]["content"][0][0]["metadata"]["big"]'],
    ['JSON Pointer', '/mem/content/0/0/metadata/big'],
    ['JSONPath', "$['mem']['content'][0][0]['metadata']['big']"],
  ] as const) {
    await treeRow(page, 'big').click({ button: 'right' });
    await page.getByRole('menuitem', { name: new RegExp(`^${item}`) }).click();
    await expect.poll(() => clipboardText(app)).toBe(text);
  }
  await expect(page.getByRole('status').filter({ hasText: /Copied/ })).toBeVisible();
});

test('the path above the tree leads back up', async ({ start }) => {
  const { page } = await start({ args: [SESSION] });
  await showState(page, 'alice_trip-planner');
  await expandAll(page);
  await (await seek(page, 'active_groups')).click();
  await page.getByRole('navigation', { name: 'Path' }).getByText('toolkit').click();
  await expect(tree(page).getByRole('row', { selected: true })).toContainText('toolkit');
});

test('a long text is shown piece by piece, as it is asked for', async ({ start, folder }) => {
  const path = join(folder, 'long.json');
  writeFileSync(path, JSON.stringify({ text: `start ${'0123456789 '.repeat(200_000)}end` }));
  const { page } = await start({ args: [path] });
  await showState(page, 'long');
  await treeRow(page, 'text').click();
  const value = page.getByRole('region', { name: 'Content' });
  await expect(value).toContainText('start 0123456789');
  await expect(value).not.toContainText('9 end');
  const shown = async () => (await value.textContent())?.length ?? 0;
  const before = await shown();
  expect(before).toBeLessThan(600_000);
  await page.getByRole('button', { name: /Show more/ }).click();
  await expect.poll(shown).toBeGreaterThan(before);
});

test('a tree of a million nodes is laid out, walked and scrolled', async ({ start, folder }) => {
  const path = join(folder, 'million.json');
  writeFileSync(path, JSON.stringify(Array.from({ length: 250_000 }, (_, i) => ({ id: i, on: true, tag: `t${i}` }))));
  const { page } = await start({ args: [path] });
  await showState(page, 'million');
  const selected = tree(page).getByRole('row', { selected: true });
  // What is done while the rows are on their way means what was seen, wherever that will stand.
  await tree(page).focus();
  await page.keyboard.press('ControlOrMeta+e');
  await treeRow(page, '7').first().dispatchEvent('click');
  await expect(tree(page)).toHaveAttribute('aria-rowcount', '1000001');
  await expect(selected).toHaveAttribute('aria-rowindex', '30');
  await page.keyboard.press('ControlOrMeta+Shift+e');
  await page.keyboard.press('ControlOrMeta+e');
  await page.keyboard.press('End');
  await expect(tree(page)).toHaveAttribute('aria-rowcount', '1000001');
  await expect(selected).toContainText('"t249999"');
  await tree(page).evaluate((element) => {
    element.scrollTop = element.scrollHeight / 2;
  });
  await expect(
    tree(page)
      .getByText(/"t12\d{4}"/)
      .first(),
  ).toBeVisible();
});
