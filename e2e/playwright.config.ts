import { defineConfig } from 'playwright/test';
import { displayIsMissing } from '../scripts/setup/display.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  // Only ends what hangs: a busy machine takes several times as long as an idle one.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // On a person's display one window after the other: they would take the focus and the clipboard from each other.
  workers: displayIsMissing() ? 2 : 1,
  fullyParallel: false,
  // On a busy machine a window can come too late once. What passed only the second time is named as flaky in the output.
  retries: process.env['CI'] ? 1 : 0,
  reporter: [['list']],
  use: { trace: 'off' },
});
