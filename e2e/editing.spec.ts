/** Changing states: only once it is allowed, checked at the field, with a way back, and never over what others wrote. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import {
  allowWriting,
  dialog,
  expandAll,
  expect,
  explorer,
  FIXTURES,
  LOOKS,
  picture,
  ROOT,
  runCommand,
  seek,
  showState,
  stateRow,
  test,
  tree,
  treeRow,
} from './app.ts';

/** A copy of a session file of AgentScope, as Python wrote it. */
function sessionFile(folder: string): string {
  const path = join(folder, 'nan-bigint.json');
  cpSync(join(FIXTURES, 'edge', 'nan-bigint.json'), path);
  return path;
}

/** A copy of the sample's folder of states. */
function store(folder: string): string {
  const path = join(folder, 'store');
  cpSync(join(ROOT, 'assets', 'sample-workspace', 'store'), path, { recursive: true });
  return path;
}

const text = (path: string): string => readFileSync(path, 'utf8');

const field = (page: Page): Locator => page.getByRole('textbox', { name: /^New value of / });
const notice = (page: Page): Locator => page.getByRole('status').filter({ hasText: /./ });

/** Shows the session file, all of it, and allows writing. */
async function prepare(page: Page): Promise<void> {
  await showState(page, 'nan-bigint');
  await expandAll(page);
  await allowWriting(page);
}

/** Selects a row by its name and opens its field. */
async function edit(page: Page, name: string): Promise<Locator> {
  await (await seek(page, name)).click();
  await tree(page).focus();
  await page.keyboard.press('F2');
  await expect(field(page)).toBeFocused();
  return field(page);
}

test('nothing can be written before it is allowed, and no more afterwards', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await showState(page, 'nan-bigint');
  await expandAll(page);
  await (await seek(page, 'big')).click();
  await tree(page).focus();
  await page.keyboard.press('F2');
  await expect(notice(page)).toContainText('read-only');
  await page.keyboard.press('Delete');
  await treeRow(page, 'big').dblclick();
  await expect(field(page)).toHaveCount(0);
  await treeRow(page, 'big').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Edit value' })).toBeDisabled();
  await expect(page.getByRole('menuitem', { name: 'Delete' })).toBeDisabled();
  await page.keyboard.press('Escape');
  await notice(page).getByRole('button', { name: 'Allow writing…' }).click();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Read-only' })).toBeVisible();
  await allowWriting(page);
  await page.getByRole('button', { name: 'Writing allowed' }).click();
  await expect(page.getByRole('button', { name: 'Read-only' })).toBeVisible();
  await tree(page).focus();
  await page.keyboard.press('F2');
  await expect(field(page)).toHaveCount(0);
  // Past the window's own rules, as a faulty renderer would: the engine refuses as well.
  const refused = await page.evaluate(async () => {
    type Host = { call(name: string, input: unknown): Promise<{ value?: { workspace?: string } }> };
    const { host } = window as unknown as { host: Host };
    const info = (await host.call('app.info', undefined)) as { value: { open: { workspace: string } } };
    const { workspace } = info.value.open;
    const key = 'session:nan-bigint';
    const opened = (await host.call('state.open', { workspace, key })) as { value: { revision: string } };
    const { revision } = opened.value;
    return host.call('edit.apply', { workspace, key, revision, edit: { op: 'remove', node: 1 } });
  });
  expect(refused).toMatchObject({ ok: false, error: { code: 'not-armed' } });
  expect(text(path)).toBe(before);
});

test('writing is not allowed any more after the window was loaded anew', async ({ start, folder }) => {
  const { page } = await start({ args: [sessionFile(folder)] });
  await showState(page, 'nan-bigint');
  await allowWriting(page);
  await page.reload();
  await expect(page.getByRole('button', { name: 'Read-only' })).toBeVisible();
});

