/** Automatic backups across starts of the program: missed ones are caught up, failures are seen, quitting in the middle loses nothing. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../shared/i18n/en.ts';
import { expect, explorer, ROOT, test } from './app.ts';

const { backups } = en;
const DAY_MS = 86_400_000;

interface Stored {
  readonly schedules: readonly {
    readonly running: unknown;
    readonly runs: readonly {
      readonly result: string;
      readonly caughtUp: boolean;
      readonly error: { code: string } | null;
    }[];
  }[];
}

/** As the program keeps it: an hourly one that was last run a day ago. */
function schedule(id: string, source: string, folder: string, enabled = true) {
  const past = new Date(Date.now() - DAY_MS).toISOString();
  return {
    schedule: {
      id,
      source,
      followLinks: false,
      timing: { by: 'interval', seconds: 3600 },
      folder,
      gzip: true,
      encrypted: false,
      only: null,
      keep: { count: 3, days: null },
      skipUnchanged: true,
      enabled,
    },
    settledAt: past,
    anchorAt: past,
    running: null,
    interrupted: false,
    runs: [],
    files: [],
  };
}

test('missed backups are made at the start, a failure is seen, and one in the middle of which the program ends is cleaned up', async ({
  start,
  folder,
}) => {
  const source = join(folder, 'store');
  cpSync(join(ROOT, 'assets', 'sample-workspace', 'store'), source, { recursive: true });
  // Some 40 MB that cannot be packed: making their backup takes longer than ending the program.
  const large = join(folder, 'large');
  mkdirSync(join(large, 'agents'), { recursive: true });
  for (let at = 0; at < 40; at++) {
    const value = randomBytes(768 << 10).toString('base64');
    writeFileSync(join(large, 'agents', `a${at}.json`), JSON.stringify({ agent_id: `a${at}`, value }));
  }
  const profile = join(folder, 'profile');
  const [good, file, later] = [join(folder, 'good'), join(folder, 'file'), join(folder, 'later')];
  writeFileSync(file, 'no folder');
  mkdirSync(profile);
  const kept = join(profile, 'backup-schedules.json');
  const schedules = [
    schedule('good', source, good),
    schedule('bad', source, join(file, 'inside')),
    schedule('large', large, later, false),
  ];
  writeFileSync(kept, JSON.stringify({ version: 1, schedules }));
  const stored = () => (JSON.parse(readFileSync(kept, 'utf8')) as Stored).schedules;

  const app = await start({ args: [source], profile });
  const { page } = app;
  await expect(explorer(page)).toContainText('planner');
  await page.keyboard.press('ControlOrMeta+Shift+b');
  const automatic = page.getByRole('region', { name: backups.automatic });
  await expect(automatic).toContainText(/states written/);
  await expect(automatic).toContainText(backups.last.failed_one);
  await expect(automatic).toContainText(join(file, 'inside'));
  expect(readdirSync(good)).toEqual([expect.stringMatching(/^store-.*-good\.json\.gz$/)]);
  expect(stored()).toMatchObject([
    { runs: [{ result: 'written', caughtUp: true }] },
    { runs: [{ result: 'failed', error: { code: expect.any(String) } }] },
    { runs: [] },
  ]);

  await page.evaluate(() => {
    // Its answer comes when the program has ended.
    window.host.call('schedules.runNow', { id: 'large' }).catch(() => undefined);
  });
  await expect.poll(() => readdirSync(folder).includes('later') && readdirSync(later).length).toBe(1);
  await app.electron.close();
  expect(readdirSync(later)).toEqual([]);
  expect(stored()[2]).toMatchObject({ running: null, runs: [{ result: 'cancelled' }] });
});
