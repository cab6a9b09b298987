/** All the ways by which a person opens something, and what happens when it cannot be opened. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, expect, FIXTURES, open, ROOT, showState, stateRow, test } from './app.ts';

const SESSIONS = join(FIXTURES, 'jsonsession-1.0.21');

async function choose(app: App, item: string): Promise<void> {
  await app.electron.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), item);
}

/** The system's dialog cannot be clicked by a test: it answers as if a person had chosen this. */
async function dialogAnswers(app: App, path: string | null): Promise<void> {
  await app.electron.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({ canceled: chosen === null, filePaths: chosen === null ? [] : [chosen] });
  }, path);
}

test('by the menu, and a cancelled dialog changes nothing', async ({ start }) => {
  const app = await start();
  await expect(app.page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  await dialogAnswers(app, null);
  await choose(app, 'open-folder');
  await expect(app.page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  await dialogAnswers(app, SESSIONS);
  await choose(app, 'open-folder');
  await expect(stateRow(app.page, 'alice_trip-planner')).toBeVisible();
});

test('by dropping a folder on the window', async ({ start }) => {
  const { page } = await start();
  await expect(page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: [SESSIONS], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await cdp.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data });
  }
  await expect(stateRow(page, 'alice_trip-planner')).toBeVisible();
});

test('by a second instance, which hands its path over and leaves', async ({ start }) => {
  const app = await start();
  await expect(app.page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  const executable = await app.electron.evaluate(() => process.execPath);
  const second = spawn(
    executable,
    [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${app.profile}`, '.', '--', SESSIONS],
    { cwd: ROOT, stdio: 'ignore' },
  );
  const code = await new Promise((resolve) => {
    second.once('exit', resolve);
  });
  expect(code).toBe(0);
  await expect(stateRow(app.page, 'alice_trip-planner')).toBeVisible();
});

test('by recents: the last source opens again at the next start, older ones from the list', async ({ start }) => {
  const first = await start({ args: [SESSIONS] });
  await expect(stateRow(first.page, 'qa')).toBeVisible();
  await open(first, join(FIXTURES, 'session.db'));
  await expect(stateRow(first.page, 'bob')).toBeVisible();
  await first.electron.close();
  const second = await start();
  await expect(stateRow(second.page, 'bob')).toBeVisible();
  await choose(second, 'close-source');
  await second.page.getByRole('region', { name: 'Recent' }).getByText('jsonsession-1.0.21').first().click();
  await expect(stateRow(second.page, 'qa')).toBeVisible();
});

test('a window that is loaded again, as after a crash, shows what it showed', async ({ start }) => {
  const { page } = await start({ args: [SESSIONS] });
  await showState(page, 'qa');
  await page.reload();
  await expect(stateRow(page, 'alice_trip-planner')).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('qa');
});

test('what does not exist is said, with what to do, and what was open stays open', async ({ start, folder }) => {
  const app = await start({ args: [SESSIONS] });
  await expect(stateRow(app.page, 'qa')).toBeVisible();
  const missing = join(folder, 'not-there.json');
  await open(app, missing);
  await expect(app.page.getByRole('alert')).toContainText(`${missing} does not exist`);
  await expect(stateRow(app.page, 'qa')).toBeVisible();
});

test.describe('bad input in the window', () => {
  const cases: readonly [string, string | Buffer, RegExp][] = [
    ['empty.json', '', /is empty/],
    ['prose.json', 'Dear agent, how are you?', /is not JSON/],
    ['not-gzip.json.gz', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8]), /not a valid gzip/],
    ['cut.db', Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(200, 7)]), /damaged SQLite/],
  ];
  for (const [name, content, text] of cases) {
    test(`${name}: ${text.source}`, async ({ start, folder }) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      const { page } = await start({ args: [path] });
      await expect(page.getByRole('alert')).toContainText(text);
      await expect(page.getByRole('alert')).toContainText(name);
    });
  }

  test('one bad file among good ones is a problem with its byte offset; the others are read', async ({
    start,
    folder,
  }) => {
    const store = join(folder, 'sessions');
    mkdirSync(store);
    writeFileSync(join(store, 'good.json'), '{"friday": {"memory": {"content": []}}}');
    writeFileSync(join(store, 'bad.json'), '{"friday": {"memory": {"content": [}}}');
    const { page } = await start({ args: [store] });
    await expect(stateRow(page, 'good')).toBeVisible();
    await page.getByRole('button', { name: /1 problem/ }).click();
    const row = page.getByRole('table').getByRole('row').filter({ hasText: 'bad.json' });
    await expect(row).toContainText('35');
  });

  test('100,000 nested arrays', async ({ start, folder }) => {
    const path = join(folder, 'deep.json');
    writeFileSync(path, '['.repeat(100_000) + ']'.repeat(100_000));
    const { page } = await start({ args: [path] });
    const { expandAll, tree } = await import('./app.ts');
    await expect(stateRow(page, 'deep')).toBeVisible();
    await expandAll(page);
    await tree(page).focus();
    await page.keyboard.press('End');
    await expect(tree(page).getByRole('row', { selected: true })).toHaveAttribute('aria-level', '100000');
  });
});
