/** When changes are recorded, when not and why, and what a recording that was cut off has lost. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { journalFile } from '../electron/core/live/open-recording.ts';
import { ANY } from '../electron/core/persistence/backend.ts';
import { openFilesystemBackend } from '../electron/core/persistence/filesystem-backend.ts';
import { type Journal, openJournal } from '../electron/core/tracking/journal.ts';
import { dialog, expect, open, picture, runCommand, test } from './app.ts';

const PASSPHRASE = 'correct horse';
const SESSION = '{"friday": {"name": "Friday", "status": "idle", "memory": {"content": []}}}';

function sessions(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'alpha.json'), SESSION);
  return path;
}

/** Of a source, as the program of this profile keeps it; closed afterwards. */
function withJournal(profile: string, source: string, work: (journal: Journal) => void): void {
  const folder = join(profile, 'journals');
  mkdirSync(folder, { recursive: true });
  const journal = openJournal(journalFile(folder, source), { source });
  work(journal);
  journal.close();
}

/** The name of the open source. */
const shown = (page: Page, name: string) => page.getByRole('contentinfo').getByText(name, { exact: true });
const item = (page: Page, name: string) => page.getByRole('contentinfo').getByRole('button', { name, exact: true });

test('why nothing is recorded is said where recording is switched on', async ({ start, folder }) => {
  const profile = join(folder, 'profile');
  const newer = sessions(folder, 'newer');
  withJournal(profile, newer, (journal) => journal.withDatabase((database) => database.pragma('user_version = 99')));
  const large = join(folder, 'large');
  mkdirSync(large);
  const megabyte = 'x'.repeat(1024 * 1024);
  for (let at = 0; at < 65; at += 1) {
    writeFileSync(join(large, `s${at}.json`), `{"small": 1, "large": "${megabyte}"}`);
  }
  const encrypted = join(folder, 'encrypted');
  mkdirSync(encrypted);
  const store = await openFilesystemBackend({ basePath: encrypted, compression: false, passphrase: PASSPHRASE });
  const record = { type: 'A', version: '1', timestamp: null, stateData: Buffer.from('{"n": 1}'), metadata: null };
  await store.save('agent:a', record, ANY);
  await store.close();

  const app = await start({ args: [newer] });
  const { page } = app;
  const says = async (text: string | RegExp) => {
    await item(page, 'Not recording').click();
    await expect(page.getByRole('menu')).toContainText(text);
  };
  await says(/newer Statescope/);
  await picture(page, 'recording-newer');
  await page.getByRole('menuitem', { name: 'Start recording' }).click();
  await expect(item(page, 'Not recording')).toBeVisible();

  await open(app, encrypted);
  await page.getByRole('textbox', { name: /^Pass/ }).fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await expect(shown(page, 'encrypted')).toBeVisible();
  await says('in plain text on this computer');
  await page.keyboard.press('Escape');

  await open(app, large);
  await expect(shown(page, 'large')).toBeVisible();
  await says('This source is large');
  await picture(page, 'recording-large');
  await page.keyboard.press('Escape');

  await open(app, sessions(folder, 'plain'));
  await expect(shown(page, 'plain')).toBeVisible();
  await expect(item(page, 'Recording')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+t');
  await expect(page.getByRole('slider', { name: 'Moment shown' }).getByText('now')).toBeVisible();
  await expect(page.getByRole('button', { name: /^(Snapshot|Restored) / })).toHaveCount(0);
});

test('snapshots are marked in the timeline; a recording that was cut off says what may be lost', async ({
  start,
  folder,
}) => {
  const profile = join(folder, 'profile');
  const path = sessions(folder, 'marked');
  withJournal(profile, path, (journal) =>
    journal.append([
      {
        key: 'session:alpha',
        time: Date.UTC(2026, 0, 2, 3, 4, 5) * 1000,
        type: 'created',
        origin: 'test',
        content: { form: 'keyframe', text: Buffer.from(SESSION) },
        changes: [{ path: [], kind: 'added', old: null, new: SESSION }],
        mark: { kind: 'snapshot', name: 'before the fall', id: 's1' },
      },
    ]),
  );
  const first = await start({ args: [path] });
  await expect(item(first.page, 'Recording')).toBeVisible();
  await first.page.keyboard.press('ControlOrMeta+t');
  await expect(first.page.getByRole('button', { name: /^Snapshot before the fall of session:alpha/ })).toBeVisible();
  const closed = first.electron.waitForEvent('close');
  first.electron.process().kill('SIGKILL');
  await closed;

  const { page } = await start({ args: [path] });
  const lost = /ended without being closed\. Its last write was at .*tenth of a second/;
  await expect(page.getByRole('status').filter({ hasText: lost })).toBeVisible();
  await item(page, 'Recording').click();
  await expect(page.getByRole('menu')).toContainText(lost);
  await picture(page, 'recording-unclean');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ControlOrMeta+t');
  await expect(page.getByRole('button', { name: /^Snapshot before the fall of session:alpha/ })).toBeVisible();
});

test('a long search for what broke a state shows how far it is, and stops within a second', async ({
  start,
  folder,
}) => {
  const profile = join(folder, 'profile');
  const path = sessions(folder, 'long');
  const key = 'session:alpha';
  const origin = 'test';
  const steps = 60_000;
  const broken = 45_000;
  withJournal(profile, path, (journal) => {
    const text = JSON.stringify({ step: 0, filler: Array.from({ length: 2000 }, (_, at) => `filler ${at}`) });
    const first = { path: [], kind: 'added', old: null, new: text } as const;
    const content = { form: 'keyframe', text: Buffer.from(text) } as const;
    const time = Date.UTC(2026, 0, 2) * 1000;
    journal.append([{ key, time, type: 'created', origin, content, changes: [first] }]);
    journal.append(
      Array.from({ length: steps }, (_, at) => ({
        key,
        time: time + at + 1,
        type: 'attribute_change' as const,
        origin,
        content: { form: 'patch' as const },
        changes: [{ path: ['step'], kind: 'changed' as const, old: `${at}`, new: `${at + 1}` }],
      })),
    );
  });
  const { page } = await start({ args: [path] });
  await expect(item(page, 'Recording')).toBeVisible();
  await runCommand(page, 'broke this state');
  await dialog(page).getByLabel('Should hold').fill(`$.step < ${broken}`);
  await dialog(page).getByRole('radio', { name: 'Every change' }).click();
  await dialog(page).getByRole('button', { name: 'Find the change' }).click();
  await expect(dialog(page).getByText(/^[\d,]+ of 60,\d{3} states read$/)).toBeVisible();
  await picture(page, 'bisect-running');
  await dialog(page).getByRole('button', { name: 'Cancel' }).click();
  const again = dialog(page).getByRole('button', { name: 'Find the change' });
  await expect(again).toBeEnabled({ timeout: 1000 });
  await dialog(page).getByRole('radio', { name: 'Fast' }).click();
  await again.click();
  await expect(dialog(page)).toContainText(/Broken by change 45,001/);
});
