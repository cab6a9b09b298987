/** An agent breaks; the change is found in its history, previewed, put back, and that is taken back, also after a restart. */
import { cpSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { allowWriting, dialog, expect, LOOKS, picture, ROOT, runCommand, test } from './app.ts';

/** A copy of the sample workspace's store. */
function store(folder: string): string {
  const path = join(folder, 'store');
  cpSync(join(ROOT, 'assets', 'sample-workspace', 'store'), path, { recursive: true });
  return path;
}

const fileOf = (path: string, agent = 'planner'): string => join(path, 'agents', `${agent}.json`);
const textOf = (file: string): string => readFileSync(file, 'utf8');

function save(file: string, text: string): string {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return text;
}

/** As a program saves that has gone wrong: its status, its task, and a message that nobody wrote. */
function breakAgent(file: string): string {
  const state = JSON.parse(textOf(file)) as { state_data: Record<string, unknown[]> };
  Object.assign(state.state_data, { current_task_id: 'task-of-nobody', hallucinated: true });
  state.state_data['conversation_context']?.splice(2, 1);
  return save(file, JSON.stringify(state, null, 2));
}

const changes = (page: Page): Locator => page.getByRole('treegrid', { name: 'Changes' });
const box = (page: Page, name: string): Locator => dialog(page).getByRole('checkbox', { name });
const notice = (page: Page): Locator => page.getByRole('status').filter({ hasText: /put back/ });

async function openPutBack(page: Page): Promise<void> {
  await changes(page)
    .getByRole('row', { name: /hallucinated/ })
    .click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Put back to before this change…' }).click();
  await expect(dialog(page)).toContainText('Put back: after change');
}

test('a broken agent is put back from its history, taken back, and taken back again after a restart', async ({
  start,
  folder,
}) => {
  const path = store(folder);
  const file = fileOf(path);
  const before = textOf(file);
  const app = await start({ args: [path] });
  const { page } = app;
  await expect(page.getByRole('button', { name: 'Recording', exact: true })).toBeVisible();
  const broken = breakAgent(file);
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await openPutBack(page);

  // What would change, and nothing has.
  const apply = dialog(page).getByRole('button', { name: 'Put back 1 state' });
  await expect(dialog(page).getByRole('list', { name: 'States of the moment' })).toContainText('agent:planner');
  await expect(box(page, 'Put back state_data.hallucinated: goes')).toBeChecked();
  await expect(box(page, 'Put back state_data.current_task_id: changes')).toBeChecked();
  await expect(apply).toBeDisabled();
  expect(textOf(file)).toBe(broken);

  // One value only: every other byte stays as the program wrote it.
  await dialog(page).getByRole('button', { name: 'Allow writing' }).click();
  await expect(apply).toBeEnabled();
  for (const name of ['state_data.hallucinated: goes', 'state_data.conversation_context[2]: comes back'])
    await box(page, `Put back ${name}`).uncheck();
  await expect(apply).toBeEnabled();
  await apply.click();
  await expect(notice(page)).toContainText('1 state was put back');
  expect(JSON.parse(textOf(file))).toMatchObject({ state_data: { current_task_id: null, hallucinated: true } });
  await notice(page).getByRole('button', { name: 'Undo' }).click();
  await expect(notice(page)).toContainText('as it was before');
  expect(textOf(file)).toBe(broken);

  // All of it: byte for byte what it was. Both restores are in the history.
  await expect(changes(page).getByRole('row', { name: /current_task_id/ })).toHaveCount(3);
  await openPutBack(page);
  await apply.click();
  await expect(notice(page)).toContainText('1 state was put back');
  expect(textOf(file)).toBe(before);
  await expect(changes(page).getByRole('row').first()).toContainText('statescope');
  await app.electron.close();

  const again = await start({ args: [path] });
  await expect(again.page.getByRole('treegrid', { name: 'States' })).toContainText('planner');
  await allowWriting(again.page);
  await runCommand(again.page, 'undo the last restore');
  await expect(notice(again.page)).toContainText('as it was before');
  expect(textOf(file)).toBe(broken);
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of putting back, ${theme}, ${locale}`, async ({ start, folder }) => {
    const path = store(folder);
    const { page } = await start({ args: [path, '--theme', theme, '--locale', locale] });
    const { history, restore } = { en, 'zh-CN': zhCN }[locale];
    await expect(page.getByRole('button', { name: history.recording, exact: true })).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Shift+h');
    const rows = page.getByRole('treegrid', { name: history.label }).getByRole('row');
    // A moment with which something is wrong, and one in which an agent was broken.
    const coder = textOf(fileOf(path, 'coder'));
    save(fileOf(path, 'coder'), coder.replace(/"__data__": ?"(idle|busy)"/, '"__data__": "sleepy"'));
    await rows.filter({ hasText: 'sleepy' }).first().waitFor();
    save(fileOf(path, 'coder'), coder);
    await expect(rows.filter({ hasText: 'sleepy' })).toHaveCount(2);
    breakAgent(fileOf(path));
    await rows.filter({ hasText: 'hallucinated' }).first().waitFor();
    await rows.filter({ hasText: 'sleepy' }).last().click({ button: 'right' });
    await page.getByRole('menuitem', { name: history.goTo }).click();
    await page.getByRole('button', { name: restore.thisMoment }).click();
    await expect(dialog(page).getByRole('list', { name: restore.states })).toContainText('planner');
    await expect(dialog(page).getByRole('checkbox', { name: restore.anyway })).toBeVisible();
    await picture(page, `restore-checks-${theme}-${locale}`);
    await page.keyboard.press('Escape');
    await rows.filter({ hasText: 'hallucinated' }).first().click({ button: 'right' });
    await page.getByRole('menuitem', { name: restore.before }).click();
    await expect(dialog(page).getByRole('checkbox', { name: /hallucinated/ })).toBeVisible();
    await picture(page, `restore-preview-${theme}-${locale}`);
    await dialog(page).getByRole('button', { name: restore.allow }).click();
    await dialog(page).getByRole('button', { name: /1/ }).last().click();
    await expect(dialog(page)).toBeHidden();
    await picture(page, `restore-done-${theme}-${locale}`);
  });
}
