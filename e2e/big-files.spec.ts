/** A file of gigabytes shows its first states at once, grows while it is gone through, and stays quick to look at. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, open, picture, stateRow, test, tree, treeRow } from './app.ts';
import { SMOOTH_MS, slowFrame } from './frames.ts';

const message = (n: number) =>
  JSON.stringify({ id: `m${n}`, role: n % 2 === 0 ? 'user' : 'assistant', content: `${n} ${'x'.repeat(950)}` });
const messages = Array.from({ length: 1000 }, (_, n) => message(n)).join(',');

/**
 * A backup with a state of 40 MB, which is read in parts, with so many states of a megabyte, and with one that takes no space on the
 * disk, but as long to go through as its gigabytes: a hole in the file. What is seen meanwhile does not depend on the machine.
 */
function writeBackup(path: string, megabytes: number, holeGigabytes: number): void {
  const file = openSync(path, 'w');
  let at = 0;
  const write = (text: string) => {
    at += writeSync(file, text, at);
  };
  write('{"metadata":{"backup_name":"big","version":"1.0"},"states":{"agent:huge":{"messages":[');
  for (let n = 0; n < 40; n += 1) write(`${n > 0 ? ',' : ''}${messages}`);
  write(`],"text":"${'long '.repeat(200_000)}"}`);
  for (let n = 0; n < megabytes; n += 1) write(`,"session:${n}":{"messages":[${messages}]}`);
  write(',"tool:hole":{"text":"');
  at += holeGigabytes * 2 ** 30;
  write('"},"agent:last":{"name":"last"}}}');
  closeSync(file);
}

test('a gigabyte is looked at while it is gone through; that is stopped and gone on with', async ({
  start,
  folder,
}) => {
  test.setTimeout(120_000);
  const path = join(folder, 'big.json');
  writeBackup(path, 1000, 12);
  const app = await start();
  const { page } = app;
  const status = page.getByLabel('Status');
  const progress = page.getByRole('progressbar', { name: 'Finding the states' });
  await expect(stateRow(page, 'analyst')).toBeVisible();
  await open(app, path);
  await expect(stateRow(page, '0')).toBeVisible();
  await expect(progress).toBeVisible();
  await picture(page, 'big-file-indexing');

  await page.keyboard.press('Escape');
  const stopped = Date.now();
  await expect(status.getByText(/^Only a part is listed/)).toBeVisible();
  // Within a second; the other half is what looking for the words takes on a busy machine.
  expect(Date.now() - stopped).toBeLessThan(2000);
  await expect(progress).toBeHidden();
  await picture(page, 'big-file-stopped');
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(progress).toBeVisible();
  await expect(status.getByText('1,001 states')).toBeVisible();

  await treeRow(page, 'messages').dblclick();
  await expect(tree(page).getByText('m9', { exact: true })).toBeVisible();
  const small = await slowFrame(page, 'Tree of session:0');
  const states = await slowFrame(page, 'States');
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('huge');
  await stateRow(page, 'huge').click();
  await expect(tree(page)).toHaveAccessibleName('Tree of agent:huge');
  await treeRow(page, 'messages').dblclick();
  await expect(tree(page).getByText('m9', { exact: true })).toBeVisible();
  const paged = await slowFrame(page, 'Tree of agent:huge');
  await picture(page, 'big-file-paged-tree');
  await page.getByRole('tab', { name: /Conversation/ }).click();
  await expect(page.getByRole('article').first()).toContainText('0 xxx');
  await picture(page, 'big-file-paged-conversation');
  // As smooth as a thousand rows of a state that is in memory.
  expect(Math.max(states, paged)).toBeLessThanOrEqual(Math.max(SMOOTH_MS, small * 1.5));
  await expect(progress).toBeVisible();

  await page.evaluate(async () => {
    await window.host.call('app.setTheme', { theme: 'dark' });
    await window.host.call('app.setLocale', { locale: 'zh-CN' });
  });
  await expect(page.getByRole('progressbar', { name: '正在查找状态' })).toBeVisible();
  await picture(page, 'big-file-indexing-zh-dark');
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^仅列出一部分/)).toBeVisible();
  await picture(page, 'big-file-stopped-zh-dark');
});
