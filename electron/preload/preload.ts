/**
 * The only bridge between the window and the machine: three generic functions over the names in channels.ts. It runs
 * sandboxed and isolated; what it hands out cannot be used to reach anything else.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CALLS, EVENTS, JOBS, STREAMS, WIRE } from '../../shared/ipc/channels.ts';
import type { Host, HostRun } from '../../shared/ipc/host.ts';
import type { Result } from '../../shared/ipc/result.ts';

const callNames: ReadonlySet<string> = new Set(CALLS);
const runNames: ReadonlySet<string> = new Set([...JOBS, ...STREAMS]);
const eventNames: ReadonlySet<string> = new Set(EVENTS);

const receivers = new Map<number, (data: unknown) => void>();
const listeners = new Map<string, Set<(payload: unknown) => void>>();
let lastRun = 0;

ipcRenderer.on(WIRE.data, (_event, message: { id: number; data: unknown }) =>
  receivers.get(message.id)?.(message.data),
);
ipcRenderer.on(WIRE.event, (_event, message: { name: string; payload: unknown }) => {
  for (const listener of listeners.get(message.name) ?? []) listener(message.payload);
});

const unknownChannel = (name: string): Result<never> => ({
  ok: false,
  error: { code: 'unknown-channel', message: `There is no channel ${name}.`, details: { name } },
});

const host: Host = {
  call(name, input) {
    if (!callNames.has(name)) return Promise.resolve(unknownChannel(name));
    return ipcRenderer.invoke(WIRE.call, name, input) as Promise<Result<unknown>>;
  },

  run(name, input, onData): HostRun {
    if (!runNames.has(name)) {
      return { done: Promise.resolve(unknownChannel(name)), cancel: () => undefined, grant: () => undefined };
    }
    lastRun += 1;
    const id = lastRun;
    receivers.set(id, onData);
    const started = ipcRenderer.invoke(WIRE.start, id, name, input) as Promise<Result<unknown>>;
    return {
      done: started.finally(() => receivers.delete(id)),
      cancel: () => ipcRenderer.send(WIRE.cancel, id),
      grant: (chunks) => ipcRenderer.send(WIRE.credit, id, chunks),
    };
  },

  on(event, listener) {
    if (!eventNames.has(event)) throw new Error(`There is no event ${event}.`);
    const set = listeners.get(event) ?? new Set();
    listeners.set(event, set);
    set.add(listener);
    return () => {
      set.delete(listener);
    };
  },
};

contextBridge.exposeInMainWorld('host', host);

// Only a preload script can tell the path of a dropped file. The window shows the drop; the main process opens it.
window.addEventListener('dragover', (event) => event.preventDefault());
window.addEventListener('drop', (event) => {
  event.preventDefault();
  const paths = [...(event.dataTransfer?.files ?? [])]
    .map((file) => webUtils.getPathForFile(file))
    .filter((path) => path !== '');
  if (paths.length > 0) ipcRenderer.send(WIRE.drop, paths);
});
