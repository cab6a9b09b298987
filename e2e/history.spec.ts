/** What changes, live: recorded as an agent saves, found again, gone back to, watched, and traced to its cause. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import {
  type App,
  clipboardText,
  dialog,
  expandAll,
  expect,
  LOOKS,
  picture,
  ROOT,
  runCommand,
  showState,
  stateRow,
  test,
  treeRow,
} from './app.ts';

interface Friday {
  readonly status: string;
  readonly step: number;
}

/** Saves a session as AgentScope does, at once for whoever reads it. */
function save(folder: string, id: string, { status, step }: Friday): void {
  const path = join(folder, `${id}.json`);
  const content = Array.from({ length: Math.min(step, 3) }, (_, at) => ({
    id: `m${at}`,
    name: 'friday',
    role: 'assistant',
    content: `thought ${at}`,
    metadata: {},
    timestamp: '2026-01-02 03:04:05.000',
  }));
  writeFileSync(`${path}.new`, JSON.stringify({ friday: { name: 'Friday', status, step, memory: { content } } }));
  renameSync(`${path}.new`, path);
}

function sessions(folder: string): string {
  const path = join(folder, 'sessions');
  mkdirSync(path);
  for (const id of ['alpha', 'beta']) save(path, id, { status: 'idle', step: 0 });
  return path;
}

const changes = (page: Page): Locator => page.getByRole('treegrid', { name: 'Changes' });
const changeRows = (page: Page): Locator => changes(page).getByRole('row');
const query = (page: Page): Locator => page.getByRole('combobox', { name: 'Query of history' });
const recording = (page: Page): Locator => page.getByRole('button', { name: 'Recording', exact: true });
const playhead = (page: Page): Locator => page.getByRole('slider', { name: 'Moment shown' });

async function openHistory(page: Page): Promise<void> {
  await page.keyboard.press('ControlOrMeta+Shift+h');
  await expect(page.getByRole('region', { name: 'History' })).toBeVisible();
}

/** Waits until the newest change says this. */
async function newest(page: Page, text: string): Promise<void> {
  await expect(changeRows(page).first()).toContainText(text);
}

/** Saves one state after the other, each seen before the next. */
async function run(page: Page, folder: string, id: string, steps: readonly Friday[]): Promise<void> {
  for (const step of steps) {
    save(folder, id, step);
    await expect(changes(page).getByText(String(step.step), { exact: true }).first()).toBeVisible();
  }
}

async function started(start: () => Promise<App>): Promise<App> {
  const app = await start();
  await expect(recording(app.page)).toBeVisible();
  return app;
}

test('what an agent saves appears by itself, is found again, and shows its values before and after', async ({
  start,
  folder,
}) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await openHistory(page);
  save(path, 'alpha', { status: 'busy', step: 1 });
  await expect(changes(page).getByText('"idle"').first()).toBeVisible();
  await run(page, path, 'alpha', [{ status: 'busy', step: 2 }]);
  save(path, 'beta', { status: 'error', step: 1 });
  await expect(changes(page).getByText('"error"').first()).toBeVisible();

  await query(page).fill('key:*beta* pa');
  await expect(page.getByRole('option', { name: 'path:' })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.type('status');
  await expect(changeRows(page)).toHaveCount(1);
  await changeRows(page).first().click();
  const pane = page.getByRole('region', { name: 'Change' });
  await expect(pane.getByLabel('Before', { exact: true })).toHaveText('"idle"');
  await expect(pane.getByLabel('After', { exact: true })).toHaveText('"error"');

  await query(page).fill('bogus:1');
  await expect(page.getByText('Not understood at character 1')).toBeVisible();
  await expect(changeRows(page)).toHaveCount(1);
  await query(page).fill('');
  await page.getByRole('button', { name: 'Errors', exact: true }).click();
  await expect(changes(page).getByText('"error"').first()).toBeVisible();
  await expect(changes(page).getByText('"busy"')).toHaveCount(0);

  await pane.getByRole('button', { name: 'Show in tree' }).click();
  await expect(page.getByRole('treegrid', { name: 'Tree of session:beta' })).toBeVisible();
  await expect(treeRow(page, 'status')).toHaveAttribute('aria-selected', 'true');
});

test('the history of a state is a tab beside its tree, and its numbers are a curve', async ({ start, folder }) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await showState(page, 'alpha');
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(query(page)).toHaveValue('key:"session:alpha"');
  await run(
    page,
    path,
    'alpha',
    [1, 2, 3, 4, 5].map((step) => ({ status: step === 4 ? 'error' : 'busy', step })),
  );
  await changes(page).getByText('friday.step', { exact: true }).first().click();
  await expect(page.getByRole('img', { name: 'Values between 1 and 5' })).toBeVisible();
  await expect(page.getByRole('list', { name: /^Values of this path/ }).getByRole('button')).toHaveCount(5);
});

