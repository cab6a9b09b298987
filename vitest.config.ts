import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'shared/**/*.test.ts',
      'electron/**/*.test.ts',
      'renderer/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/house/**/*.test.ts',
    ],
    environment: 'node',
    // Only ends what hangs: a busy machine takes several times as long as an idle one.
    testTimeout: 60_000,
    // Every core: many tests wait for another process.
    maxWorkers: '100%',
    // Tests that start the program in other processes compile it once.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
  },
});
