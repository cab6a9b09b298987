/** `--screenshot` and `--exit`: the window as a command that a script can trust. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, FIXTURES, ROOT, test } from './app.ts';

/** The program itself, without a test driver attached. */
function run(executable: string, args: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(executable, [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve({ code, stderr }));
  });
}

test.describe('a start that ends by itself', () => {
  let executable: string;
  test.beforeEach(async ({ start }) => {
    const app = await start();
    executable = await app.electron.evaluate(() => process.execPath);
    await app.electron.close();
  });

  test('leaves a picture of the painted window, and 0', async ({ folder }) => {
    const file = join(folder, 'shot.png');
    const { code } = await run(executable, [
      `--user-data-dir=${join(folder, 'p')}`,
      '.',
      '--',
      join(FIXTURES, 'session.db'),
      '--screenshot',
      file,
      '--exit',
    ]);
    expect(code).toBe(0);
    const png = readFileSync(file);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(700);
  });

  test('says why it could not open its source, and leaves with 1', async ({ folder }) => {
    const file = join(folder, 'prose.json');
    writeFileSync(file, 'no JSON at all');
    const { code, stderr } = await run(executable, [`--user-data-dir=${join(folder, 'p')}`, '.', '--', file, '--exit']);
    expect(code).toBe(1);
    expect(stderr).toContain('prose.json');
  });

  test('refuses options it does not know, with the usage and 2', async ({ folder }) => {
    const { code, stderr } = await run(executable, [
      `--user-data-dir=${join(folder, 'p')}`,
      '.',
      '--',
      '--theme',
      'pink',
      '--exit',
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('usage: statescope');
  });
});
