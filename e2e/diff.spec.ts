/** What differs: two states as one tree and as one chat, two moments of one state, and another source. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { dialog, expect, LOOKS, picture, showState, stateRow, test } from './app.ts';

interface Session {
  readonly said: readonly string[];
  readonly temperature: number;
  readonly tools: readonly string[];
}

const SAID = [
  'What will the weather be in Paris tomorrow?',
  'I will look at the forecast for Paris and tell you.',
  'Tomorrow Paris will be sunny with a light wind from the west.',
  'Thank you. Should I take a coat with me?',
  'No coat is needed, the evening stays mild.',
];
const ALPHA: Session = { said: SAID, temperature: 0.2, tools: ['search', 'forecast', 'calendar', 'mail'] };
const BETA: Session = {
  said: [
    ...SAID.slice(0, 2),
    'Tomorrow Paris will be rainy with a strong wind from the west.',
    SAID[3] ?? '',
    'Yes, take a coat and an umbrella.',
    'I have put the umbrella on your list.',
  ],
  temperature: 0.7,
  tools: ['mail', 'search', 'forecast', 'calendar', 'notes'],
};

/** As AgentScope saves a session, at once for whoever reads it. */
function save(folder: string, id: string, { said, temperature, tools }: Session): void {
  const path = join(folder, `${id}.json`);
  const content = said.map((text, at) => ({
    id: `${id}-${at}`,
    name: at % 2 === 0 ? 'Ada' : 'friday',
    role: at % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text }],
    metadata: {},
    timestamp: '2026-01-02 03:04:05.000',
  }));
  const model = { provider: 'local', name: 'small', temperature, top_p: 1, seed: 7, stop: null };
  const memory = { content };
  writeFileSync(`${path}.new`, JSON.stringify({ friday: { name: 'Friday', model, tools, memory } }));
  renameSync(`${path}.new`, path);
}

function sessions(folder: string): string {
  const path = join(folder, 'sessions');
  mkdirSync(path);
  save(path, 'alpha', ALPHA);
  save(path, 'beta', BETA);
  save(path, 'gamma', { ...ALPHA, temperature: 0.3 });
  return path;
}

const view = (page: Page): Locator => page.getByRole('region', { name: 'Comparison' });
const rows = (page: Page): Locator => page.getByRole('treegrid', { name: 'Both states as one tree' });
const row = (page: Page, text: string | RegExp): Locator => rows(page).getByRole('row').filter({ hasText: text });
const selected = (page: Page): Locator => rows(page).locator('[aria-selected="true"]');
const title = (page: Page): Locator => view(page).getByRole('heading', { level: 1 });
const inView = (page: Page, name: string): Locator => view(page).getByRole('button', { name, exact: true });
const menuItem = (page: Page, name: string): Locator => page.getByRole('menuitem', { name, exact: true });

/** By the dialog, as a person without a mouse does. */
async function compareAlphaWithBeta(page: Page): Promise<void> {
  await showState(page, 'alpha');
  await page.keyboard.press('ControlOrMeta+Shift+d');
  await dialog(page).getByRole('textbox').fill('bet');
  const states = dialog(page).getByRole('listbox', { name: 'State to compare with' });
  await expect(states.getByRole('option')).toHaveCount(1);
  await states.selectOption({ index: 0 });
  await dialog(page).getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(title(page)).toHaveText(/alpha.*now.*compared with.*beta.*now/);
}

const asTree = (page: Page): Promise<void> => view(page).getByRole('radio', { name: 'Tree' }).click();