test('a number is changed in its row, and nothing else in the file', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await prepare(page);
  const input = await edit(page, 'big');
  await expect(input).toHaveValue('12345678901234567890');
  await input.fill('98765432109876543210.50');
  await page.keyboard.press('Enter');
  await expect(notice(page)).toContainText('Saved');
  const after = before.replace('12345678901234567890', '98765432109876543210.50');
  expect(text(path)).toBe(after);
  await expect(treeRow(page, 'big')).toContainText('98765432109876543210.50');
  await expect(tree(page)).toBeFocused();
  await expect(tree(page).getByRole('row', { selected: true })).toContainText('big');
  await notice(page).getByRole('button', { name: 'Undo' }).click();
  await expect(treeRow(page, 'big')).toContainText('12345678901234567890');
  expect(text(path)).toBe(before);
  await tree(page).focus();
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(treeRow(page, 'big')).toContainText('98765432109876543210.50');
  expect(text(path)).toBe(after);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(treeRow(page, 'big')).toContainText('12345678901234567890');
  expect(text(path)).toBe(before);
});

test('what is no JSON is refused at the field, and Esc leaves all as it was', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await prepare(page);
  const input = await edit(page, 'big');
  await input.fill('12x');
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(input).toHaveAccessibleDescription(/Not JSON: “x” at character 3/);
  await page.keyboard.press('Enter');
  await expect(input).toBeFocused();
  // In a field the keys of undo are the field's.
  await page.keyboard.press('ControlOrMeta+z');
  await expect(input).toHaveValue('12345678901234567890');
  await expect(input).toHaveAttribute('aria-invalid', 'false');
  await page.keyboard.press('Escape');
  await expect(input).toHaveCount(0);
  await expect(tree(page)).toBeFocused();
  expect(text(path)).toBe(before);
});

test('strings are typed as text, and as JSON when that is asked for', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await prepare(page);
  await (await seek(page, 'role')).getByText('"user"').dblclick();
  await expect(field(page)).toHaveValue('user');
  await field(page).fill('say "hi"');
  await page.getByRole('button', { name: /^String/ }).click();
  await expect(field(page)).toHaveValue(String.raw`"say \"hi\""`);
  await field(page).press('Enter');
  await expect(treeRow(page, 'role')).toContainText('say');
  expect(text(path)).toBe(before.replace('"role": "user"', String.raw`"role": "say \"hi\""`));
});

test('a container is changed as text in the value pane', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await prepare(page);
  const input = await edit(page, 'metadata');
  await input.fill('{"score": 1}, ');
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toBeDisabled();
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Keep editing' }).click();
  await expect(input).toBeFocused();
  await input.fill('{"score": 1}');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(notice(page)).toContainText('Saved');
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeFocused();
  expect(text(path)).toBe(before.replace('{"score": NaN, "big": 12345678901234567890}', '{"score": 1}'));
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await field(page).fill('[]');
  await page.keyboard.press('Escape');
  await dialog(page).getByRole('button', { name: 'Discard' }).click();
  await expect(field(page)).toHaveCount(0);
});

test('members are added, renamed and deleted', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const before = text(path);
  const { page } = await start({ args: [path] });
  await prepare(page);
  await (await seek(page, 'metadata')).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Add member…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('big');
  await expect(dialog(page).getByRole('alert')).toContainText('already has a member');
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('small');
  await dialog(page).getByRole('textbox', { name: 'Value' }).fill('[1]');
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(treeRow(page, 'small')).toBeVisible();
  expect(text(path)).toBe(before.replace('67890}', '67890, "small": [1]}'));
  await treeRow(page, 'small').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Rename…' }).click();
  await dialog(page).getByRole('textbox', { name: 'Name' }).fill('tiny');
  await page.keyboard.press('Enter');
  await expect(treeRow(page, 'tiny')).toBeVisible();
  await treeRow(page, 'tiny').click();
  await tree(page).focus();
  await page.keyboard.press('Delete');
  await expect(treeRow(page, 'tiny')).toHaveCount(0);
  await expect.poll(() => text(path)).toBe(before);
  await expect(tree(page).getByRole('row', { selected: true })).not.toContainText('root');
});

