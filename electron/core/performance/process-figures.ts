/** What this process, or this thread of it, takes at this moment. */
import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { MemoryFigures } from '../../../shared/ipc/performance.ts';

/** Of the heap of this thread. A thread has no memory of its own beside it that could be told apart. */
export function threadMemory(): MemoryFigures {
  const { used_heap_size: heapUsed, heap_size_limit: heapLimit, external_memory: external } = getHeapStatistics();
  return { heapUsed, heapLimit, external };
}

/** Of the process and the heap of its main thread. */
export function processMemory(): MemoryFigures {
  return { rss: process.memoryUsage.rss(), ...threadMemory() };
}

/** Of all of the machine's memory, 0 to 1. @param bytes resident, of all processes together */
export function memoryShare(bytes: number): number {
  return bytes / totalmem();
}