test('new changes wait while the list is paused, and a click shows them', async ({ start, folder }) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await openHistory(page);
  await run(page, path, 'alpha', [{ status: 'busy', step: 1 }]);
  await page.getByRole('button', { name: 'Pause' }).click();
  const before = await changeRows(page).count();
  save(path, 'alpha', { status: 'busy', step: 77 });
  await expect(page.getByRole('button', { name: /^\d+ new$/ })).toBeVisible();
  expect(await changeRows(page).count()).toBe(before);
  await page.getByRole('button', { name: /^\d+ new$/ }).click();
  await expect(changes(page).getByText('77', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  save(path, 'alpha', { status: 'busy', step: 78 });
  await expect(changes(page).getByText('78', { exact: true })).toBeVisible();
});

test('the playhead takes the whole window back, marked and without writing, and back to now', async ({
  start,
  folder,
}) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await openHistory(page);
  await page.keyboard.press('ControlOrMeta+t');
  await run(
    page,
    path,
    'alpha',
    [1, 2, 3].map((step) => ({ status: 'busy', step: step * 10 })),
  );
  await showState(page, 'alpha');
  await expandAll(page);
  await expect(treeRow(page, 'step')).toContainText('30');

  await playhead(page).focus();
  await page.keyboard.press('Home');
  await expect(page.getByRole('status').filter({ hasText: 'As of' })).toBeVisible();
  await expect(treeRow(page, 'step')).toContainText('0');
  await expect(treeRow(page, 'step')).not.toContainText('30');
  const banner = page.getByRole('status').filter({ hasText: 'Nothing can be written' });
  await expect(banner).toContainText('change 1');
  await expect(page.getByRole('button', { name: 'Read-only' })).toBeDisabled();
  for (const value of ['10', '20']) {
    await expect(async () => {
      await playhead(page).press('ArrowRight');
      await expect(treeRow(page, 'step')).toContainText(value, { timeout: 500 });
    }).toPass();
  }

  // What is saved meanwhile is recorded, and does not disturb the past.
  save(path, 'alpha', { status: 'busy', step: 40 });
  await expect(playhead(page)).toHaveAttribute('aria-valuetext', /^As of/);
  await expect(treeRow(page, 'step')).toContainText('20');
  await banner.getByRole('button', { name: 'Back to now' }).click();
  await expect(banner).toHaveCount(0);
  await expect(treeRow(page, 'step')).toContainText('40');
  await expect(page.getByRole('button', { name: 'Read-only' })).toBeEnabled();

  const chart = page.getByRole('region', { name: 'Timeline' });
  const box = await chart.boundingBox();
  if (!box) throw new Error('the timeline is not there');
  // On the ruler, at its beginning.
  await page.mouse.move(box.x + box.width - 60, box.y + 36);
  await page.mouse.down();
  await page.mouse.move(box.x + 40, box.y + 36, { steps: 8 });
  await page.mouse.up();
  await expect(playhead(page)).toHaveAttribute('aria-valuetext', /^As of .*change/);
  await runCommand(page, 'Back to now');
  await expect(playhead(page)).toHaveAttribute('aria-valuetext', 'now');
  // Below it, a range for the list.
  await page.mouse.move(box.x + 60, box.y + box.height - 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 400, box.y + box.height - 20, { steps: 4 });
  await page.mouse.up();
  await openHistory(page);
  await expect(query(page)).toHaveValue(/^after:\S+Z before:\S+Z$/);
});

/** What the system is asked to show while the window is in the background; nothing is shown on this machine. */
async function inBackground({ electron }: App) {
  await electron.evaluate(({ BrowserWindow, Notification }) => {
    for (const window of BrowserWindow.getAllWindows()) window.isFocused = () => false;
    Notification.isSupported = () => true;
    const shown: Electron.Notification[] = [];
    Notification.prototype.show = function show(this: Electron.Notification) {
      shown.push(this);
    };
    Object.assign(globalThis, { shown });
  });
  const read = () =>
    electron.evaluate(() => {
      const { shown } = globalThis as unknown as { shown: Electron.Notification[] };
      return shown.map(({ title, body }) => `${title}: ${body}`);
    });
  const click = () =>
    electron.evaluate(() => {
      const { shown } = globalThis as unknown as { shown: Electron.Notification[] };
      shown[0]?.emit('click');
    });
  return { read, click };
}

