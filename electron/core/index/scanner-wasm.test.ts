import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { compileScanner, moduleText, RESULT } from '../../../scripts/build-scanner.mjs';

it('is what assembly/scanner.ts compiles to: otherwise run node scripts/build-scanner.mjs', async () => {
  expect(readFileSync(RESULT, 'utf8')).toBe(moduleText(await compileScanner()));
});
