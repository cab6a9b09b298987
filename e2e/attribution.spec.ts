/** Where the bytes and tokens went: measured, looked into, compared with a snapshot; what is stored twice; the way to all of it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { dialog, expect, explorer, LOOKS, picture, ROOT, runCommand, test, tree } from './app.ts';

const { attribution } = en;

/** A copy of the sample workspace's store. */
function store(folder: string): string {
  const path = join(folder, 'store');
  cpSync(join(ROOT, 'assets', 'sample-workspace', 'store'), path, { recursive: true });
  return path;
}

const LOG = 'ERROR 2291 payment gateway timed out after 30 s, retrying with the next one. '.repeat(4000);

/** An agent that reads the same long log three times, as agents do. */
function readLogs(file: string): void {
  const state = JSON.parse(readFileSync(file, 'utf8')) as { state_data: { conversation_context: unknown[] } };
  for (const id of ['log1', 'log2', 'log3']) {
    const output = [{ type: 'text', text: LOG }];
    const content = [{ type: 'tool_result', id: `call_${id}`, name: 'read_log', output }];
    state.state_data.conversation_context.push({
      id,
      name: 'system',
      role: 'system',
      content,
      timestamp: '2026-11-22',
    });
  }
  writeFileSync(file, JSON.stringify(state));
}

const rows = (page: Page): Locator => page.getByTestId('attribution-rows').getByRole('row');
const area = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: attribution.map }).getByRole('button', { name });
const way = (page: Page): Locator => page.getByRole('navigation', { name: attribution.way }).getByRole('button');
const view = (page: Page, name: string): Locator => page.getByRole('radio', { name, exact: true });

test('where the bytes and tokens are, what has grown since a snapshot, and what is stored more than once', async ({
  start,
  folder,
}) => {
  const path = store(folder);
  const { page } = await start({ args: [path] });
  await expect(explorer(page)).toContainText('planner');
  await page.evaluate(() => window.host.call('app.setTheme', { theme: 'light' }));
  await runCommand(page, en.commands['take-snapshot']);
  await dialog(page).getByLabel(en.snapshots.name, { exact: true }).fill('Before the incident');
  await dialog(page).getByRole('button', { name: en.snapshots.takeNow }).click();
  await expect(dialog(page)).toBeHidden();

  // Nothing stands out yet: the headline names the attribute that holds the most.
  await runCommand(page, en.commands['show-performance']);
  await page.getByRole('tab', { name: attribution.title }).click();
  await expect(page.getByRole('heading', { name: /of 334 kB is in state_data$/ })).toBeVisible();
  await expect(page.getByText(/^about 67,\d{3} tokens \(estimated\)$/)).toBeVisible();

  // Another process writes; measured again, the tool is what it is about.
  readLogs(join(path, 'agents', 'coder.json'));
  await expect(page.getByText(attribution.outdated)).toBeVisible();
  const since = page.getByRole('combobox', { name: attribution.since });
  const snapshot = since.getByRole('option', { name: /^Before the incident/ });
  await since.selectOption((await snapshot.getAttribute('value')) ?? '');
  await expect(page.getByRole('heading', { name: /^\d+% of 1\.3 MB is in 3 tool results$/ })).toBeVisible();
  await expect(rows(page).first()).toContainText('agent:coder');
  await expect(rows(page).first()).toContainText(/\+92\d kB/);
  await expect(rows(page).nth(1)).toContainText('±0 B');

  // Down by mouse and by keyboard, up again, and to the state itself.
  await area(page, 'agent:coder').click();
  await expect(way(page).last()).toHaveText('agent:coder');
  await area(page, 'state_data').focus();
  await page.keyboard.press('Enter');
  await area(page, 'conversation_context').focus();
  await page.keyboard.press('Enter');
  await expect(way(page)).toHaveText([attribution.whole, 'agent:coder', 'state_data', 'conversation_context']);
  await page.keyboard.press('Backspace');
  await expect(way(page).last()).toHaveText('state_data');
  await view(page, attribution.views.tool).click();
  await expect(rows(page).first()).toContainText('read_log');
  await rows(page).first().dblclick();
  await expect(way(page).last()).toHaveText('read_log');
  await rows(page).first().dblclick();
  await expect(way(page).last()).toHaveText('3 results');
  await rows(page).first().dblclick();
  await expect(tree(page)).toHaveAccessibleName(/coder$/);
  const selected = tree(page).locator('[aria-selected="true"]');
  await expect(selected.getByRole('gridcell').first()).toHaveText('0');
  await expect(page.getByText('call_log')).toBeVisible();
  await runCommand(page, en.commands['show-performance']);

  // Attributes begin where there is something to choose between, and lead up again.
  await view(page, attribution.views.attribute).click();
  await expect(way(page)).toHaveText([attribution.whole, 'state_data']);
  await expect(rows(page).first()).toContainText('conversation_context');
  await way(page).first().click();
  await expect(rows(page).first()).toContainText('state_data');
  await expect(way(page)).toHaveText([attribution.whole]);
  await rows(page).first().dblclick();
  await expect(way(page)).toHaveText([attribution.whole, 'state_data']);

  // A message opens in its conversation.
  await view(page, attribution.views.message).click();
  await rows(page).first().dblclick();
  await expect(way(page).last()).toHaveText('agent:coder · conversation_context');
  await rows(page).first().dblclick();
  await expect(page.getByRole('tab', { name: /^Conversation/ })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByText('ERROR 2291 payment gateway').first()).toBeVisible();
  await runCommand(page, en.commands['show-performance']);

  // The same log is there three times.
  await view(page, attribution.views.duplicates).click();
  const copies = page.getByTestId('duplicate-rows').getByRole('row');
  await expect(copies.first()).toContainText(attribution.duplicates.kinds['tool-result']);
  await expect(copies.first()).toContainText('3 times');
  await copies.first().getByRole('button', { name: attribution.duplicates.places }).click();
  const places = page.getByTestId('duplicate-places').getByRole('row');
  await expect(places).toHaveCount(3);
  await expect(places.nth(1)).toContainText('conversation_context');

  await places.nth(1).click();
  await expect(tree(page)).toHaveAccessibleName(/coder$/);
  await expect(selected.getByRole('gridcell').first()).toHaveText('output');
  await runCommand(page, en.commands['show-performance']);

  // Looking at each row for accessibility takes its time, and those of the explorer are not what this is about.
  await page.getByPlaceholder(en.explorer.filterPlaceholder).fill('coder');
  for (const [theme, locale] of LOOKS) {
    const texts = { en, 'zh-CN': zhCN }[locale];
    await page.evaluate(
      ([nextTheme, nextLocale]) =>
        Promise.all([
          window.host.call('app.setTheme', { theme: nextTheme }),
          window.host.call('app.setLocale', { locale: nextLocale }),
        ]),
      [theme, locale] as const,
    );
    for (const each of ['state', 'attribute', 'message', 'tool'] as const) {
      await view(page, texts.attribution.views[each]).click();
      const first = page.getByRole('navigation', { name: texts.attribution.way }).getByRole('button').first();
      if (each !== 'attribute' && (await first.isEnabled())) await first.click();
      await picture(page, `attribution-${each}-${theme}-${locale}`);
    }
    await view(page, texts.attribution.views.duplicates).click();
    await copies.first().getByRole('button', { name: texts.attribution.duplicates.places }).click();
    await picture(page, `attribution-duplicates-${theme}-${locale}`);
  }
});
