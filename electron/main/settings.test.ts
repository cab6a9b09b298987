import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SettingsFile } from './settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('settings survive', () => {
  test('what was set is there in the next run', () => {
    const file = join(folder, 'deep', 'settings.json');
    new SettingsFile(file).update({ theme: 'dark' });
    expect(new SettingsFile(file).current.theme).toBe('dark');
    expect(readdirSync(join(folder, 'deep'))).toEqual(['settings.json']);
  });

  test.each(['', '{"theme": "dark"', '{"theme": 3}', '[]'])(
    'a file with %j is kept aside and defaults are taken',
    (content) => {
      const file = join(folder, 'settings.json');
      writeFileSync(file, content);
      expect(new SettingsFile(file).current.theme).toBe('system');
      expect(existsSync(`${file}.broken`)).toBe(true);
    },
  );

  test('recents: the newest first, each once, twelve at the most, missing ones marked', () => {
    const settings = new SettingsFile(join(folder, 'settings.json'));
    for (let i = 0; i < 20; i += 1) settings.remember(`/no/such/${i}`, '2026-11-22T00:00:00Z');
    settings.remember(folder, '2026-11-22T00:00:01Z');
    settings.remember('/no/such/18', '2026-11-22T00:00:02Z');
    const recents = settings.recents();
    expect(recents.map((recent) => recent.location).slice(0, 3)).toEqual(['/no/such/18', folder, '/no/such/19']);
    expect(recents).toHaveLength(12);
    expect(recents[0]?.missing).toBe(true);
    expect(recents[1]?.missing).toBe(false);
  });
});
