/** A database on a server: opened by its address, its password asked for and shown nowhere, its states changed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { ABSENT } from '../electron/core/persistence/backend.ts';
import { openStore } from '../electron/core/persistence/open-store.ts';
import { type PostgresTestServer, startPostgresTestServer } from '../electron/core/persistence/postgres-test-server.ts';
import {
  type App,
  allowWriting,
  dialog,
  expandAll,
  expect,
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

let server: PostgresTestServer;
test.beforeAll(async () => {
  server = await startPostgresTestServer();
});
test.afterAll(() => server.close());

/** A database with two agents. */
async function database(): Promise<string> {
  const name = await server.makeDatabase();
  const store = await openStore(server.url(name), { create: true });
  for (const id of ['planner', 'coder']) {
    const stateData = new TextEncoder().encode(JSON.stringify({ id, level: 1 }));
    const record = { stateData, type: 'example.Agent', version: '1', timestamp: null, metadata: null };
    await store.save(`agent:${id}`, record, ABSENT);
  }
  await store.close();
  return name;
}

const address = (name: string, password?: string): string => {
  const user = password === undefined ? server.user : `${server.user}:${encodeURIComponent(password)}`;
  return `postgresql://${user}@127.0.0.1:${server.port}/${name}`;
};

/** Everything the program prints. */
function output(app: App): () => string {
  let text = '';
  for (const stream of [app.electron.process().stdout, app.electron.process().stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return () => text;
}

/** In no element, attribute, field or store of the window, in no file of the profile, and not printed. */
async function expectNowhere(app: App, secret: string, printed: string): Promise<void> {
  const held = await app.page.evaluate(() =>
    [
      document.documentElement.outerHTML,
      document.title,
      ...Array.from(document.querySelectorAll('input, textarea'), (field) => (field as HTMLInputElement).value),
      JSON.stringify(Object.entries(localStorage)),
      JSON.stringify(Object.entries(sessionStorage)),
    ].join('\n'),
  );
  const file = join(app.profile, 'settings.json');
  const settings = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const stored = readdirSync(join(app.profile, 'Local Storage', 'leveldb')).map((file) =>
    readFileSync(join(app.profile, 'Local Storage', 'leveldb', file), 'latin1'),
  );
  for (const form of [secret, encodeURIComponent(secret)]) {
    for (const place of [held, settings, printed, ...stored]) expect(place).not.toContain(form);
  }
}

const password = (page: Page) => page.getByLabel('Password');

test('its states are shown, changed once that is allowed, and the change is taken back', async ({ start }) => {
  const name = await database();
  const app = await start({ args: [server.url(name)] });
  const printed = output(app);
  const { page } = app;
  await expect(page.getByLabel('Status').getByText('PostgreSQL agent states')).toBeVisible();
  await expect(page.getByLabel('Status').getByText(name)).toBeVisible();
  await showState(page, 'planner');
  await expandAll(page);
  await allowWriting(page);
  await (await seek(page, 'level')).click();
  await tree(page).focus();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: /^New value of / }).fill('2');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  await expect(treeRow(page, 'level')).toContainText('2');
  const level = "SELECT state_data->>'level' AS level FROM agent_states WHERE state_id = 'planner'";
  expect(await server.query(name, level)).toEqual([{ level: '2' }]);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(treeRow(page, 'level')).toContainText('1');
  expect(await server.query(name, level)).toEqual([{ level: '1' }]);
  await expectNowhere(app, server.password, printed());
});

