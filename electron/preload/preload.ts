/**
 * The only bridge between the window and the machine: three generic functions over the names in channels.ts. It runs
 * sandboxed and isolated; what it hands out cannot be used to reach anything else.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CALLS, EVENTS, JOBS, STREAMS, WIRE } from '../../shared/ipc/channels.ts';
import type { Host, HostRun } from '../../shared/ipc/host.ts';
import type { Result, RunEnd } from '../../shared/ipc/result.ts';

const callNames: ReadonlySet<string> = new Set(CALLS);
const runNames: ReadonlySet<string> = new Set([...JOBS, ...STREAMS]);
const eventNames: ReadonlySet<string> = new Set(EVENTS);

interface Receiver {
  readonly onData: (data: unknown) => void;
  received: number;
  /** Set when the end came before the data did. */
  atEnd: { readonly sent: number; readonly resolve: () => void } | null;
}

const receivers = new Map<number, Receiver>();
const listeners = new Map<string, Set<(payload: unknown) => void>>();
let lastRun = 0;

ipcRenderer.on(WIRE.data, (_event, message: { id: number; data: unknown }) => {
  const receiver = receivers.get(message.id);
  if (receiver === undefined) return;
  receiver.onData(message.data);
  receiver.received += 1;
  if (receiver.atEnd !== null && receiver.received >= receiver.atEnd.sent) receiver.atEnd.resolve();
});
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
    const receiver: Receiver = { onData, received: 0, atEnd: null };
    receivers.set(id, receiver);
    const ended = async (): Promise<Result<unknown>> => {
      try {
        const { result, sent } = (await ipcRenderer.invoke(WIRE.start, id, name, input)) as RunEnd;
        if (receiver.received < sent) {
          await new Promise<void>((resolve) => {
            receiver.atEnd = { sent, resolve };
          });
        }
        return result;
      } finally {
        receivers.delete(id);
      }
    };
    return {
      done: ended(),
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
