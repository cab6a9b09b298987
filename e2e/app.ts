/** Starts the real program in a profile of its own, and knows how a person finds things in its window. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { _electron, test as base, type ElectronApplication, expect, type Locator, type Page } from 'playwright/test';
import { displayIsMissing, startVirtualDisplay } from '../scripts/setup/display.mjs';

export const ROOT = join(import.meta.dirname, '..');
export const FIXTURES = join(ROOT, 'electron', 'core', 'sources', 'fixtures');

/** Where pictures are left to be looked at. */
const SCREENS = join(ROOT, 'test-results', 'screens');

/** Both themes and both languages, in the fewest starts of the program. */
export const LOOKS = [
  ['light', 'en'],
  ['dark', 'zh-CN'],
] as const;

export interface App {
  readonly electron: ElectronApplication;
  readonly page: Page;
  /** The profile: settings, recents, local storage. */
  readonly profile: string;
}

export interface StartOptions {
  readonly args?: readonly string[];
  readonly profile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Fixtures {
  folder: string;
  start: (options?: StartOptions) => Promise<App>;
}

export const test = base.extend<Fixtures, { display: string | undefined }>({
  /** Where there is none: a display for the windows of this worker. */
  display: [
    async ({}, provide) => {
      if (!displayIsMissing()) return provide(process.env['DISPLAY']);
      const display = await startVirtualDisplay();
      process.env['DISPLAY'] = display.name;
      await provide(display.name);
      delete process.env['DISPLAY'];
      await display.stop();
    },
    { scope: 'worker', auto: true },
  ],

  /** A folder for the files of one test. */
  folder: async ({}, provide) => {
    const folder = mkdtempSync(join(tmpdir(), 'statescope-e2e-'));
    await provide(folder);
    rmSync(folder, { recursive: true, force: true });
  },

  start: async ({ folder }, provide) => {
    const running: ElectronApplication[] = [];
    const errors: string[] = [];
    await provide(async ({ args = [], profile = join(folder, 'profile'), env = {} } = {}) => {
      const electron = await _electron.launch({
        cwd: ROOT,
        args: [
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          `--user-data-dir=${profile}`,
          '.',
          '--',
          '--locale',
          'en',
          ...args,
        ],
        env: { ...(process.env as Record<string, string>), ...env },
      });
      running.push(electron);
      const page = await electron.firstWindow();
      page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
      return { electron, page, profile };
    });
    for (const electron of running) await electron.close();
    expect(errors, 'errors in the page').toEqual([]);
  },
});

export { expect };

/** Asks the program to open a source, as a second instance or the desktop would. */
export async function open(app: App, location: string): Promise<void> {
  await app.electron.evaluate(
    ({ app: electronApp }, path) => electronApp.emit('open-file', { preventDefault: () => undefined }, path),
    location,
  );
}

export const explorer = (page: Page): Locator => page.getByRole('treegrid', { name: 'States' });
export const stateRow = (page: Page, id: string): Locator =>
  explorer(page)
    .getByRole('row')
    .filter({ has: page.getByText(id, { exact: true }) });
export const tree = (page: Page): Locator => page.getByRole('treegrid', { name: /^Tree of / });
/** The rows of members of this name, in the order of the tree. */
export const treeRow = (page: Page, name: string): Locator =>
  tree(page)
    .getByRole('row')
    .filter({ has: page.getByRole('gridcell', { name, exact: true }) });

/** Selects a state and waits for its tree. */
export async function showState(page: Page, id: string): Promise<void> {
  await stateRow(page, id).first().click();
  await expect(tree(page)).toHaveAccessibleName(new RegExp(`^Tree of .*${escaped(id)}$`));
}

export const dialog = (page: Page): Locator => page.getByRole('dialog');

/** Runs the command of the palette that is found by what is typed. */
export async function runCommand(page: Page, typed: string): Promise<void> {
  // While a dialog closes, the keys are still its own.
  await expect(dialog(page)).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+k');
  await dialog(page).getByRole('combobox').fill(typed);
  await page.keyboard.press('Enter');
}

/** Allows writing to the open source, as a person does in the status bar. */
export async function allowWriting(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Read-only' }).click();
  await dialog(page).getByRole('button', { name: 'Allow writing' }).click();
  await expect(page.getByRole('button', { name: 'Writing allowed' })).toBeVisible();
}

/** Expands the shown state, and waits until its rows stand where they will stay. */
export async function expandAll(page: Page): Promise<void> {
  await tree(page).focus();
  await page.keyboard.press('ControlOrMeta+e');
  await expect(tree(page)).toHaveAttribute('aria-busy', 'false');
}

/** Only rows in sight exist: pages down from the top until the row of this member is there. */
export async function seek(page: Page, name: string): Promise<Locator> {
  const row = treeRow(page, name).first();
  await tree(page).focus();
  await page.keyboard.press('Home');
  for (let pages = 0; pages < 100 && !(await row.isVisible()); pages += 1) {
    await page.keyboard.press('PageDown');
    await page.waitForTimeout(50);
  }
  return row;
}

/** What is on the system's clipboard. */
export const clipboardText = (app: App): Promise<string> =>
  app.electron.evaluate(({ clipboard }) => clipboard.readText());

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Leaves a picture of the window as `name`.png, and checks what it shows for accessibility. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(400); // Until what moves has come to rest.
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`) });
  expect.soft(await violations(page), name).toEqual([]);
}

/** What axe finds, as `rule: selector`. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    // Every violation is told in full. To describe what is in order, too, takes as long as all else.
    .options({ resultTypes: ['violations'] })
    // Of an open menu: whoever gets there is handed on at once, and hears nothing.
    .exclude('[data-base-ui-focus-guard]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'])
    .analyze();
  return found.flatMap((violation) => violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')}`));
}