test('a watch that breaks is told, by the system in the background, and leads to the change', async ({
  start,
  folder,
}) => {
  const path = sessions(folder);
  const app = await started(() => start({ args: [path] }));
  const { page } = app;
  const system = await inBackground(app);
  await runCommand(page, 'Watches');
  await page.getByRole('button', { name: 'Add watch…' }).click();
  await dialog(page).getByLabel('Name').fill('no error');
  await dialog(page)
    .getByLabel(/^States/)
    .fill('session:*');
  await dialog(page).getByLabel('Should hold').fill('$.friday.status !=');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page).getByText('Not understood at character')).toBeVisible();
  await dialog(page).getByLabel('Should hold').fill('$.friday.status != "error"');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('cell', { name: 'holds' })).toBeVisible();
  save(path, 'beta', { status: 'error', step: 5 });
  const notice = page.getByRole('status').filter({ hasText: 'does not hold any more in session:beta' });
  await expect(notice).toBeVisible();
  await expect(page.getByRole('cell', { name: 'broken' })).toBeVisible();
  await notice.getByRole('button', { name: 'Show the change' }).click();
  const pane = page.getByRole('region', { name: 'Change' });
  await expect(pane).toContainText('session:beta');

  expect(await system.read()).toEqual(['no error: no error does not hold any more in session:beta.']);
  await runCommand(page, 'Watches');
  await expect(pane).toHaveCount(0);
  await system.click();
  await expect(pane).toContainText('session:beta');
});

test('the change that broke a state is found', async ({ start, folder }) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await openHistory(page);
  const steps = [1, 2, 3, 4, 5, 6, 7].map((step) => ({ status: step >= 5 ? 'error' : 'busy', step: step * 11 }));
  await run(page, path, 'alpha', steps);
  await showState(page, 'alpha');
  await runCommand(page, 'Find the change');
  await dialog(page).getByLabel('Should hold').fill('$.friday.step < 50');
  await dialog(page).getByRole('button', { name: 'Find the change' }).click();
  await expect(dialog(page)).toContainText(/Broken by change \d+/);
  await expect(dialog(page)).toContainText('This assumes that it stays false.');
  await dialog(page).getByRole('button', { name: 'Show the change' }).click();
  await expect(page.getByRole('region', { name: 'Change' })).toContainText('session:alpha');
});

