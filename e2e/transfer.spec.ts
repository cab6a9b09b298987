/** States come in by double-click and go out as files: to a table, to JSON lines, to wherever they are dragged. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type App, dialog, expect, LOOKS, open, picture, ROOT, runCommand, showState, stateRow, test } from './app.ts';

const FRIDAY =
  '{"memory": {"content": [{"role": "user", "content": "=1+1", "n": 12345678901234567890}, {"role": "assistant", "content": "two, \\"2\\"", "usage": {"tokens": 7}}]}}';

/** A backup with these states, under the ending that is ours. */
function backupOf(folder: string, name: string, states: Readonly<Record<string, string>>, packed = false): string {
  const members = Object.entries(states).map(([key, text]) => `${JSON.stringify(key)}: ${text}`);
  const text = `{"metadata": {"backup_name": "${name}", "version": "1.0"}, "states": {${members.join(', ')}}}`;
  const file = join(folder, `${name}.statescope`);
  writeFileSync(file, packed ? gzipSync(text) : text);
  return file;
}

/** The system's dialog cannot be clicked by a test: it answers as if a person had chosen this. */
async function saveTo(app: App, path: string): Promise<void> {
  await app.electron.evaluate(({ dialog: system }, filePath) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

test('a .statescope file is opened by a double-click, at the start and later, packed or not, and by dropping it', async ({
  start,
  folder,
}) => {
  const first = backupOf(folder, 'first', { 'session:one': FRIDAY });
  const second = backupOf(folder, 'second', { 'session:two': FRIDAY }, true);
  const third = backupOf(folder, 'third', { 'session:three': FRIDAY });
  const app = await start({ args: [first] });
  await expect(stateRow(app.page, 'one')).toBeVisible();

  const executable = await app.electron.evaluate(() => process.execPath);
  const again = spawn(
    executable,
    [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${app.profile}`, '.', '--', second],
    { cwd: ROOT, stdio: 'ignore' },
  );
  await new Promise((resolve) => {
    again.once('exit', resolve);
  });
  await expect(stateRow(app.page, 'two')).toBeVisible();

  const cdp = await app.page.context().newCDPSession(app.page);
  const data = { items: [], files: [third], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await cdp.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
  await expect(stateRow(app.page, 'three')).toBeVisible();

  await open(app, folder);
  await expect(stateRow(app.page, 'first')).toBeHidden();
});

for (const [theme, locale] of LOOKS) {
  test(`states go out as files: ${theme}, ${locale}`, async ({ start, folder }) => {
    const en = locale === 'en';
    const source = backupOf(folder, 'all', { 'session:friday': FRIDAY, 'agent:planner': '{"name": "planner"}' });
    const app = await start({ args: [source, '--theme', theme, '--locale', locale] });
    const { page } = app;
    await page.getByText('friday', { exact: true }).first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('friday');

    // By dragging the handle beside its name, or by clicking it.
    await app.electron.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      if (!window) throw new Error('no window');
      window.webContents.startDrag = ({ file }) => {
        process.env['STATESCOPE_TEST_DRAGGED'] = file;
      };
    });
    const handle = page.getByRole('button', { name: en ? /^Drag to a folder/ : /^拖到文件夹/ });
    await handle.dispatchEvent('dragstart');
    const dragged = () => app.electron.evaluate(() => process.env['STATESCOPE_TEST_DRAGGED'] ?? '');
    await expect.poll(dragged).toMatch(/session-friday\.json$/);
    const file = await dragged();
    expect(readFileSync(file, 'utf8')).toBe(FRIDAY);
    await saveTo(app, join(folder, 'saved.json'));
    await handle.click();
    await expect.poll(() => existsSync(join(folder, 'saved.json'))).toBe(true);
    await handle.hover();
    await picture(page, `transfer-handle-${theme}`);

    await runCommand(page, en ? 'Export…' : '导出…');
    await picture(page, `export-json-${theme}`);
    await saveTo(app, join(folder, 'all.json'));
    await dialog(page)
      .getByRole('button', { name: en ? 'Export to a file…' : '导出到文件…' })
      .click();
    await expect(dialog(page)).toContainText(join(folder, 'all.json'));
    expect(readFileSync(join(folder, 'all.json'), 'utf8')).toContain(`"session:friday": ${FRIDAY}`);

    await dialog(page)
      .getByRole('combobox', { name: en ? 'States' : '状态' })
      .selectOption('selected');
    await dialog(page).getByRole('radio', { name: 'CSV' }).click();
    await dialog(page).getByRole('textbox').fill('$.memory.content');
    await saveTo(app, join(folder, 'messages.csv'));
    await page.keyboard.press('Enter');
    await expect(dialog(page)).toContainText(join(folder, 'messages.csv'));
    await picture(page, `export-csv-${theme}`);
    expect(readFileSync(join(folder, 'messages.csv'), 'utf8')).toBe(
      'role,content,n,usage\r\nuser,\'=1+1,12345678901234567890,\r\nassistant,"two, ""2""",,"{""tokens"":7}"\r\n',
    );
    await dialog(page).getByRole('textbox').fill('$.[');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('alert')).toContainText('$.[');
    await page.keyboard.press('Escape');

    if (en) {
      await showState(page, 'planner');
      await stateRow(page, 'planner').click({ button: 'right' });
      await picture(page, 'export-menu-light');
      await saveTo(app, join(folder, 'planner.json'));
      await page.getByRole('menuitem', { name: 'Save as file…' }).click();
      await expect.poll(() => existsSync(join(folder, 'planner.json'))).toBe(true);
    }
    await app.electron.close();
    // What was dragged out is gone with the program.
    expect(existsSync(dirname(dirname(file)))).toBe(false);
  });
}
