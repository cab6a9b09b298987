/** Every fault that is planted in the sample workspace is found, explained, jumped to and repaired; so are those of rules of one's own. */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { type App, dialog, expect, LOOKS, open, picture, ROOT, test, tree } from './app.ts';

const { consistency } = en;

/** A copy of the sample workspace, to be written into. */
function workspaceIn(folder: string): string {
  const path = join(folder, 'fleet');
  cpSync(join(ROOT, 'assets', 'sample-workspace'), path, { recursive: true });
  return path;
}

/** Of every file below a folder. */
function bytesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).toSorted();
  const digest = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return Object.fromEntries(paths.map((path) => [path.slice(folder.length), digest(path)]));
}

/** What README.md of the sample workspace lists. `row`: of the tree to which the fault leads; `repair`: what is done about it. */
const PLANTED = [
  { key: 'agent:coder', rule: 'busy-without-task', row: 'status', repair: 'set-status' },
  { key: 'session:onboarding-张伟', rule: 'participant-missing', row: 'agent:门禁', repair: 'remove-participant' },
  { key: 'session:literature-agent-memory', rule: 'dangling-tool-call', row: '2', repair: 'answer-call' },
  { key: 'session:invoice-audit-2026-11', rule: 'expired-active', row: 'status', repair: 'set-status' },
  { key: 'conversation:incident-2291', rule: 'whole-text', row: 'call_b7f6', repair: 'close-truncated' },
  { key: 'cache:search-pages', rule: 'duplicate-key', row: '1', repair: 'drop-hidden' },
  { key: 'cache:search-pages', rule: 'not-a-number', row: 'NaN', repair: 'set-null' },
  // Nothing is wrong with it, but whoever reads it should know.
  { key: 'session:trip-shanghai', rule: 'big-integer', row: '7318264509127346177', repair: null },
] as const;

const findings = (page: Page): Locator => page.getByRole('treegrid', { name: consistency.findings });
const finding = (page: Page): Locator => page.getByTestId('finding');
const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 });

async function showConsistency(page: Page): Promise<void> {
  await expect(page.getByRole('button', { name: 'Recording', exact: true })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+Shift+k');
  await expect(heading(page)).toContainText(/fault|wrong/);
}

async function filterFor(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: consistency.filter }).fill(text);
}

