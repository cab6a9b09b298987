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
  reporter: [['list']],
  use: { trace: 'off' },
});
