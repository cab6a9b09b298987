import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// One build serves Electron 33 (Node 20.18, Chromium 130) and the current one alike: see docs/ARCHITECTURE.md, "Runtimes".
const NODE_TARGET = 'node20.18';
const CHROMIUM_TARGET = 'chrome130';

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: NODE_TARGET,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: at('electron/main/main.ts'),
          'workspace-worker': at('electron/workers/workspace-worker.ts'),
          'backup-worker': at('electron/workers/backup-worker.ts'),
          'demo-worker': at('electron/workers/demo-worker.ts'),
          cli: at('electron/cli/cli.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: NODE_TARGET,
      // A sandboxed preload cannot import modules: everything is bundled into one CommonJS file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    // Served by the main process under app://statescope/.
    base: './',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      target: CHROMIUM_TARGET,
      minify: true,
      // Inlined assets would need data: URLs in the content security policy.
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: at('renderer/index.html') } },
    },
  },
});