test('a value that breaks a rule of its type is refused at the field', async ({ start, folder }) => {
  const path = store(folder);
  const file = join(path, 'agents', 'planner.json');
  const before = text(file);
  const { page } = await start({ args: [path] });
  await showState(page, 'planner');
  await expect(page.getByRole('table', { name: 'Declared attributes' })).toContainText('agent_id');
  await allowWriting(page);
  const input = await edit(page, 'agent_id');
  await page.getByRole('button', { name: /^String/ }).click();
  await input.fill('7');
  await expect(input).toHaveAttribute('aria-invalid', 'true');
  await expect(input).toHaveAccessibleDescription(/: ./);
  await page.keyboard.press('Enter');
  await expect(input).toBeFocused();
  expect(text(file)).toBe(before);
});

test('a state goes to the trash and comes back: by undo, and from the trash', async ({ start, folder }) => {
  const path = store(folder);
  const file = join(path, 'agents', 'coder.json');
  const before = text(file);
  const { page } = await start({ args: [path] });
  await showState(page, 'coder');
  await explorer(page).focus();
  await page.keyboard.press('Delete');
  await expect(notice(page)).toContainText('read-only');
  await allowWriting(page);
  await explorer(page).focus();
  await page.keyboard.press('Delete');
  await expect(dialog(page)).toContainText('agent:coder');
  await dialog(page).getByRole('button', { name: 'Delete' }).click();
  await expect(stateRow(page, 'coder')).toHaveCount(0);
  expect(existsSync(file)).toBe(false);
  // The next one is selected, and the focus is where it was.
  await expect(page.getByRole('heading', { level: 1 })).toContainText('planner');
  await expect(explorer(page)).toBeFocused();
  await page.keyboard.press('ControlOrMeta+z');
  await expect(stateRow(page, 'coder').first()).toBeVisible();
  expect(text(file)).toBe(before);

  await stateRow(page, 'coder').first().click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete state…' }).click();
  await page.keyboard.press('Enter');
  await expect(stateRow(page, 'coder')).toHaveCount(0);
  await runCommand(page, 'trash');
  await expect(dialog(page).getByRole('row').filter({ hasText: 'agent:coder' }).first()).toContainText('deleted');
  await dialog(page).getByRole('button', { name: 'Restore agent:coder' }).first().click();
  await expect(notice(page)).toContainText('is back');
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();
  await expect(stateRow(page, 'coder').first()).toBeVisible();
  expect(text(file)).toBe(before);
});

test('what another program writes is shown by itself while nobody may write', async ({ start, folder }) => {
  const path = store(folder);
  const file = join(path, 'agents', 'planner.json');
  const { page } = await start({ args: [path] });
  await showState(page, 'planner');
  await expect(await seek(page, 'current_task_id')).toContainText('null');
  await expect(async () => {
    writeFileSync(
      file,
      text(file).replace(/"current_task_id": ("task-\d+"|null)/, `"current_task_id": "task-${Date.now()}"`),
    );
    await expect(treeRow(page, 'current_task_id')).toContainText('task-', { timeout: 1500 });
  }).toPass();
  await expect(page.getByText('Changed on disk')).toHaveCount(0);
});

test('what another program writes while writing is allowed is told, compared and read', async ({ start, folder }) => {
  const path = store(folder);
  const file = join(path, 'agents', 'planner.json');
  const { page } = await start({ args: [path] });
  await showState(page, 'planner');
  await allowWriting(page);
  await (await seek(page, 'agent_id')).click();
  writeFileSync(file, text(file).replace('"current_task_id": null', '"current_task_id": "task-9"'));
  await expect(page.getByRole('contentinfo').getByText('Changed on disk')).toBeVisible();
  const header = page.getByRole('main');
  await expect(header.getByText('Changed on disk')).toBeVisible();
  await header.getByRole('button', { name: 'Compare…' }).click();
  await expect(dialog(page).getByRole('listitem')).toContainText('current_task_id');
  await expect(dialog(page).getByRole('listitem')).toContainText('task-9');
  await dialog(page).getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByText('Changed on disk')).toHaveCount(0);
  await expect(tree(page).getByRole('row', { selected: true })).toContainText('agent_id');
  await expect(await seek(page, 'current_task_id')).toContainText('task-9');
});

