/** Nodes that meet in a database: how far each is, what they wrote without knowing of each other, and settling that. */
import { join } from 'node:path';
import { type PostgresTestServer, startPostgresTestServer } from '../electron/core/persistence/postgres-test-server.ts';
import { DistributedStateManager } from '../electron/core/sync/distributed-state-manager.ts';
import { allowWriting, expect, LOOKS, open, picture, ROOT, runCommand, showState, test, treeRow } from './app.ts';

let server: PostgresTestServer;
test.beforeAll(async () => {
  server = await startPostgresTestServer();
});
test.afterAll(() => server.close());

interface Fleet {
  readonly url: string;
  readonly desk: DistributedStateManager;
  readonly laptop: DistributedStateManager;
  readonly close: () => Promise<void>;
}

const session = (by: string, messages: readonly string[]) =>
  Buffer.from(
    JSON.stringify({
      __type__: 'state.SessionStateModule',
      state_data: { status: 'active', by, messages: messages.map((content) => ({ role: 'user', content })) },
    }),
  );

/** Three nodes, one of them gone; a session that two wrote at once, and another that one of them deleted meanwhile. */
async function fleet(folder: string): Promise<Fleet> {
  const url = server.url(await server.makeDatabase());
  const node = (id: string) =>
    DistributedStateManager.open({ address: { url }, id, data: join(folder, `${id}.node`), timeoutSeconds: 10 });
  const [desk, laptop, server3] = [await node('desk'), await node('laptop'), await node('server-3')];
  desk.set('session:trip', session('desk', ['Book a train to Shanghai']));
  desk.set('session:audit', session('desk', ['Check the invoices']));
  desk.set('agent:planner', Buffer.from('{"status":"busy","current_task_id":"T-1"}'));
  for (const one of [desk, laptop, server3]) await one.sync();
  await server3.close();
  desk.set('session:trip', session('desk', ['Book a train to Shanghai', 'For two, please']));
  laptop.set('session:trip', session('laptop', ['Book a train to Shanghai', 'Rather a flight']));
  laptop.delete('session:audit');
  desk.set('session:audit', session('desk', ['Check the invoices', 'Of October as well']));
  for (const one of [desk, laptop, desk]) await one.sync();
  laptop.set('agent:planner', Buffer.from('{"status":"idle","current_task_id":null}'));
  await laptop.sync();
  const close = async () => {
    await desk.close();
    await laptop.close();
  };
  return { url, desk, laptop, close };
}

test('conflicts are compared, settled once that is allowed, and the nodes take it over; lanes tell what was lost', async ({
  start,
  folder,
}) => {
  const { url, desk, laptop, close } = await fleet(folder);
  const { page } = await start({ args: [url, '--theme', 'light'] });
  await expect(page.getByLabel('Status').getByText('Synchronised nodes')).toBeVisible();
  await runCommand(page, 'synchronisation');
  const view = page.getByRole('region', { name: 'Sync' });
  await expect(view.getByRole('heading', { level: 1 })).toContainText('2 states are to be settled');
  const nodes = view.getByRole('table', { name: 'Nodes' });
  await expect(nodes.getByRole('row').filter({ hasText: 'server-3' })).toContainText('offline');
  await expect(nodes.getByRole('row').filter({ hasText: 'server-3' })).toContainText(/\d changes/);
  await expect(nodes.getByRole('row').filter({ hasText: 'laptop' })).toContainText('has everything');
  const lanes = view.getByRole('treegrid', { name: 'Who wrote what' });
  await expect(lanes.getByRole('row').filter({ hasText: 'at the same time' })).toHaveCount(4);
  await lanes.getByRole('row').filter({ hasText: 'session:trip' }).first().click();
  await expect(view.getByRole('region', { name: 'The selected change' })).toContainText('Neither knew of the other');
  await picture(page, 'sync-light-en');

  // Which of the two is right is seen in the comparison.
  await view
    .getByRole('button', { name: /^Compare laptop \d+ with desk|^Compare desk \d+ with laptop/ })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
  await expect(page.getByText('Rather a flight').first()).toBeVisible();
  await expect(page.getByText('For two, please').first()).toBeVisible();
  await picture(page, 'sync-compare-light-en');

  await runCommand(page, 'synchronisation');
  const keep = view.getByRole('button', { name: /^Keep this: laptop \d+$/ });
  await keep.click();
  await expect(page.getByText('This source is read-only until you allow writing.')).toBeVisible();
  await allowWriting(page);
  await keep.click();
  await expect(view.getByRole('heading', { level: 1 })).toContainText('One state is to be settled');
  await view.getByRole('button', { name: /^Leave it deleted, as laptop \d+ did$/ }).click();
  await expect(view).toContainText('Whatever was written here had seen what was there.');
  await expect(page.getByLabel('Status').getByText('Changed on disk')).toHaveCount(0);
  await expect(page.getByLabel('Status').getByText('No problems')).toBeVisible();
  for (const node of [desk, laptop]) {
    await node.sync();
    expect(Buffer.from(node.get('session:trip') ?? []).toString()).toContain('Rather a flight');
    expect(node.get('session:audit')).toBeNull();
  }
  await expect(lanes.getByRole('row').filter({ hasText: 'lost' })).toHaveCount(2);
  await view.getByRole('radio', { name: 'Settled', exact: true }).click();
  await expect(view.getByText('was set aside')).toHaveCount(2);
  await view.getByRole('button', { name: 'session:trip', exact: true }).click();
  await expect(lanes.getByRole('row').filter({ hasText: 'agent:planner' })).toHaveCount(0);
  await lanes.getByRole('row').filter({ hasText: 'lost' }).click();
  await expect(view.getByRole('region', { name: 'The selected change' })).toContainText('was set aside');
  await picture(page, 'sync-settled-light-en');

  // An edit in the window is a change like one of a node.
  await showState(page, 'planner');
  await treeRow(page, 'status').click();
  await page.keyboard.press('F2');
  await page.getByRole('textbox', { name: /^New value of / }).fill('busy');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Saved' })).toBeVisible();
  await laptop.sync();
  expect(Buffer.from(laptop.get('agent:planner') ?? []).toString()).toBe('{"status":"busy","current_task_id":null}');
  await close();
});

for (const [theme, locale] of LOOKS.slice(1)) {
  test(`in ${theme} ${locale}; and of a source without nodes that it has none`, async ({ start, folder }) => {
    const { url, close } = await fleet(folder);
    const app = await start({ args: [url, '--theme', theme, '--locale', locale] });
    const { page } = app;
    await expect(page.getByText('planner', { exact: true }).first()).toBeVisible();
    await runCommand(page, '同步：');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('2 个状态待处理');
    await picture(page, `sync-${theme}-${locale}`);
    await open(app, join(ROOT, 'assets', 'sample-workspace', 'store'));
    await expect(page.getByText('bug-4127', { exact: true }).first()).toBeVisible();
    await runCommand(page, '同步：');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('没有同步的节点');
    await picture(page, `sync-none-${theme}-${locale}`);
    await close();
  });
}
