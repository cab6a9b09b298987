/** Every store that real programs write opens in the real window, and its values are read from the tree. */
import { join } from 'node:path';
import { expandAll, expect, explorer, FIXTURES, seek, showState, stateRow, test, tree, treeRow } from './app.ts';

interface Sample {
  readonly path: string;
  readonly format: string;
  /** Ids as the explorer shows them. */
  readonly states: readonly string[];
  /** A member of the first state, and what its row says. */
  readonly member: string;
  readonly value: string | RegExp;
}

const SAMPLES: readonly Sample[] = [
  {
    path: 'jsonsession-1.0.21',
    format: 'AgentScope JSON session',
    states: ['alice_trip-planner', 'qa'],
    member: '_sys_prompt',
    value: "You're a travel assistant named Friday.",
  },
  {
    path: 'jsonsession-1.0.21/qa.json',
    format: 'AgentScope JSON session',
    states: ['qa'],
    member: '_sys_prompt',
    value: "You're a travel assistant named Friday.",
  },
  {
    path: 'session.db',
    format: 'AgentScope SQLite session',
    states: ['alice', 'bob'],
    member: 'expected_outcome',
    value: 'Tickets and hotel booked',
  },
  {
    path: 'as-2.x.db',
    format: 'AgentScope 2.x database',
    states: ['385aa4bac4544062a4298eb59d2ef397'],
    member: 'workspace_id',
    value: 'ws-1',
  },
  {
    path: 'agentstate-2.x.json',
    format: 'AgentScope 2.x agent state',
    states: ['385aa4bac4544062a4298eb59d2ef397'],
    member: 'max_cache_bytes',
    value: '25000.0',
  },
  {
    path: 'redis-session-1.0.21.keys.json',
    format: 'AgentScope Redis dump',
    states: ['alice/trip-planner', 'default_user/qa'],
    member: 'limit_cny',
    value: '3000',
  },
  {
    path: 'redis-storage-2.x.session-value.json',
    format: 'AgentScope Redis dump',
    states: ['385aa4bac4544062a4298eb59d2ef397'],
    member: 'last_query',
    value: 'hotel',
  },
  {
    path: 'edge/nan-bigint.json',
    format: 'AgentScope JSON session',
    states: ['nan-bigint'],
    member: 'big',
    value: '12345678901234567890',
  },
  {
    path: 'edge/surrogate.json',
    format: 'AgentScope JSON session',
    states: ['surrogate'],
    member: 'metadata',
    value: '{0}',
  },
];

for (const sample of SAMPLES) {
  test(`${sample.path} opens as ${sample.format}`, async ({ start }) => {
    const { page } = await start({ args: [join(FIXTURES, sample.path)] });
    await expect(page.getByLabel('Status').getByText(sample.format)).toBeVisible();
    for (const id of sample.states) await expect(stateRow(page, id).first()).toBeVisible();
    await showState(page, sample.states[0] ?? '');
    await expandAll(page);
    await expect(await seek(page, sample.member)).toContainText(sample.value);
  });
}

test('half an emoji in a text does not hide the rest of it', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'edge', 'surrogate.json')] });
  await showState(page, 'surrogate');
  await expandAll(page);
  await expect(tree(page).getByRole('row').filter({ hasText: 'broken emoji' })).toContainText('end');
});

test('numbers, duplicate keys and damage are shown as they stand', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'edge')] });
  await showState(page, 'nan-bigint');
  await expandAll(page);
  await expect(treeRow(page, 'score')).toContainText('NaN');
  await expect(treeRow(page, 'score').getByRole('img')).toHaveAccessibleName(/Kept as written/);
  await expect(treeRow(page, 'big')).toContainText('12345678901234567890');
  await showState(page, 'truncated');
  await expandAll(page);
  await expect(tree(page).getByText('incomplete').first()).toBeVisible();
});

test('the first run opens the sample workspace, with its planted faults', async ({ start }) => {
  const { page } = await start();
  await expect(page.getByLabel('Status').getByText('sample-workspace')).toBeVisible();
  await expect(page.getByLabel('Status').getByText('45 states')).toBeVisible();
  await expect(explorer(page).getByText('session', { exact: true })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('coder');
  await showState(page, 'coder');
  await expandAll(page);
  await expect(treeRow(page, 'current_task_id')).toContainText('null');
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('search-pages');
  await showState(page, 'search-pages');
  await expandAll(page);
  await expect(tree(page).getByRole('row').filter({ hasText: 'shadowed' })).toHaveCount(1);
  await expect(
    tree(page)
      .getByRole('row')
      .filter({ hasText: /duplicate|shadowed/ }),
  ).toHaveCount(2);
  await expect(treeRow(page, 'mean_relevance')).toContainText('NaN');
});