test('a conflict writes nothing, and what was typed is kept', async ({ start, folder }) => {
  const path = sessionFile(folder);
  const { page } = await start({ args: [path] });
  await prepare(page);
  const input = await edit(page, 'big');
  await input.fill('7');
  const theirs = text(path).replace('"mem": {', '"mem": {"new": true, ').replace('"bob"', '"eve"');
  writeFileSync(path, theirs);
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toContainText('changed by another program');
  await expect(dialog(page).getByRole('listitem').filter({ hasText: 'name' })).toContainText('eve');
  expect(text(path)).toBe(theirs);
  await page.keyboard.press('Enter');
  await expect(treeRow(page, 'name')).toContainText('eve');
  await expect(input).toHaveValue('7');
  await input.press('Enter');
  await expect(notice(page)).toContainText('Saved');
  expect(text(path)).toBe(theirs.replace('12345678901234567890', '7'));
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of every view of writing, ${theme}, ${locale}`, async ({ start, folder }) => {
    const path = store(folder);
    const file = join(path, 'agents', 'planner.json');
    writeFileSync(file, text(file).replace('"__data__": "idle"', '"__data__": "sleepy"'));
    const { page } = await start({ args: [path, '--theme', theme, '--locale', locale] });
    const say = (en: string, zh: string) => (locale === 'en' ? en : zh);
    const take = (name: string) => picture(page, `editing-${name}-${theme}-${locale}`);
    const grid = page.getByRole('treegrid').nth(1);
    const badge = page.getByRole('button', { name: say('Read-only', '只读'), exact: true });
    await page.getByRole('treegrid').first().getByText('planner').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('planner');
    await page.getByRole('table').first().scrollIntoViewIfNeeded();
    await take('type');
    await badge.click();
    await take('arm');
    await dialog(page).getByRole('button').last().click();
    await grid.getByRole('row').filter({ hasText: 'agent_id' }).first().click();
    await grid.focus();
    await page.keyboard.press('F2');
    const input = grid.getByRole('textbox');
    await expect(input).toBeFocused();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await input.fill('12x');
    await expect(input).toHaveAttribute('aria-invalid', 'true');
    await take('field');
    await input.fill('12');
    await page.waitForTimeout(400);
    await take('finding');
    await input.fill('"planner-2"');
    await expect(input).toHaveAttribute('aria-invalid', 'false');
    writeFileSync(file, text(file).replace('"current_task_id": null', '"current_task_id": "task-9"'));
    await input.press('Enter');
    await expect(dialog(page).getByRole('listitem').first()).toBeVisible();
    await take('conflict');
    await dialog(page).getByRole('button').nth(1).click();
    await expect(page.getByRole('contentinfo').getByText(say('Changed on disk', '磁盘上已更改'))).toBeVisible();
    await take('stale');
    await page.keyboard.press('ControlOrMeta+r');
    await expect(page.getByText(say('Changed on disk', '磁盘上已更改'))).toHaveCount(0);
    await input.press('Enter');
    await expect(notice(page).getByRole('button')).toBeVisible();
    await take('saved');
    await grid.getByRole('row').filter({ hasText: 'status' }).first().click({ button: 'right' });
    await take('menu');
    await page.getByRole('menuitem', { name: say('Add member…', '添加成员…') }).click();
    await take('add');
    await page.keyboard.press('Escape');
    await grid.focus();
    await page.keyboard.press('F2');
    await page.getByRole('textbox', { name: say('New value of', '的新值') }).fill('{');
    await page.waitForTimeout(400);
    await take('pane');
    await page.keyboard.press('Escape');
    await take('discard');
    await dialog(page).getByRole('button').last().click();
    await page.getByRole('treegrid').first().focus();
    await page.keyboard.press('Delete');
    await take('delete');
    await dialog(page).getByRole('button').last().click();
    await expect(dialog(page)).toHaveCount(0);
    await runCommand(page, say('Trash', '回收站'));
    await expect(dialog(page).getByRole('row').nth(1)).toBeVisible();
    await take('trash');
  });
}
