import { cachedUnderTest } from '../performance/cached-under-test.ts';
import { type BackendUnderTest, describeBackend } from './behaviour-suite.ts';
import { MemoryStore, openMemoryBackend } from './memory-backend.ts';

async function make(): Promise<BackendUnderTest> {
  const store = new MemoryStore();
  const backend = openMemoryBackend(store);
  return { backend, second: async () => openMemoryBackend(store), dispose: () => backend.close() };
}

describeBackend('memory', make, { bytesKept: true, persistent: false });
describeBackend('memory, measured', cachedUnderTest(make), { bytesKept: true, persistent: false, inFront: true });
