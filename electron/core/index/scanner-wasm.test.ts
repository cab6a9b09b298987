import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { moduleText, SCANNER } from '../../../scripts/build-wasm.mjs';

it('is what assembly/scanner.ts compiles to: otherwise run node scripts/build-wasm.mjs', async () => {
  expect(readFileSync(SCANNER.result, 'utf8')).toBe(await moduleText(SCANNER));
});