test('a wrong password is asked for again, and neither it nor the right one is found anywhere', async ({ start }) => {
  const name = await database();
  const wrong = 'not-this-one-4711';
  const app = await start({ args: [address(name, wrong)] });
  const printed = output(app);
  const { page } = app;
  await expect(page.getByRole('alert')).toContainText('refused this user or password');
  await expect(password(page)).toBeFocused();
  await expect(page.getByRole('checkbox', { name: /key store/ })).toHaveCount(0);
  await password(page).fill(`${wrong}-2`);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('refused this user or password');
  await expect(password(page)).toHaveValue('');
  await expectNowhere(app, wrong, printed());
  await password(page).fill(server.password);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(stateRow(page, 'planner')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+r');
  await expect(page.getByLabel('Status').getByText(/^Opening/)).toHaveCount(0);
  await expect(stateRow(page, 'planner')).toBeVisible();
  for (const secret of [wrong, server.password]) await expectNowhere(app, secret, printed());
});

test('by the dialog: without a password it is asked for, and the address is among the recent ones', async ({
  start,
}) => {
  const name = await database();
  const app = await start();
  const printed = output(app);
  const { page } = app;
  await expect(page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+w');
  await page.getByRole('button', { name: 'Open address…' }).click();
  const field = dialog(page).getByRole('textbox', { name: 'Address of a PostgreSQL database' });
  await expect(field).toBeFocused();
  await field.fill('/some/where');
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('alert')).toContainText('begin with postgresql://');
  await field.fill(address(name));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText(`${name} asks for a password`);
  await password(page).fill(server.password);
  await page.keyboard.press('Enter');
  await expect(stateRow(page, 'coder')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+w');
  // Known for as long as the program runs.
  await page.getByRole('region', { name: 'Recent' }).getByText(name, { exact: true }).click();
  await expect(stateRow(page, 'coder')).toBeVisible();
  await expectNowhere(app, server.password, printed());
});

test('a pasted address with its password opens while another source stays open, and shows no password', async ({
  start,
}) => {
  const name = await database();
  const app = await start();
  const printed = output(app);
  const { page } = app;
  await expect(page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  await runCommand(page, 'open address');
  const field = page.getByRole('textbox', { name: 'Address of a PostgreSQL database' });
  await field.fill(address(name, 'nearly-right-4711'));
  await expect(dialog(page)).toContainText('There is a password in this address');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('sample-workspace is still open');
  await expectNowhere(app, 'nearly-right-4711', printed());
  await password(page).fill(server.password);
  await page.keyboard.press('Enter');
  await expect(stateRow(page, 'coder')).toBeVisible();
  await expectNowhere(app, server.password, printed());
});

test('states are copied to a server, whose password is asked for', async ({ start }) => {
  const name = await server.makeDatabase();
  const app = await start({ args: [join(ROOT, 'assets', 'sample-workspace', 'store')] });
  const printed = output(app);
  const { page } = app;
  await expect(stateRow(page, 'planner').first()).toBeVisible();
  await runCommand(page, 'copy states');
  await dialog(page).getByRole('textbox', { name: 'To' }).fill(address(name));
  await dialog(page).getByRole('textbox', { name: 'Only keys that fit' }).fill('agent:planner');
  await dialog(page).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog(page).getByRole('alert')).toContainText('password');
  await password(page).fill(server.password);
  await dialog(page).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog(page)).toContainText('1 state copied');
  await expectNowhere(app, server.password, printed());
  await dialog(page).getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByLabel('Status').getByText('PostgreSQL agent states')).toBeVisible();
  expect(await server.query(name, 'SELECT state_id FROM agent_states')).toEqual([{ state_id: 'planner' }]);
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of a server that asks, ${theme}, ${locale}`, async ({ start }) => {
    const name = await database();
    const { page } = await start({ args: [address(name), '--theme', theme, '--locale', locale] });
    const take = (what: string) => picture(page, `postgres-${what}-${theme}-${locale}`);
    const field = page.locator('input[type=password]');
    await expect(field).toBeFocused();
    await take('asks');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alert')).toContainText(locale === 'en' ? 'refused' : '拒绝');
    await take('refused');
    await field.fill(server.password);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('treegrid').first().getByText('planner')).toBeVisible();
    await take('open');
  });
}
