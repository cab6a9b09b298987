/** A state that holds messages reads like a chat. */
import { join } from 'node:path';
import { expect, FIXTURES, showState, stateRow, test, tree } from './app.ts';

test('thinking, tool calls, results and media of a session, in order', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'jsonsession-1.0.21')] });
  await showState(page, 'alice_trip-planner');
  await page.getByRole('tab', { name: /Conversation/ }).click();
  const chat = page.getByRole('feed');
  await expect(chat.getByRole('article')).toHaveCount(5);
  await expect(page.getByRole('complementary')).toContainText(
    'Alice asked for a train to Hangzhou next Tuesday; G7313 booked.',
  );
  await expect(chat.getByRole('article').nth(0)).toContainText('帮我订下周二去杭州的火车票');
  await expect(chat.getByRole('article').nth(0)).toContainText('compressed');
  await expect(chat.getByRole('article').nth(1)).toContainText('book_train');
  await expect(chat.getByRole('article').nth(1)).toContainText('"dest": "Hangzhou"');
  await expect(chat.getByRole('article').nth(2)).toContainText('G7313');
  await expect(chat.getByRole('article').nth(4)).toContainText('https://example.com/voucher.png');
  await expect(chat.locator('img')).toHaveCount(0);
});

test('a call that nobody answered says so', async ({ start }) => {
  const { page } = await start();
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('session literature');
  await stateRow(page, 'literature-agent-memory').first().click();
  await page.getByRole('tab', { name: /Conversation/ }).click();
  const chat = page.getByRole('feed');
  await expect(chat.getByRole('article').first()).toBeVisible();
  await page.getByRole('group', { name: 'Conversation' }).focus();
  await page.keyboard.press('ControlOrMeta+End');
  await expect(chat.getByText(/No result/i)).toBeVisible();
});

test('a message leads to its place in the tree', async ({ start }) => {
  const { page } = await start({ args: [join(FIXTURES, 'agentstate-2.x.json')] });
  await page.getByRole('tab', { name: /Conversation/ }).click();
  await page.getByRole('feed').getByRole('article').nth(1).click();
  await page.getByRole('feed').getByRole('article').nth(1).getByRole('button', { name: 'Show in tree' }).click();
  await expect(tree(page).getByRole('row', { selected: true })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Path' })).toContainText('context');
});

test('a state without messages has no conversation, and says why', async ({ start }) => {
  const { page } = await start();
  await page.getByRole('searchbox', { name: 'Filter states' }).fill('exchange-rates');
  await showState(page, 'exchange-rates');
  await expect(page.getByRole('tab', { name: /Conversation/ })).toBeDisabled();
});
