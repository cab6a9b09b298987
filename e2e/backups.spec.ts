/** Backups: written, verified, damaged and found out, compared, put back in part with a preview, encrypted, and made by themselves. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright/test';
import { en } from '../shared/i18n/en.ts';
import { zhCN } from '../shared/i18n/zh-CN.ts';
import { type App, dialog, expect, explorer, LOOKS, open, picture, ROOT, runCommand, test } from './app.ts';

const { backups, restore } = en;
const PASSPHRASE = 'correct horse battery';

/** A copy of the sample workspace's store. */
function store(folder: string): string {
  const path = join(folder, 'store');
  cpSync(join(ROOT, 'assets', 'sample-workspace', 'store'), path, { recursive: true });
  return path;
}

const textOf = (file: string): string => readFileSync(file, 'utf8');
const list = (page: Page): Locator => page.getByRole('treegrid', { name: backups.label });
const rows = (page: Page): Locator => list(page).getByRole('row');
const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const detail = (page: Page): Locator => page.getByRole('region', { name: /^About / });
const here = (page: Page, name: string): Locator => detail(page).getByRole('button', { name, exact: true });
const notice = (page: Page): Locator => page.getByRole('status').filter({ hasText: /put back/ });

/** The system answers as if a person had chosen these, and tells what it was asked for. */
async function system(app: App, answers: { readonly save?: string; readonly open?: string }): Promise<void> {
  await app.electron.evaluate(({ dialog: dialogs }, { save, open: opened }) => {
    if (save !== undefined) dialogs.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: save });
    if (opened !== undefined) dialogs.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [opened] });
  }, answers);
}

interface Wish {
  readonly name?: string;
  readonly globs?: string;
  readonly passphrase?: string;
  /** Where the system's dialog says. */
  readonly elsewhere?: boolean;
}

async function backUp(page: Page, wish: Wish, states: RegExp): Promise<void> {
  const { name = '', globs, passphrase, elsewhere } = wish;
  await runCommand(page, en.commands['create-backup']);
  await dialog(page).getByLabel(backups.name, { exact: true }).fill(name);
  if (globs !== undefined) {
    await dialog(page).getByRole('radio', { name: backups.choose.some }).click();
    await dialog(page).getByLabel(backups.globs).fill(globs);
  }
  await expect(dialog(page).getByRole('status')).toContainText(states);
  if (passphrase !== undefined) {
    await dialog(page).getByLabel(backups.encrypt).check();
    await dialog(page).getByLabel(en.secret.passphrase, { exact: true }).fill(passphrase);
    await dialog(page).getByLabel(backups.passphraseAgain).fill(passphrase);
  }
  if (elsewhere) await button(page, backups.choosePlace).click();
  await dialog(page).getByRole('button', { name: backups.createNow, exact: true }).click();
  await expect(dialog(page)).toContainText(/written, /);
  await dialog(page).getByRole('button', { name: en.common.close, exact: true }).last().click();
  await expect(dialog(page)).toBeHidden();
}

