import { defineConfig } from 'playwright/test';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // One window after the other: they share a display, and two cores.
  workers: 1,
  fullyParallel: false,
  // On a busy machine a window can come too late once. What passed only the second time is named as flaky in the output.
  retries: process.env['CI'] ? 1 : 0,
  reporter: [['list']],
  use: { trace: 'off' },
});