test('probes are off until they are switched on, and the token is shown only when asked for', async ({
  start,
  folder,
}) => {
  const app = await started(() => start({ args: [sessions(folder)] }));
  const { page } = app;
  await runCommand(page, 'Probes');
  await expect(dialog(page)).toContainText('Nothing listens.');
  await expect(dialog(page)).toContainText('in place of sessions; switching off opens it again.');
  await dialog(page).getByRole('radio', { name: 'On' }).click();
  const address = dialog(page).getByText(/^STATESCOPE_PROBE=/);
  await expect(address).toHaveText(/^STATESCOPE_PROBE=http:\/\/127\.0\.0\.1:\d+#•+$/);
  await dialog(page).getByRole('button', { name: 'Copy with the token' }).click();
  expect(await clipboardText(app)).toMatch(/^STATESCOPE_PROBE=http:\/\/127\.0\.0\.1:\d+#[\w-]{16,}$/);
  await dialog(page).getByRole('button', { name: 'Show the token' }).click();
  await expect(address).not.toContainText('•');
  await expect(dialog(page)).toContainText('Running programs are shown in place of sessions.');
  await dialog(page).getByRole('button', { name: 'Back to sessions' }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(stateRow(page, 'alpha')).toHaveCount(1);
  await runCommand(page, 'Probes');
  await expect(dialog(page)).toContainText('Nothing listens.');
});

test('a running program is attached, followed, and given back a state that it had', async ({ start }) => {
  const app = await started(() => start());
  const { page } = app;
  let program: ChildProcess | null = null;
  try {
    await runCommand(page, 'Probes');
    await dialog(page).getByRole('radio', { name: 'On' }).click();
    await dialog(page).getByRole('button', { name: 'Copy with the token' }).click();
    const [, address = ''] = (await clipboardText(app)).split('STATESCOPE_PROBE=');
    program = spawn('python3', ['example_agent.py', '--steps', '1000', '--pause', '0.2'], {
      cwd: join(ROOT, 'assets', 'probes'),
      env: { ...process.env, STATESCOPE_PROBE: address, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: 'ignore',
    });
    await expect(dialog(page)).toContainText('1 program attached');
    await dialog(page).getByRole('button', { name: 'Pause' }).click();
    await expect(dialog(page)).toContainText('until it is resumed');
    await dialog(page).getByRole('button', { name: 'Resume' }).click();
    await expect(dialog(page)).toContainText('sends its changes again');
    await page.keyboard.press('Escape');
    await openHistory(page);
    await expect.poll(() => changeRows(page).count()).toBeGreaterThan(5);

    await page.keyboard.press('ControlOrMeta+t');
    await playhead(page).press('Home');
    await expect(page.getByRole('button', { name: 'Back to now' })).toBeVisible();
    await runCommand(page, 'Probes');
    await dialog(page).getByRole('button', { name: 'Load' }).click();
    await expect(dialog(page)).toContainText('The program has loaded the state.');
  } finally {
    program?.kill();
  }
});

test('recording is switched off and on in the status bar', async ({ start, folder }) => {
  const path = sessions(folder);
  const { page } = await started(() => start({ args: [path] }));
  await recording(page).click();
  await expect(page.getByText(/^Journal: \d+ changes?, /)).toBeVisible();
  await page.getByRole('menuitem', { name: 'Stop recording' }).click();
  const off = page.getByRole('button', { name: 'Not recording' });
  await expect(off).toBeVisible();
  await off.click();
  await page.getByRole('menuitem', { name: 'Start recording' }).click();
  await expect(recording(page)).toBeVisible();
  await openHistory(page);
  save(path, 'alpha', { status: 'busy', step: 9 });
  await newest(page, '');
  await expect(changes(page).getByText('9', { exact: true })).toBeVisible();
});

for (const [theme, locale] of LOOKS) {
  test(`pictures of every view of history, ${theme}, ${locale}`, async ({ start, folder }) => {
    const path = sessions(folder);
    const { page } = await start({ args: [path, '--theme', theme, '--locale', locale] });
    const texts = { en, 'zh-CN': zhCN }[locale];
    const { history, watches, probes, commands } = texts;
    const take = (name: string) => picture(page, `history-${name}-${theme}-${locale}`);
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    await expect(button(history.recording)).toBeVisible();
    await page.keyboard.press('ControlOrMeta+Shift+h');
    await take('nothing');
    await page.keyboard.press('ControlOrMeta+t');
    const list = page.getByRole('treegrid', { name: history.label });
    for (let step = 1; step <= 6; step += 1) {
      save(path, 'alpha', { status: step > 4 ? 'error' : 'busy', step: step * 7 });
      await expect(list.getByText(String(step * 7), { exact: true }).first()).toBeVisible();
    }
    await list.getByText('friday.status', { exact: true }).first().click();
    await expect(page.getByLabel(history.after, { exact: true })).toBeVisible();
    await take('list');
    await list.getByText('friday.step', { exact: true }).first().click();
    await expect(page.getByRole('img').first()).toBeVisible();
    await take('lane');
    await page.getByRole('combobox', { name: history.query }).fill('status:');
    await take('query');
    await page.getByRole('combobox', { name: history.query }).fill('path:nowhere');
    await expect(page.getByText(history.noMatch)).toBeVisible();
    await take('no-match');
    await page.getByRole('combobox', { name: history.query }).fill('');
    await button(history.recording).click();
    await take('recording');
    await page.keyboard.press('Escape');
    await page.getByRole('slider', { name: history.playhead }).press('Home');
    await expect(button(history.backToNow)).toBeVisible();
    await take('past');
    await page.getByRole('treegrid').first().getByText('alpha').first().click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText('alpha');
    await take('past-tree');
    await button(history.backToNow).click();
    await page.getByRole('tab', { name: history.title }).click();
    await take('state');

    await runCommand(page, commands['bisect-state']);
    await dialog(page).getByRole('textbox').fill('$.friday.status !=');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('alert')).not.toBeEmpty();
    await take('bisect-fault');
    await dialog(page).getByRole('textbox').fill('$.friday.step < 20');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByText(history.bisect.assumed)).toBeVisible();
    await take('bisect');
    await page.keyboard.press('Escape');

    await runCommand(page, commands['show-watches']);
    await expect(page.getByText(watches.nothing)).toBeVisible();
    await take('no-watches');
    for (const [name, expression] of [
      ['no error', '$.friday.status != "error"'],
      ['few steps', '$.friday.step < 1000'],
    ] as const) {
      await button(watches.add).click();
      await dialog(page).getByLabel(watches.columns.name).fill(name);
      await dialog(page).getByLabel(watches.keysLabel).fill('session:*');
      await dialog(page).getByLabel(watches.expressionLabel).fill(expression);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('cell', { name, exact: true })).toBeVisible();
    }
    save(path, 'beta', { status: 'error', step: 5 });
    await expect(page.getByRole('cell', { name: watches.verdicts.broken })).toBeVisible();
    await take('watches');
    await button(watches.add).click();
    await dialog(page).getByLabel(watches.columns.name).fill('few messages');
    await dialog(page).getByLabel(watches.expressionLabel).fill('count($.memory.content <= 100');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('alert')).not.toBeEmpty();
    await take('watch-fault');
    await page.keyboard.press('Escape');

    await runCommand(page, commands['show-probes']);
    await take('probes-off');
    await dialog(page).getByRole('radio', { name: probes.on }).click();
    await expect(dialog(page).getByText(probes.noSessions)).toBeVisible();
    await take('probes');
  });
}