test('states are backed up, verified, compared, put back in part and by themselves', async ({ start, folder }) => {
  const path = store(folder);
  const app = await start({ args: [path] });
  const { page } = app;
  await expect(explorer(page)).toContainText('planner');
  await page.keyboard.press('ControlOrMeta+Shift+b');
  await expect(page.getByText(backups.nothing)).toBeVisible();

  await test.step('written and verified', async () => {
    await backUp(page, { name: 'Before the upgrade' }, /\d+ states/);
    await expect(rows(page)).toHaveCount(1);
    await expect(rows(page).first()).toContainText(/Before the upgrade.*By hand.*Not verified/);
    await here(page, backups.verify).click();
    await expect(rows(page).first()).toContainText(backups.verdicts.verified);
  });
  const [source = ''] = readdirSync(join(app.profile, 'backups')).filter((name) => name.startsWith('store-'));
  const own = join(app.profile, 'backups', source);
  const [first = ''] = readdirSync(own);

  await test.step('a damaged copy is found out, state by state', async () => {
    const copy = join(own, 'copy.json');
    const text = textOf(join(own, first));
    const at = text.indexOf('"content"', text.indexOf('"agent:planner": ', text.indexOf('"states"')));
    writeFileSync(copy, `${text.slice(0, at)}"c0ntent"${text.slice(at + 9)}`);
    await page.evaluate(() => window.dispatchEvent(new Event('focus')));
    await expect(rows(page)).toHaveCount(2);
    await rows(page).filter({ hasText: backups.verdicts.none }).click();
    await here(page, backups.verify).click();
    await expect(detail(page).getByRole('list', { name: backups.problemsLabel })).toContainText('agent:planner');
    await expect(rows(page).filter({ hasText: '1 state damaged' })).toHaveCount(1);
  });

  const planner = join(path, 'agents', 'planner.json');
  const coder = join(path, 'agents', 'coder.json');
  const before = textOf(planner);
  await test.step('what has changed since is compared, and put back in part, after a preview', async () => {
    for (const file of [planner, coder]) writeFileSync(file, textOf(file).replace(/"idle"|"busy"/, '"error"'));
    const broken = [textOf(planner), textOf(coder)];
    expect(broken[0]).not.toBe(before);
    await rows(page).filter({ hasText: backups.verdicts.verified }).click();
    await here(page, backups.compareNow).click();
    await expect(page.getByRole('heading', { name: en.diff.allStates })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('agent:planner');
    await expect(page.getByRole('main')).toContainText('agent:coder');

    await page.keyboard.press('ControlOrMeta+Shift+b');
    await here(page, backups.restore).click();
    await expect(dialog(page)).toContainText(backups.verdicts.verified);
    await dialog(page).getByRole('radio', { name: backups.choose.some }).click();
    await dialog(page).getByLabel(backups.globs).fill('agent:planner, agent:co*, agent:nobody');
    await expect(dialog(page)).toContainText('There is no state for: agent:nobody');
    await dialog(page)
      .getByRole('checkbox', { name: /agent:coder/ })
      .uncheck();
    await expect(dialog(page).getByRole('status')).toContainText('1 state ');
    await dialog(page).getByRole('button', { name: backups.preview }).click();
    await expect(dialog(page)).toContainText(restore.backupMerges);
    const apply = dialog(page).getByRole('button', { name: 'Put back 1 state' });
    await expect(dialog(page).getByRole('list', { name: restore.states })).toContainText('agent:planner');
    expect([textOf(planner), textOf(coder)]).toEqual(broken);
    await dialog(page).getByRole('button', { name: restore.allow }).click();
    await apply.click();
    await expect(notice(page)).toContainText('1 state was put back');
    expect([textOf(planner), textOf(coder)]).toEqual([before, broken[1]]);
    await notice(page).getByRole('button', { name: en.written.undo }).click();
    await expect(notice(page)).toContainText('as it was before');
    expect([textOf(planner), textOf(coder)]).toEqual(broken);
  });

  await test.step('of a damaged one, what is damaged is not put back', async () => {
    await rows(page).filter({ hasText: '1 state damaged' }).click();
    await here(page, backups.restore).click();
    await expect(dialog(page)).toContainText(backups.withoutDamaged);
    await dialog(page).getByRole('button', { name: backups.preview }).click();
    const states = dialog(page).getByRole('list', { name: restore.states });
    await expect(states).toContainText('agent:coder');
    await expect(states).not.toContainText('agent:planner');
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
  });

  await test.step('an encrypted one opens with its passphrase only', async () => {
    const file = join(folder, 'elsewhere.json');
    await system(app, { save: file });
    await backUp(page, { name: 'Secret', globs: 'agent:*', passphrase: PASSPHRASE, elsewhere: true }, /7 states/);
    await expect(rows(page).filter({ hasText: 'Secret' }).getByLabel(backups.encrypted)).toBeVisible();
    expect(textOf(file)).not.toContain('planner');

    // For a copy of it the passphrase is not known.
    const carried = join(mkdtempSync(join(folder, 'usb-')), 'carried.json');
    cpSync(file, carried);
    await open(app, carried);
    const asked = page.getByRole('alert').filter({ hasText: /carried/ });
    await asked.getByLabel(en.secret.passphrase).fill('wrong');
    await page.keyboard.press('Enter');
    await expect(asked).toContainText('does not fit');
    await asked.getByLabel(en.secret.passphrase).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    const bar = page.getByRole('region', { name: backups.thisBackup });
    await expect(bar).toContainText(/“Secret”.*of .*store/);
    await bar.getByRole('button', { name: backups.verify }).click();
    await expect(bar).toContainText(backups.verdicts.verified);

    // From there it is put back into the source that it was made of.
    await bar.getByRole('button', { name: backups.restoreTo }).click();
    await expect(dialog(page).getByLabel(backups.target)).toHaveValue(path);
    await dialog(page).getByRole('button', { name: backups.goOn }).click();
    await expect(dialog(page)).toContainText('Restore “Secret” into store');
    await expect(dialog(page).getByRole('status')).toContainText('7 states');
    await dialog(page).getByRole('button', { name: backups.preview }).click();
    await expect(dialog(page).getByRole('list', { name: restore.states })).toContainText('agent:planner');
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toBeHidden();
  });

  await test.step('by themselves, with three next times shown, and at once', async () => {
    await page.keyboard.press('ControlOrMeta+Shift+b');
    await expect(rows(page)).toHaveCount(3);
    await button(page, backups.setUp).click();
    await dialog(page).getByRole('radio', { name: backups.byExpression }).click();
    await dialog(page).getByLabel(backups.expression).fill('0 25 * * *');
    await expect(dialog(page)).toContainText('is no time for backups');
    await dialog(page).getByLabel(backups.expression).fill('30 3 * * *');
    await expect(dialog(page).getByRole('status')).toContainText(/^Next: (?:.*3:30\sAM.*){3}$/);
    await dialog(page).getByRole('button', { name: backups.saveSchedule }).click();
    await expect(dialog(page)).toBeHidden();
    const automatic = page.getByRole('region', { name: backups.automatic });
    await expect(automatic).toContainText('30 3 * * *');
    await automatic.getByRole('button', { name: backups.runNow }).click();
    await expect(automatic).toContainText(/states written/);
    await expect(rows(page)).toHaveCount(4);
    await expect(rows(page).first()).toContainText(backups.origins.automatic);

    // One that fails says why, also beside the other views.
    await automatic.getByRole('button', { name: backups.changeSchedule }).click();
    await expect(dialog(page).getByRole('list', { name: backups.runsTitle })).toContainText('states written');
    await dialog(page).getByLabel(backups.scheduleGlobs).fill('agent:nobody');
    await dialog(page).getByRole('button', { name: backups.saveSchedule }).click();
    await automatic.getByRole('button', { name: backups.runNow }).click();
    await expect(automatic).toContainText(backups.last.failed_one);
    await expect(page.getByLabel(backups.lastFailed)).toBeVisible();
  });

  await test.step('a locked one of a folder that is added is unlocked, and compared with another one', async () => {
    const usb = mkdtempSync(join(folder, 'usb-'));
    cpSync(join(folder, 'elsewhere.json'), join(usb, 'locked.json'));
    await system(app, { open: usb });
    await button(page, backups.addFolder).click();
    await expect(page.getByRole('list', { name: backups.folders })).toContainText(usb);
    const locked = rows(page).filter({ hasText: 'locked.json' });
    await locked.click();
    await here(page, backups.compareWith).click();
    await dialog(page).getByLabel(en.secret.passphrase).fill('wrong');
    await page.keyboard.press('Enter');
    await expect(dialog(page).getByRole('alert')).toContainText('does not fit');
    await dialog(page).getByLabel(en.secret.passphrase).fill(PASSPHRASE);
    await page.keyboard.press('Enter');
    await expect(locked).toHaveCount(0);
    const other = dialog(page).getByLabel(backups.otherBackup);
    await other.selectOption({
      label:
        (await other
          .getByRole('option', { name: /upgrade/ })
          .first()
          .textContent()) ?? '',
    });
    await dialog(page).getByRole('button', { name: backups.compare }).click();
    await expect(page.getByRole('heading', { name: en.diff.allStates })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('agent:planner');
    await page.keyboard.press('ControlOrMeta+Shift+b');
  });

  await test.step('removed ones go to the trash of the system', async () => {
    const trash = join(folder, 'trash.txt');
    await app.electron.evaluate(({ shell }, to) => {
      const { writeFileSync: write } = process.getBuiltinModule('node:fs');
      shell.trashItem = async (file) => write(to, file);
    }, trash);
    await rows(page).filter({ hasText: '1 state damaged' }).click();
    await page.keyboard.press('Delete');
    await expect.poll(() => existsSync(trash) && textOf(trash)).toBe(join(own, 'copy.json'));
  });
});

test('pictures in both themes and both languages', async ({ start, folder }) => {
  const path = store(folder);
  const app = await start({ args: [path] });
  const { page } = app;
  const shot = (name: string, [theme, locale]: (typeof LOOKS)[number]) =>
    picture(page, `backups-${name}-${theme}-${locale}`);
  const look = ([theme, locale]: (typeof LOOKS)[number]) =>
    page.evaluate(
      ([nextTheme, nextLocale]) =>
        Promise.all([
          window.host.call('app.setTheme', { theme: nextTheme }),
          window.host.call('app.setLocale', { locale: nextLocale }),
        ]),
      [theme, locale] as const,
    );
  await expect(explorer(page)).toContainText('planner');
  await page.keyboard.press('ControlOrMeta+Shift+b');
  await shot('empty', LOOKS[0]);
  await backUp(page, { name: 'Before the upgrade to 2.0' }, /states/);
  await rows(page).first().click();
  await here(page, backups.verify).click();
  await expect(rows(page).first()).toContainText(backups.verdicts.verified);
  const [source = ''] = readdirSync(join(app.profile, 'backups')).filter((name) => name.startsWith('store-'));
  const own = join(app.profile, 'backups', source);
  const [first = ''] = readdirSync(own);
  const text = textOf(join(own, first));
  const at = text.indexOf('"content"', text.indexOf('"agent:planner": ', text.indexOf('"states"')));
  const damaged = `${text.slice(0, at)}"c0ntent"${text.slice(at + 9)}`;
  writeFileSync(join(own, 'copied-from-usb.json'), damaged.replace('Before the upgrade to 2.0', 'Copied from a stick'));
  await backUp(page, { name: 'Agents only', globs: 'agent:*', passphrase: PASSPHRASE }, /states/);
  await expect(rows(page)).toHaveCount(3);
  const [encrypted = ''] = readdirSync(own).filter((name) => name.startsWith('Agents'));
  cpSync(join(own, encrypted), join(own, 'locked.json'));
  // As the sketch of the design document writes them.
  const sketch = {
    metadata: {
      backup_name: 'backup_20261101_030000',
      created_at: '2026-11-01T03:00:00.123456',
      version: '1.0',
      total_states: 1,
    },
    states: { 'agent:planner': { name: 'planner' } },
  };
  writeFileSync(join(own, 'backup_20261101_030000.json'), JSON.stringify(sketch, null, 2));
  await button(page, backups.setUp).click();
  await dialog(page).getByRole('button', { name: backups.saveSchedule }).click();
  await button(page, backups.runNow).click();
  await expect(rows(page)).toHaveCount(6);
  await rows(page).filter({ hasText: /stick/ }).click();
  await here(page, backups.verify).click();
  await expect(rows(page).filter({ hasText: '1 state damaged' })).toHaveCount(1);
  writeFileSync(
    join(path, 'agents', 'planner.json'),
    textOf(join(path, 'agents', 'planner.json')).replace(/"idle"|"busy"/, '"error"'),
  );

  for (const each of LOOKS) {
    const texts = { en, 'zh-CN': zhCN }[each[1]];
    const items = page.getByRole('treegrid', { name: texts.backups.label }).getByRole('row');
    const close = async () => {
      await page.keyboard.press('Escape');
      await expect(dialog(page)).toBeHidden();
    };
    await look(each);
    await items.filter({ hasText: /stick/ }).click();
    await shot('list', each);
    // The rest looks the same in one of each.
    if (each === LOOKS[0]) {
      await button(page, texts.backups.create).click();
      await dialog(page).getByRole('radio', { name: texts.backups.choose.some }).click();
      await dialog(page).getByLabel(texts.backups.globs).fill('agent:*, session:bug-4127');
      await dialog(page).getByRole('checkbox').nth(2).uncheck();
      await dialog(page).getByLabel(texts.backups.encrypt).check();
      await shot('create', each);
      await close();
      continue;
    }
    await button(page, texts.backups.changeSchedule).click();
    await shot('schedule', each);
    await close();
    await button(page, texts.backups.restore).click();
    await expect(dialog(page)).toContainText(texts.backups.withoutDamaged);
    await shot('restore', each);
    await close();
    await items.filter({ hasText: '2.0' }).click();
    await button(page, texts.backups.restore).click();
    await dialog(page).getByRole('button', { name: texts.backups.preview }).click();
    await dialog(page)
      .getByRole('button', { name: /agent:planner/ })
      .click();
    await shot('preview', each);
    await close();
    await button(page, texts.backups.compareWith).click();
    await shot('compare', each);
    await close();
    await items.filter({ hasText: 'locked' }).click();
    await button(page, texts.backups.restore).click();
    await shot('unlock', each);
    await close();
    await items.filter({ hasText: 'Agents only' }).dblclick();
    await expect(page.getByRole('region', { name: texts.backups.thisBackup })).toBeVisible();
    await shot('opened', each);
    await button(page, texts.backups.restoreTo).click();
    await shot('restore-to', each);
  }
});
