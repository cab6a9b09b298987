import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSource } from '../sources/open-source.ts';
import { copyOut } from './copy-out.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'statescope-copy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ASKED = { only: null, overwrite: 'never', move: false } as const;

async function copy(to: string, dryRun: boolean) {
  const file = join(folder, 'bob.json');
  writeFileSync(file, '{"memory": {"content": []}}');
  const source = await openSource(file);
  try {
    const run = { signal: new AbortController().signal, onProgress: () => undefined };
    return await copyOut(source, { ...ASKED, to, dryRun }, run);
  } finally {
    await source.close();
  }
}

test.each(['new-folder', 'new.db'])(
  'a dry run counts what would be copied to %s and does not make it',
  async (name) => {
    const to = join(folder, name);
    const dry = await copy(to, true);
    expect(dry).toMatchObject({ dryRun: true, to, counts: { copied: 1 } });
    expect(await readdir(folder)).toEqual(['bob.json']);
    expect(await copy(to, false)).toMatchObject({ dryRun: false, to, counts: { copied: 1 } });
  },
);

test('a dry run refuses what the copy would refuse', async () => {
  const to = join(folder, 'note.txt');
  writeFileSync(to, 'a note');
  for (const dryRun of [true, false]) await expect(copy(to, dryRun)).rejects.toMatchObject({ code: 'not-a-store' });
});