/** The system's dialog answers with this place. */
async function saveTo(app: App, filePath: string): Promise<void> {
  await app.electron.evaluate(({ dialog: dialogs }, chosen) => {
    dialogs.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, filePath);
}

test('each planted fault is found, explained and jumped to, and repaired on a copy or in place', async ({
  start,
  folder,
}) => {
  const path = workspaceIn(folder);
  const before = bytesOf(path);
  const app = await start({ args: [path] });
  const { page } = app;
  await showConsistency(page);
  await expect(heading(page)).toHaveText('8 faults in 7 states; all can be repaired');
  await expect(page.getByRole('navigation').getByRole('button', { name: /Consistency.*7 errors/ })).toBeVisible();

  for (const { key, rule, row, repair } of PLANTED) {
    const { title } = consistency.rules[rule];
    await filterFor(page, key);
    await page.getByRole('radio', { name: consistency.groupings.state }).click();
    await findings(page).getByRole('row', { name: title }).last().click();
    const detail = finding(page);
    await expect(detail.getByRole('heading', { level: 2 })).toContainText(title);
    await expect(detail).toContainText(key);
    await expect(detail).toContainText(consistency.rules[rule].why);
    await expect(detail.getByRole('button', { name: consistency.repairThis })).toHaveCount(repair === null ? 0 : 1);
    await expect(detail).not.toContainText('consistency.');
    await detail.getByRole('button', { name: consistency.showInTree }).click();
    const selected = tree(page).locator('[aria-selected="true"]');
    await expect(selected).toContainText(row);
    await expect(selected).toBeInViewport();
    await page.keyboard.press('ControlOrMeta+Shift+k');
  }

  // By keyboard: down to the call that nobody answered, and into the conversation.
  await filterFor(page, 'literature');
  await page.getByRole('radio', { name: consistency.groupings.rule }).click();
  await findings(page).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(finding(page)).toContainText('fetch_pdf');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tab', { name: en.state.conversation, selected: true })).toBeVisible();
  await expect(page.getByRole('feed')).toContainText('fetch_pdf');

  // All of it, on a copy. What is unticked stays.
  const copy = join(folder, 'fleet-repaired');
  await saveTo(app, copy);
  await showConsistency(page);
  await filterFor(page, '');
  await page.getByRole('button', { name: 'Repair 8…' }).click();
  const repairs = dialog(page).getByRole('list', { name: consistency.repairing.list });
  // And the counters that count one more by then.
  await expect(repairs.getByRole('listitem').filter({ hasNotText: consistency.repairing.follows })).toHaveCount(8);
  await repairs.getByRole('button', { name: /agent:coder/ }).click();
  const preview = dialog(page).getByRole('region', { name: /agent:coder/ });
  await expect(preview.getByRole('deletion').last()).toHaveText('busy');
  await expect(preview.getByRole('insertion').last()).toHaveText('idle');
  const nan = repairs.getByRole('checkbox', { name: new RegExp(consistency.rules['not-a-number'].title) });
  await nan.uncheck();
  await dialog(page).getByRole('button', { name: consistency.repairing.copy }).click();
  await expect(dialog(page)).toContainText(copy);
  expect(bytesOf(path)).toEqual(before);
  await dialog(page).getByRole('button', { name: consistency.repairing.openCopy }).click();
  await expect(heading(page)).toContainText('session:');
  await expect(page.getByRole('contentinfo').getByText('fleet-repaired', { exact: true })).toBeVisible();
  await showConsistency(page);
  await expect(heading(page)).toHaveText('1 fault in 1 state; it can be repaired');
  await expect(findings(page)).toContainText(consistency.rules['not-a-number'].title);

  // One of the original, in place, and back.
  await open(app, path);
  await expect(heading(page)).toContainText('session:');
  await expect(page.getByRole('contentinfo').getByText('fleet', { exact: true })).toBeVisible();
  await showConsistency(page);
  await expect(heading(page)).toContainText('8 faults');
  await filterFor(page, 'agent:coder');
  await expect(finding(page)).toContainText('agent:coder');
  await finding(page).getByRole('button', { name: consistency.repairThis }).click();
  const here = dialog(page).getByRole('button', { name: consistency.repairing.here });
  await expect(dialog(page).getByRole('insertion').last()).toHaveText('idle');
  await expect(here).toBeDisabled();
  await dialog(page).getByRole('button', { name: en.restore.allow }).click();
  await here.click();
  await expect(heading(page)).toHaveText('7 faults in 6 states; all can be repaired');
  expect(readFileSync(join(path, 'store', 'agents', 'coder.json'), 'utf8')).toContain('"idle"');
  await page.getByRole('status').getByRole('button', { name: en.written.undo }).click();
  await expect(heading(page)).toContainText('8 faults in 7 states');
  const { '/store/agents/coder.json': coder } = bytesOf(path);
  expect(coder).toBe(before['/store/agents/coder.json']);

  // Rules of one's own: a fault in the file is told with its line; then they are asked like the others.
  const rules = join(path, 'statescope.rules.yaml');
  writeFileSync(rules, 'rules:\n  - id: polite\n    must: $.nothing ==\n    message: Say hello\n');
  await page.getByRole('button', { name: consistency.again }).click();
  await expect(page.getByRole('alert')).toContainText('line 3');
  writeFileSync(
    rules,
    'rules:\n  - id: no-cache\n    where: key:cache:*\n    must: $.state_data.pages == null\n    message: Caches are not saved\n    why: They are made anew.\n',
  );
  await page.getByRole('button', { name: consistency.again }).click();
  await expect(page.getByText(/own rules: statescope\.rules\.yaml/)).toBeVisible();
  await filterFor(page, 'Caches are not saved');
  await findings(page)
    .getByRole('row', { name: /cache:/ })
    .first()
    .click();
  await expect(finding(page)).toContainText('They are made anew.');
});

test('a copy of much shows how far it is, and is stopped', async ({ start, folder }) => {
  const path = workspaceIn(folder);
  // Many files, and not a large one, which some file systems copy at once.
  mkdirSync(join(path, 'frames'));
  for (let at = 0; at < 8000; at += 1) writeFileSync(join(path, 'frames', `${at}.png`), 'x'.repeat(1000));
  const app = await start({ args: [path] });
  const { page } = app;
  await saveTo(app, join(folder, 'fleet-repaired'));
  await showConsistency(page);
  await page.getByRole('button', { name: 'Repair 8…' }).click();
  await dialog(page).getByRole('button', { name: consistency.repairing.copy }).click();
  const bar = dialog(page).getByRole('progressbar', { name: en.restore.phases.copying });
  await expect(bar).toHaveAttribute('aria-valuenow', /^[1-9]/);
  await dialog(page).getByRole('button', { name: en.restore.stop }).click();
  await expect(bar).toHaveCount(0, { timeout: 1000 });
  await expect(dialog(page).getByRole('button', { name: consistency.repairing.copy })).toBeEnabled();
  expect(readdirSync(folder).filter((name) => name.includes('repaired'))).toEqual([]);
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of consistency, ${theme}, ${locale}`, async ({ start, folder }) => {
    const { page } = await start({ args: [workspaceIn(folder), '--theme', theme, '--locale', locale] });
    const texts = { en, 'zh-CN': zhCN }[locale].consistency;
    await page.getByRole('navigation').getByRole('button', { name: texts.title }).click();
    const rows = page.getByRole('treegrid', { name: texts.findings });
    await rows.getByRole('row', { name: /literature-agent-memory/ }).click();
    await expect(finding(page)).toContainText('fetch_pdf');
    await picture(page, `consistency-${theme}-${locale}`);
    await finding(page).getByRole('button', { name: texts.repairThis }).click();
    await expect(dialog(page).getByRole('insertion').first()).toBeVisible();
    await picture(page, `consistency-repair-one-${theme}-${locale}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /8/ }).click();
    await expect(dialog(page).getByRole('insertion').first()).toBeVisible();
    await picture(page, `consistency-repair-${theme}-${locale}`);
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: new RegExp(texts.checks) }).click();
    await picture(page, `consistency-checks-${theme}-${locale}`);
  });
}
