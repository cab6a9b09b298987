/** Which states are kept where: a persistence.yaml seen and changed, states that expire, and states copied elsewhere. */
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import {
  type App,
  allowWriting,
  dialog,
  expect,
  FIXTURES,
  LOOKS,
  open,
  picture,
  runCommand,
  showState,
  stateRow,
  test,
} from './app.ts';

const YAML = `# Where our states live.
persistence:
  default_backend: file
  backends:
    file:
      type: filesystem
      base_path: ./states # beside this file
    archive:
      type: filesystem
      base_path: ./archive
  rules:
    # Agents are kept for a day.
    - pattern: "agent:*"
      backend: file
      ttl: 86400 # seconds
    - pattern: "session:old-*"
      backend: archive
      ttl: 3600
`;

const DAY_MS = 86_400_000;

function writeState(folder: string, category: string, id: string, ageMs: number): void {
  const path = join(folder, category, `${id}.json`);
  mkdirSync(join(folder, category), { recursive: true });
  const written = new Date(Date.now() - ageMs);
  const envelope = {
    __type__: 'example.Example',
    __version__: '1',
    __timestamp__: written.toISOString(),
    state_data: { id, notes: ['kept'] },
  };
  writeFileSync(path, `${JSON.stringify(envelope)}\n`);
  utimesSync(path, written, written);
}

/** Five states in two folders, one of them elsewhere than its rule says, one past its time. */
function workspace(folder: string): string {
  const states = join(folder, 'states');
  const archive = join(folder, 'archive');
  writeState(states, 'agents', 'planner', DAY_MS - 11_543_000);
  writeState(states, 'agents', 'coder', 3 * DAY_MS + 60_000);
  writeState(states, 'sessions', 'old-1', 0);
  writeState(archive, 'sessions', 'old-2', 0);
  writeState(states, 'sessions', 'trip', 0);
  const path = join(folder, 'persistence.yaml');
  writeFileSync(path, YAML);
  return path;
}

const text = (path: string): string => readFileSync(path, 'utf8');
const headline = (page: Page): Locator => page.getByRole('heading', { level: 1 });
const rules = (page: Page): Locator => page.getByRole('table', { name: /^Rules/ });
const keys = (page: Page): Locator => page.getByRole('treegrid', { name: 'Where states lie' });
const keyRow = (page: Page, key: string): Locator => keys(page).getByRole('row').filter({ hasText: key });

async function showPersistence(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Persistence', exact: true }).click();
  await expect(page.getByTestId('persistence')).toBeVisible();
}

async function choose(app: App, item: string): Promise<void> {
  await app.electron.evaluate(({ Menu }, id) => Menu.getApplicationMenu()?.getMenuItemById(id)?.click(), item);
}

