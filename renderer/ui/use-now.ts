import { useSyncExternalStore } from 'react';

interface Clock {
  readonly subscribe: (listener: () => void) => () => void;
  readonly read: () => Date;
}

/** One timer for all who look, and none while nobody does. */
function clock(tickMs: number): Clock {
  let now = new Date();
  const listeners = new Set<() => void>();
  let timer = 0;
  const tick = () => {
    now = new Date();
    for (const each of listeners) each();
  };
  return {
    read: () => now,
    subscribe: (listener) => {
      listeners.add(listener);
      if (listeners.size === 1) {
        // It stood still while nobody looked.
        now = new Date();
        timer = window.setInterval(tick, tickMs);
      }
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.clearInterval(timer);
      };
    },
  };
}

const CLOCKS = { 'half-minute': clock(30_000), second: clock(1000) } as const;

/** The present: to half a minute, which is enough for most times, or to a second. */
export function useNow(to: keyof typeof CLOCKS = 'half-minute'): Date {
  const { subscribe, read } = CLOCKS[to];
  return useSyncExternalStore(subscribe, read);
}