test('two sessions as one chat and as one tree: folded, sought, filtered, side by side, and written as a patch', async ({
  start,
  folder,
}) => {
  const app = await start({ args: [sessions(folder)] });
  const { page } = app;
  await compareAlphaWithBeta(page);

  // First what their agents said, from where they part.
  const chat = page.getByRole('feed', { name: 'Messages of both conversations' });
  const message = (index: number) => chat.getByRole('article', { name: `Message ${index}`, exact: true });
  await expect(chat.locator('[data-kind="same"]')).toHaveCount(3);
  await expect(message(3)).toContainText('edited');
  await expect(message(3).locator('del').first()).toHaveText('sunny');
  await expect(message(3)).not.toContainText('beta-2');
  await expect(message(6)).toContainText('added');
  await inView(page, 'First divergence at message 3').click();
  await expect(chat.getByText('Here they part')).toBeVisible();
  await expect(view(page)).toContainText(/From there on 3 messages in .*alpha and 4 in .*beta/);

  // Then all of them; what is the same is folded.
  await asTree(page);
  await expect(row(page, 'temperature')).toContainText('0.2→0.7');
  await expect(row(page, /^.{0,2}2 unchanged$/).first()).toBeVisible();
  await expect(row(page, 'provider')).toHaveCount(0);
  await row(page, '2 unchanged').first().click();
  await expect(row(page, 'provider')).toBeVisible();
  await row(page, '2 unchanged').first().click();
  await expect(row(page, 'provider')).toHaveCount(0);

  // From change to change, and back, with the values of each beside.
  await rows(page).focus();
  await page.keyboard.press('n');
  await expect(selected(page)).toContainText('temperature');
  await expect(page.getByRole('region', { name: 'Selected difference' })).toContainText('friday.model.temperature');
  await page.keyboard.press('F7');
  await expect(selected(page)).toContainText('"mail"');
  await expect(selected(page)).toContainText('Moved');
  await page.keyboard.press('Shift+F7');
  await expect(selected(page)).toContainText('temperature');
  await page.keyboard.press('p');
  await expect(page.getByText('There is no earlier change.')).toBeVisible();

  // A branch that is closed opens for what is sought in it.
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(row(page, 'temperature')).toHaveCount(0);
  await page.keyboard.press('n');
  await expect(selected(page)).toContainText('temperature');

  // One kind only.
  await view(page)
    .getByRole('button', { name: /^Added/ })
    .click();
  await expect(row(page, '"notes"')).toBeVisible();
  await expect(row(page, 'temperature')).toHaveCount(0);
  await view(page).getByRole('button', { name: /^All/ }).click();

  // A patch as other programs read it.
  const file = join(folder, 'patch.json');
  await app.electron.evaluate(({ dialog: system }, filePath) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, file);
  await inView(page, 'Export').click();
  await menuItem(page, 'JSON Patch (RFC 6902)…').click();
  await expect(page.getByText(`Written to ${file}.`)).toBeVisible();
  const patch = JSON.parse(readFileSync(file, 'utf8')) as unknown;
  expect(patch).toContainEqual({ op: 'replace', path: '/friday/model/temperature', value: 0.7 });

  await inView(page, 'Swap the sides').click();
  await expect(row(page, 'temperature')).toContainText('0.7→0.2');
  await inView(page, 'Close the comparison').click();
  await expect(view(page)).toHaveCount(0);

  // Dragged onto each other.
  await stateRow(page, 'beta').dragTo(stateRow(page, 'gamma'));
  await expect(title(page)).toHaveText(/beta.*gamma/);
  await inView(page, 'Close the comparison').click();

  // Picked by a click with Ctrl.
  await stateRow(page, 'gamma').click({ modifiers: ['ControlOrMeta'] });
  await expect(title(page)).toHaveText(/alpha.*gamma/);
  await asTree(page);
  await expect(row(page, 'temperature')).toContainText('0.2→0.3');
});

const changes = (page: Page): Locator => page.getByRole('treegrid', { name: 'Changes' });
const change = (page: Page, text: string): Locator => changes(page).getByRole('row').filter({ hasText: text });

