import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FINDER, moduleText } from '../../../scripts/build-wasm.mjs';

it('is what assembly/finder.ts compiles to: otherwise run node scripts/build-wasm.mjs', async () => {
  expect(readFileSync(FINDER.result, 'utf8')).toBe(await moduleText(FINDER));
});
