import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { finderModule, RESULT } from '../../../scripts/build-finder.mjs';

it('is what assembly/finder.ts compiles to: otherwise run node scripts/build-finder.mjs', async () => {
  expect(readFileSync(RESULT, 'utf8')).toBe(await finderModule());
});
