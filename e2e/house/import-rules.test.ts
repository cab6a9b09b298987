/** The rules of the house hold because the lint enforces them: each is broken here once, and the lint must object. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const planted: string[] = [];
afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file, { force: true });
});

function lintOf(file: string, content: string): { status: number | null; output: string } {
  const path = join(root, file);
  planted.push(path);
  writeFileSync(path, content);
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'oxlint', 'bin', 'oxlint'), file],
    { cwd: root, encoding: 'utf8' },
  );
  return { status, output: `${stdout}${stderr}` };
}

describe('arrows only downwards', () => {
  test.each([
    ['shared/json/planted.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n"],
    ['shared/json/planted.ts', "export { Workspace } from '../../electron/core/workspace/workspace.ts';\n"],
    ['electron/core/workspace/planted.ts', "import { app } from 'electron';\nexport const name = app;\n"],
    ['electron/core/workspace/planted.ts', "export { SettingsFile } from '../../main/settings.ts';\n"],
    ['electron/cli/planted.ts', "export { SettingsFile } from '../main/settings.ts';\n"],
    ['electron/main/planted.ts', "export { EXIT } from '../cli/output.ts';\n"],
    ['electron/preload/planted.ts', "export { en } from '../../shared/i18n/en.ts';\n"],
    ['electron/preload/planted.ts', "export { z } from 'zod';\n"],
    ['renderer/app/planted.ts', "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n"],
    ['renderer/app/planted.ts', "export { Workspace } from '../../electron/core/workspace/workspace.ts';\n"],
    ['renderer/features/explorer/planted.ts', "export * from '../state-tree/planted-target.ts';\n"],
    ['renderer/features/explorer/planted.ts', "export * from '../../app/commands.ts';\n"],
    ['renderer/ui/planted.ts', "export * from '../stores/planted-target.ts';\n"],
    ['renderer/stores/planted.ts', "export * from '../features/explorer/planted-target.ts';\n"],
  ])('%s may not have: %s', (file, content) => {
    const { status, output } = lintOf(file, content);
    expect(output).toContain('eslint(no-restricted-imports)');
    expect(status).not.toBe(0);
  });

  test('a circle of imports is found', () => {
    const other = join(root, 'shared/json/planted-b.ts');
    planted.push(other);
    writeFileSync(other, "import { a } from './planted.ts';\nexport const b = () => a;\n");
    const { status, output } = lintOf(
      'shared/json/planted.ts',
      "import { b } from './planted-b.ts';\nexport const a = () => b;\n",
    );
    expect(output).toContain('import(no-cycle)');
    expect(status).not.toBe(0);
  });

  test('an allowed import passes', () => {
    const { status, output } = lintOf(
      'electron/core/workspace/planted.ts',
      "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n",
    );
    expect(output).toMatch(/0 errors/);
    expect(status).toBe(0);
  });
});
