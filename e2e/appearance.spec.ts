/**
 * Every view in light and dark, English and Chinese: a picture of each is left in test-results/screens to be looked at
 * (docs/ holds copies of some), and each is checked for accessibility.
 */
import { join } from 'node:path';
import { expect, FIXTURES, picture, runCommand, stateRow, test } from './app.ts';

const TEXTS = {
  en: { filter: 'Filter states', conversation: /Conversation/, problems: /problem/, readOnly: 'Read-only' },
  'zh-CN': { filter: '筛选状态', conversation: /对话/, problems: /个问题/, readOnly: '只读' },
} as const;

for (const theme of ['light', 'dark'] as const) {
  for (const locale of ['en', 'zh-CN'] as const) {
    test(`all views, ${theme}, ${locale}`, async ({ start }) => {
      const texts = TEXTS[locale];
      const { page } = await start({ args: ['--theme', theme, '--locale', locale] });
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
      await expect(page.locator('html')).toHaveAttribute('lang', locale);
      await expect(page.getByText(texts.readOnly)).toBeVisible();
      await page.getByRole('searchbox', { name: texts.filter }).fill('trip');
      await page.getByRole('treegrid').first().getByText('trip-shanghai').first().click();
      await expect(page.getByRole('heading', { level: 1 })).toContainText('trip-shanghai');
      await page.getByRole('searchbox', { name: texts.filter }).fill('');
      const tree = page.getByRole('treegrid').nth(1);
      await tree.getByRole('row').filter({ hasText: 'messages' }).click();
      await tree.focus();
      await page.keyboard.press('ArrowRight');
      await tree.getByRole('row').filter({ hasText: 'assistant' }).nth(2).click();
      await page.keyboard.press('ArrowRight');
      await picture(page, `tree-${theme}-${locale}`);
      await page.getByRole('tab', { name: texts.conversation }).click();
      await expect(page.getByRole('article').first()).toBeVisible();
      await picture(page, `conversation-${theme}-${locale}`);
      await page.keyboard.press('ControlOrMeta+d');
      await expect(page.getByTestId('overview')).toBeVisible();
      await picture(page, `overview-${theme}-${locale}`);
      await page.keyboard.press('ControlOrMeta+2');
      await page.getByRole('button', { name: texts.problems }).click();
      await expect(page.getByRole('table').last()).toContainText('incident-2291');
      await picture(page, `problems-${theme}-${locale}`);
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await picture(page, `palette-${theme}-${locale}`);
      await page.keyboard.press('Escape');
      await page.keyboard.press('ControlOrMeta+w');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await picture(page, `empty-${theme}-${locale}`);
    });
  }
}

test('theme and language change at once, and are there at the next start', async ({ start }) => {
  const first = await start({ args: [join(FIXTURES, 'session.db')] });
  await expect(stateRow(first.page, 'bob')).toBeVisible();
  await runCommand(first.page, 'dark');
  await expect(first.page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await first.electron.close();
  const second = await start();
  await expect(second.page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the panels keep the sizes they were given', async ({ start }) => {
  const first = await start({ args: [join(FIXTURES, 'session.db')] });
  const explorer = first.page.getByRole('region', { name: 'Explorer' });
  const before = (await explorer.boundingBox())?.width ?? 0;
  const divider = await first.page.getByRole('separator').first().boundingBox();
  if (!divider) throw new Error('there is no divider');
  await first.page.mouse.move(divider.x + divider.width / 2, divider.y + 200);
  await first.page.mouse.down();
  await first.page.mouse.move(divider.x + 120, divider.y + 200, { steps: 5 });
  await first.page.mouse.up();
  const widened = (await explorer.boundingBox())?.width ?? 0;
  expect(widened).toBeGreaterThan(before + 80);
  await first.page.waitForTimeout(500);
  await first.electron.close();
  const second = await start();
  await expect
    .poll(async () =>
      Math.round((await second.page.getByRole('region', { name: 'Explorer' }).boundingBox())?.width ?? 0),
    )
    .toBe(Math.round(widened));
});
