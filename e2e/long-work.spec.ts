/** Opening something big shows how far it is, and stops within a second when it is no longer wanted. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, FIXTURES, open, stateRow, test } from './app.ts';

/** A JSON file of about this many megabytes, in the shape of a backup. */
function writeBackup(path: string, megabytes: number): void {
  const file = openSync(path, 'w');
  const message = JSON.stringify({ id: 'm', role: 'user', name: 'a', content: 'x'.repeat(900), metadata: { n: 1 } });
  const state = `{"messages":[${Array.from({ length: 1000 }, () => message).join(',')}]}`;
  writeSync(file, '{"metadata":{"backup_name":"big","version":"1.0"},"states":{');
  for (let i = 0; i < megabytes; i += 1) writeSync(file, `${i > 0 ? ',' : ''}"session:${i}":${state}`);
  writeSync(file, '}}');
  closeSync(file);
}

test('progress is shown, Esc cancels, and what was open stays open', async ({ start, folder }) => {
  // In a folder every file is read whole. A big file by itself opens at once: see big-files.spec.ts.
  const path = join(folder, 'backups');
  mkdirSync(path);
  writeBackup(join(path, 'big.json'), 1500);
  const app = await start({ args: [join(FIXTURES, 'session.db')] });
  const { page } = app;
  await expect(stateRow(page, 'bob')).toBeVisible();
  await open(app, path);
  const job = page.getByRole('progressbar');
  await expect(job).toBeVisible();
  const cancelled = Date.now();
  await page.keyboard.press('Escape');
  await expect(job).toHaveCount(0, { timeout: 1000 });
  expect(Date.now() - cancelled).toBeLessThan(1500);
  await expect(stateRow(page, 'bob')).toBeVisible();
});

test('a backup of 200 MB opens and its states are read', async ({ start, folder }) => {
  const path = join(folder, 'backup.json');
  writeBackup(path, 200);
  const { page } = await start({ args: [path] });
  await expect(page.getByLabel('Status').getByText('200 states')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('199');
  await stateRow(page, '199').click();
  await page.getByRole('tab', { name: /Conversation/ }).click();
  await expect(page.getByRole('article').first()).toContainText('xxxx');
});
