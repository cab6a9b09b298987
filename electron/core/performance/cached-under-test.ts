/** For tests: a store whose every client has a cache of its own in front of it, as other processes would. */
import type { BackendUnderTest } from '../persistence/behaviour-suite.ts';
import { StatePerformanceManager } from './performance-manager.ts';

export function cachedUnderTest(make: () => Promise<BackendUnderTest>): () => Promise<BackendUnderTest> {
  return async () => {
    const store = await make();
    return {
      ...store,
      backend: new StatePerformanceManager().front(store.backend),
      second: async () => new StatePerformanceManager().front(await store.second()),
    };
  };
}