test('moments of one state: before and after a change, with now, with a marked one, and with another source', async ({
  start,
  folder,
}) => {
  const path = sessions(folder);
  const app = await start({ args: [path] });
  const { page } = app;
  await expect(page.getByRole('button', { name: 'Recording', exact: true })).toBeVisible();
  await showState(page, 'alpha');
  await page.keyboard.press('ControlOrMeta+Shift+h');
  for (const temperature of [0.4, 0.5, 0.6]) {
    save(path, 'alpha', { ...ALPHA, temperature });
    await expect(change(page, `→${temperature}`)).toBeVisible();
  }
  const onChange = async (text: string, item: string) => {
    await change(page, text).click({ button: 'right' });
    await menuItem(page, item).click();
  };
  await onChange('→0.5', 'Compare before and after this change');
  await expect(row(page, 'temperature')).toContainText('0.4→0.5');
  await expect(title(page)).toHaveText(/alpha.*change \d+,.*compared with.*change \d+,/);

  // Words inside of a text, by mark-up and not by colour alone; in one column, and side by side.
  const said = [
    ...SAID.slice(0, 2),
    'Tomorrow Paris will be rainy with a strong wind from the west.',
    ...SAID.slice(3),
  ];
  save(path, 'alpha', { ...ALPHA, temperature: 0.6, said });
  await inView(page, 'Close the comparison').click();
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await expect(change(page, 'rainy')).toBeVisible();
  await onChange('rainy', 'Compare before and after this change');
  const changed = row(page, 'sunny');
  await expect(changed.locator('del')).toHaveText(['sunny', 'light']);
  await expect(changed.locator('ins')).toHaveText(['rainy', 'strong']);
  await view(page).getByRole('radio', { name: 'Side by side' }).click();
  const [before, after] = [changed.locator('[data-side="before"]'), changed.locator('[data-side="after"]')];
  await expect(before).toContainText('sunny');
  await expect(before).not.toContainText('rainy');
  await expect(after).toContainText('rainy');
  await view(page).getByRole('radio', { name: 'Inline' }).click();

  await page.keyboard.press('ControlOrMeta+Shift+h');
  await onChange('→0.4', 'Mark for comparison');
  await expect(page.getByText(/alpha.*is marked/)).toBeVisible();
  await onChange('→0.6', 'Compare marked with this');
  await expect(row(page, 'temperature')).toContainText('0.4→0.6');
  await expect(page.getByText(/alpha.*is marked/)).toHaveCount(0);

  await page.keyboard.press('ControlOrMeta+Shift+h');
  await change(page, '→0.4').dblclick();
  await page.getByRole('button', { name: 'Compare with now' }).click();
  await expect(row(page, 'temperature')).toContainText('0.4→0.6');
  await page.getByRole('button', { name: 'Back to now' }).click();

  await page.keyboard.press('ControlOrMeta+Shift+h');
  await onChange('→0.4', 'Compare all states with now');
  const states = page.getByRole('treegrid', { name: 'States of both moments' });
  await expect(states.getByRole('row')).toHaveCount(1);
  await states.getByRole('row').dblclick();
  await expect(row(page, 'temperature')).toContainText('0.4→0.6');

  // Another source: what is dropped on the dialog, or named in it.
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  save(elsewhere, 'alpha', { ...ALPHA, temperature: 0.9 });
  await stateRow(page, 'alpha').click({ button: 'right' });
  await menuItem(page, 'Compare with…').click();
  await dialog(page).getByRole('radio', { name: 'Another source' }).click();
  await app.electron.evaluate(({ app: electronApp }, location) => {
    electronApp.emit('open-file', { preventDefault: () => undefined }, location);
  }, elsewhere);
  await dialog(page).getByRole('button', { name: 'Compare', exact: true }).click();
  await expect(row(page, 'temperature')).toContainText('0.6→0.9');
  await expect(title(page)).toHaveText(/elsewhere/);
});

test('pictures of a comparison', async ({ start, folder }) => {
  const { page } = await start({ args: [sessions(folder)] });
  await compareAlphaWithBeta(page);
  for (const [theme, locale] of LOOKS) {
    const texts = { en, 'zh-CN': zhCN }[locale];
    const look = async () => {
      await page.evaluate(
        async (wanted) => {
          await window.host.call('app.setTheme', { theme: wanted.theme });
          await window.host.call('app.setLocale', { locale: wanted.locale });
        },
        { theme, locale },
      );
    };
    const take = (name: string) => picture(page, `diff-${name}-${theme}-${locale}`);
    const radio = (name: string) => page.getByRole('region', { name: texts.diff.title }).getByRole('radio', { name });
    await look();
    await radio(texts.state.tree).click();
    await page.getByRole('treegrid', { name: texts.diff.label }).focus();
    await page.keyboard.press('n');
    await take('tree');
    await radio(texts.diff.beside).click();
    await take('beside');
    await radio(texts.diff.inline).click();
    await radio(texts.state.conversation).click();
    await take('chat');
    await radio(texts.state.tree).click();
    await page.keyboard.press('ControlOrMeta+Shift+d');
    await expect(dialog(page).getByRole('option').first()).toBeVisible();
    await take('dialog');
    await page.keyboard.press('Escape');
  }
});
