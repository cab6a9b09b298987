import { describeBackend } from './behaviour-suite.ts';
import { MemoryStore, openMemoryBackend } from './memory-backend.ts';

describeBackend(
  'memory',
  async () => {
    const store = new MemoryStore();
    const backend = openMemoryBackend(store);
    return { backend, second: async () => openMemoryBackend(store), dispose: () => backend.close() };
  },
  { bytesKept: true, persistent: false },
);