async function savesTo(app: App, path: string): Promise<void> {
  await app.electron.evaluate(({ dialog: system }, chosen) => {
    system.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}

test('tells which rule puts which state where, and which lie elsewhere', async ({ start, folder }) => {
  const { page } = await start({ args: [workspace(folder)] });
  await showPersistence(page);
  await expect(headline(page)).toHaveText('2 rules put 5 states into 2 backends; 1 lies elsewhere');
  const backends = page.getByRole('table', { name: 'Backends' });
  await expect(backends.getByRole('row', { name: /^file/ })).toContainText(/states.*4$/);
  await expect(backends.getByRole('row', { name: /^archive/ })).toContainText(/archive.*1$/);
  await expect(rules(page).getByRole('row').nth(1)).toContainText('2');
  await expect(rules(page).getByRole('textbox', { name: 'Pattern of rule 1' })).toHaveValue('agent:*');
  await expect(rules(page).getByRole('row', { name: /Everything else/ })).toContainText('1');
  await expect(keys(page).getByRole('row')).toHaveCount(5);
  await expect(keyRow(page, 'session:trip')).toContainText('none: default');
  await page.getByRole('checkbox', { name: /Only those that lie elsewhere/ }).check();
  await expect(keys(page).getByRole('row')).toHaveCount(1);
  await expect(keyRow(page, 'session:old-1')).toContainText('→ archive');
  await keyRow(page, 'session:old-1').getByRole('button').click();
  await expect(headline(page)).toContainText('session:old-1');
});

test('counts down what expires, and keeps what has', async ({ start, folder }) => {
  const path = workspace(folder);
  const { page } = await start({ args: [path] });
  await showPersistence(page);
  await expect(keyRow(page, 'agent:planner')).toContainText(/expires in 3 h 1[12] min/);
  await expect(keyRow(page, 'agent:coder')).toContainText('expired 2 days ago');
  await expect(keyRow(page, 'session:trip')).toContainText('never');
  // In the last hour by the second.
  const left = keyRow(page, 'session:old-2').getByText(/expires in 5\d min/);
  const first = await left.textContent();
  await expect(left).not.toHaveText(first ?? '');
  await showState(page, 'coder');
  const metadata = page.getByRole('region', { name: 'Metadata' });
  await expect(metadata.getByText('expired 2 days ago')).toHaveAttribute(
    'title',
    /^Expired .*Nothing has been deleted/,
  );
  expect(existsSync(join(folder, 'states', 'agents', 'coder.json'))).toBe(true);
});

test('a rule is changed: previewed at once, written only when that is allowed, and comments stay', async ({
  start,
  folder,
}) => {
  const path = workspace(folder);
  const { page } = await start({ args: [path] });
  await showPersistence(page);
  await page.getByRole('textbox', { name: 'Pattern of rule 1' }).fill('agent:p*');
  await expect(headline(page)).toHaveText('2 rules put 5 states into 2 backends; 1 lies elsewhere');
  await expect(rules(page).getByRole('row', { name: /Everything else/ })).toContainText('2');
  await page.getByRole('combobox', { name: 'Backend of everything else' }).selectOption('archive');
  await expect(headline(page)).toContainText('3 lie elsewhere');
  await page.getByRole('textbox', { name: 'How long agent:p* lives' }).fill('2');
  await expect(keyRow(page, 'agent:planner')).toContainText(/expires in 1 day 3 h/);
  expect(text(path)).toBe(YAML);
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
  await page.getByTestId('persistence').getByRole('button', { name: 'Allow writing…' }).click();
  await dialog(page).getByRole('button', { name: 'Allow writing' }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Saved persistence.yaml' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
  expect(text(path)).toBe(
    YAML.replace('agent:*', 'agent:p*')
      .replace('86400', '172800')
      .replace('default_backend: file', 'default_backend: archive'),
  );
  await expect(headline(page)).toContainText('3 lie elsewhere');

  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(() => text(path)).toBe(YAML);
  await expect(headline(page)).toContainText('1 lies elsewhere');
  await runCommand(page, 'Trash');
  await expect(dialog(page).getByRole('row', { name: /persistence\.yaml/ })).toHaveCount(2);
});

test('rules are added, moved and removed by keyboard, and discarded', async ({ start, folder }) => {
  const path = workspace(folder);
  const { page } = await start({ args: [path] });
  await showPersistence(page);
  await page.getByRole('button', { name: 'Add rule' }).press('Enter');
  const added = page.getByRole('textbox', { name: 'Pattern of rule 3' });
  await expect(added).toBeFocused();
  await expect(added).toHaveValue('session:*');
  await page.keyboard.press('Alt+ArrowUp');
  const moved = page.getByRole('textbox', { name: 'Pattern of rule 2' });
  await expect(moved).toHaveValue('session:*');
  await expect(moved).toBeFocused();
  // It hides the one below, and the preview says so with the line.
  await expect(page.getByRole('list', { name: 'Faults in the file' })).toContainText(/Line \d+/);
  await moved.fill('agent:*');
  await expect(page.getByRole('list', { name: 'Faults in the file' }).getByLabel('Error')).toBeVisible();
  await page.getByRole('button', { name: 'Remove the rule agent:*' }).nth(1).press('Enter');
  await expect(page.getByRole('button', { name: 'Discard' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Remove the rule session:old-*' }).click();
  await expect(headline(page)).toHaveText('1 rule puts 5 states into 1 backend; 1 lies elsewhere');
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect(headline(page)).toContainText('2 rules');
  expect(text(path)).toBe(YAML);
});

test('what another program has written to the file is not overwritten', async ({ start, folder }) => {
  const path = workspace(folder);
  const { page } = await start({ args: [path] });
  await allowWriting(page);
  await showPersistence(page);
  await page.getByRole('textbox', { name: 'Pattern of rule 1' }).fill('agent:q*');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  await expect(save).toBeEnabled();
  const theirs = YAML.replace('3600', '7200');
  writeFileSync(path, theirs);
  await save.click();
  await expect(page.getByText('Another program has changed the file meanwhile')).toBeVisible();
  expect(text(path)).toBe(theirs);
  await page.getByRole('button', { name: 'Reload, and drop these changes' }).click();
  await expect(page.getByRole('textbox', { name: 'How long session:old-* lives' })).toHaveValue('2');
  await expect(page.getByRole('textbox', { name: 'Pattern of rule 1' })).toHaveValue('agent:*');
});

test('another source says what a persistence.yaml is, and gets one', async ({ start, folder }) => {
  workspace(folder);
  const app = await start({ args: [join(folder, 'states')] });
  const { page } = app;
  await expect(stateRow(page, 'planner')).toBeVisible();
  await choose(app, 'show-persistence');
  await expect(headline(page)).toContainText('states has no rules');
  const made = join(folder, 'made.yaml');
  await savesTo(app, made);
  await page.getByRole('button', { name: 'New persistence.yaml for this source…' }).click();
  await expect(headline(page)).toHaveText(
    'Without a rule, 4 states belong into 1 backend: file; each lies where it belongs',
  );
  expect(text(made)).toContain('base_path: states');
});

test('states are copied to a new database: previewed, copied, opened', async ({ start, folder }) => {
  workspace(folder);
  const database = join(folder, 'copied.db');
  const app = await start({ args: [join(folder, 'states')] });
  const { page } = app;
  await expect(stateRow(page, 'planner')).toBeVisible();
  await choose(app, 'copy-states');
  await savesTo(app, database);
  await dialog(page).getByRole('button', { name: 'New database…' }).click();
  await expect(dialog(page).getByRole('textbox', { name: 'To' })).toHaveValue(database);
  await dialog(page).getByRole('textbox', { name: 'Only keys that fit' }).fill('agent:*');
  await expect(dialog(page)).toContainText('2 states');
  await dialog(page).getByRole('button', { name: 'Preview' }).click();
  await expect(dialog(page)).toContainText('2 states would be copied');
  expect(existsSync(database)).toBe(false);
  await dialog(page).getByRole('textbox', { name: 'Only keys that fit' }).fill('');
  await dialog(page).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog(page)).toContainText('4 states copied');
  await dialog(page).getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(dialog(page)).toContainText('4 the same already');
  await dialog(page).getByRole('button', { name: 'Open it' }).click();
  await expect(page.getByLabel('Status').getByText('SQLite agent states')).toBeVisible();
  await expect(stateRow(page, 'planner')).toBeVisible();
});

test('a long copy shows how far it is and stops within a second; a move empties its source', async ({
  start,
  folder,
}) => {
  const many = join(folder, 'many');
  for (let number = 0; number < 3000; number += 1) writeState(many, 'agents', `n${number}`, 0);
  const app = await start({ args: [many] });
  const { page } = app;
  await expect(page.getByLabel('Status').getByText('3,000 states')).toBeVisible();
  await runCommand(page, 'copy states');
  await dialog(page).getByRole('textbox', { name: 'To' }).fill(join(folder, 'target'));
  await expect(dialog(page).getByRole('checkbox', { name: /Delete from here/ })).toBeDisabled();
  await dialog(page).getByRole('button', { name: 'Copy', exact: true }).click();
  const bar = dialog(page).getByRole('progressbar');
  await expect(bar).toHaveAttribute('aria-valuetext', /^[1-9]\d* of 3,000$|^[1-9],\d* of 3,000$/);
  const began = Date.now();
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(page)).toContainText('Stopped.');
  expect(Date.now() - began).toBeLessThan(1000);
  await dialog(page).getByRole('button', { name: 'Close' }).last().click();

  await allowWriting(page);
  await choose(app, 'copy-states');
  await dialog(page).getByRole('textbox', { name: 'To' }).fill(join(folder, 'moved'));
  await dialog(page).getByRole('textbox', { name: 'Only keys that fit' }).fill('agent:n12*');
  await dialog(page)
    .getByRole('checkbox', { name: /Delete from here/ })
    .check();
  await dialog(page).getByRole('button', { name: 'Move', exact: true }).click();
  await expect(dialog(page)).toContainText('111 states moved');
  expect(existsSync(join(many, 'agents', 'n12.json'))).toBe(false);
  expect(existsSync(join(folder, 'moved', 'agents', 'n12.json'))).toBe(true);
  await expect(page.getByLabel('Status').getByText('2,889 states')).toBeVisible();
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of every view of persistence, ${theme}, ${locale}`, async ({ start, folder }) => {
    const app = await start({ args: [workspace(folder), '--theme', theme, '--locale', locale] });
    const { page } = app;
    const take = (name: string) => picture(page, `persistence-${name}-${theme}-${locale}`);
    await expect(page.getByRole('treegrid').first().getByText('planner')).toBeVisible();
    await choose(app, 'show-persistence');
    await expect(page.getByTestId('persistence')).toBeVisible();
    await take('view');
    const pattern = page.getByTestId('persistence').getByRole('textbox').first();
    await pattern.fill('session:old-*');
    await take('faults');
    await pattern.fill('agent:c*');
    await take('unsaved');
    await choose(app, 'copy-states');
    await dialog(page).getByRole('textbox').first().fill(join(folder, 'target'));
    await dialog(page).getByRole('textbox').first().press('Enter');
    await expect(dialog(page).getByText(/^5 states copied|^已复制 5 /)).toBeVisible();
    const changed = join(folder, 'target', 'agents', 'coder.json');
    writeFileSync(changed, text(changed).replace('kept', 'other'));
    await dialog(page).getByRole('textbox').first().press('Enter');
    await expect(dialog(page).getByRole('table')).toBeVisible();
    await take('copied');
    await page.keyboard.press('Escape');
    await page.getByRole('treegrid').first().getByText('coder').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('coder');
    await take('expired');
    await choose(app, 'open-address');
    await take('address');
    await page.keyboard.press('Escape');
    await open(app, join(FIXTURES, 'session.db'));
    await expect(page.getByRole('treegrid').first().getByText('bob').first()).toBeVisible();
    await choose(app, 'show-persistence');
    await take('none');
  });
}
