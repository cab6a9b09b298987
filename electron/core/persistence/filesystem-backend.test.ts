import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { cachedUnderTest } from '../performance/cached-under-test.ts';
import type { StateBackend } from './backend.ts';
import { type BackendUnderTest, describeBackend } from './behaviour-suite.ts';
import { type FilesystemOptions, openFilesystemBackend } from './filesystem-backend.ts';

describe.each<[string, Omit<FilesystemOptions, 'basePath'>]>([
  ['plain', { compression: false }],
  ['packed', { compression: true }],
  ['encrypted', { compression: true, passphrase: 'correct horse' }],
])('files: %s', (name, options) => {
  async function make(): Promise<BackendUnderTest> {
    const basePath = await mkdtemp(join(tmpdir(), 'statescope-test-'));
    const clients: StateBackend[] = [];
    const open = async () => {
      const client = await openFilesystemBackend({ ...options, basePath });
      clients.push(client);
      return client;
    };
    const backend = await open();
    return {
      backend,
      second: open,
      async damage(key) {
        const { location = '' } = (await backend.info(key)) ?? {};
        const bytes = await readFile(location);
        await writeFile(location, bytes.subarray(0, -5));
      },
      async dispose() {
        for (const client of clients) await client.close();
        await rm(basePath, { recursive: true });
      },
    };
  }
  describeBackend(name, make, { bytesKept: true, persistent: true });
  if (name === 'packed')
    describeBackend('packed, cached', cachedUnderTest(make), { bytesKept: true, persistent: true, inFront: true });
});
