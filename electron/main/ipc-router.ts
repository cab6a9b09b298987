import { type IpcMainEvent, type IpcMainInvokeEvent, ipcMain, type WebContents } from 'electron';
import type { z } from 'zod';
import { CALLS, type EventName, JOBS, STREAMS, WIRE } from '../../shared/ipc/channels.ts';
import { calls, type Events, jobs, streams } from '../../shared/ipc/contract.ts';
import type { HostError, HostErrorCode, Result, RunEnd } from '../../shared/ipc/result.ts';
import { toHostError } from '../core/workspace/host-error.ts';
import { Coalescer } from './coalescer.ts';
import { Credit } from './credit.ts';
import type { Handlers } from './handler-types.ts';
import { isOwnFrame } from './security.ts';

interface Run {
  readonly controller: AbortController;
  readonly credit: Credit;
}

const PROGRESS_INTERVAL_MS = 100;

/**
 * The one door into the main process. Checks who asks, that the name exists and that the arguments fit the contract,
 * before a handler runs; owns the AbortController of everything under way, also when the window goes away.
 */
export class IpcRouter {
  readonly #handlers: Handlers;
  readonly #runs = new Map<string, Run>();
  readonly #watched = new WeakSet<WebContents>();

  constructor(handlers: Handlers) {
    this.#handlers = handlers;
  }

  listen(onDrop: (paths: readonly string[]) => void): void {
    ipcMain.handle(WIRE.call, (event, name: unknown, input: unknown) =>
      this.#guarded(event, () => this.#call(name, input)),
    );
    ipcMain.handle(WIRE.start, async (event, id: unknown, name: unknown, input: unknown): Promise<RunEnd> => {
      let sent = 0;
      const deliver = (data: unknown) => {
        if (event.sender.isDestroyed()) return;
        sent += 1;
        event.sender.send(WIRE.data, { id, data });
      };
      const result = await this.#guarded(event, () => this.#start(event.sender, id, name, input, deliver));
      return { result, sent };
    });
    ipcMain.on(WIRE.cancel, (event, id: unknown) => this.#run(event, id)?.controller.abort());
    ipcMain.on(WIRE.credit, (event, id: unknown, chunks: unknown) => {
      if (Number.isInteger(chunks)) this.#run(event, id)?.credit.grant(Number(chunks));
    });
    ipcMain.on(WIRE.drop, (event, paths: unknown) => {
      if (!isOwnFrame(event.sender, event.senderFrame)) return;
      if (Array.isArray(paths) && paths.every((path) => typeof path === 'string')) onDrop(paths);
    });
  }

  async #guarded(event: IpcMainInvokeEvent, work: () => Promise<Result<unknown>>): Promise<Result<unknown>> {
    if (!isOwnFrame(event.sender, event.senderFrame))
      return failure('forbidden-sender', 'Only the window of Statescope may ask.');
    this.#watch(event.sender);
    try {
      return await work();
    } catch (error) {
      return { ok: false, error: toHostError(error) };
    }
  }

  async #call(name: unknown, input: unknown): Promise<Result<unknown>> {
    if (!isNameOf(CALLS, name)) return unknownChannel(name);
    const checked = check(calls[name].input, input, name);
    if (!checked.ok) return checked;
    // The schema of `name` has just accepted the input, so it is what this handler takes.
    const handler = this.#handlers.calls[name] as (input: unknown) => Promise<unknown>;
    return { ok: true, value: await handler(checked.value) };
  }

  async #start(
    sender: WebContents,
    id: unknown,
    name: unknown,
    input: unknown,
    deliver: (data: unknown) => void,
  ): Promise<Result<unknown>> {
    if (!Number.isSafeInteger(id)) return failure('invalid-arguments', 'A job needs a number to be known by.');
    if (!isNameOf(JOBS, name) && !isNameOf(STREAMS, name)) return unknownChannel(name);
    const checked = check(isNameOf(JOBS, name) ? jobs[name].input : streams[name].input, input, name);
    if (!checked.ok) return checked;
    const runId = `${sender.id}:${String(id)}`;
    if (this.#runs.has(runId)) return failure('invalid-arguments', `Job ${String(id)} is under way already.`);
    const run: Run = { controller: new AbortController(), credit: new Credit() };
    this.#runs.set(runId, run);
    const { signal } = run.controller;
    signal.addEventListener('abort', () => run.credit.close());
    try {
      if (isNameOf(JOBS, name)) return await this.#runJob(name, checked.value, signal, deliver);
      return await this.#runStream(name, checked.value, run, deliver);
    } finally {
      this.#runs.delete(runId);
    }
  }

  async #runJob(
    name: (typeof JOBS)[number],
    input: unknown,
    signal: AbortSignal,
    deliver: (data: unknown) => void,
  ): Promise<Result<unknown>> {
    const progress = new Coalescer<unknown>(PROGRESS_INTERVAL_MS, deliver);
    const handler = this.#handlers.jobs[name] as (
      input: unknown,
      signal: AbortSignal,
      progress: (progress: unknown) => void,
    ) => Promise<unknown>;
    try {
      return { ok: true, value: await handler(input, signal, (step) => progress.offer(step)) };
    } finally {
      progress.stop();
    }
  }

  async #runStream(
    name: (typeof STREAMS)[number],
    input: unknown,
    run: Run,
    deliver: (data: unknown) => void,
  ): Promise<Result<unknown>> {
    const { signal } = run.controller;
    const handler = this.#handlers.streams[name] as (input: unknown, signal: AbortSignal) => AsyncIterable<unknown>;
    const chunks = handler(input, signal)[Symbol.asyncIterator]();
    try {
      while (await run.credit.take()) {
        const next = await chunks.next();
        if (next.done) return { ok: true, value: null };
        deliver(next.value);
      }
      return failure('cancelled', 'Cancelled.');
    } finally {
      await chunks.return?.();
    }
  }

  #run(event: IpcMainEvent, id: unknown): Run | undefined {
    if (!isOwnFrame(event.sender, event.senderFrame)) return undefined;
    return this.#runs.get(`${event.sender.id}:${String(id)}`);
  }

  /** What a window started ends with it, and with each reload of its page. */
  #watch(sender: WebContents): void {
    if (this.#watched.has(sender)) return;
    this.#watched.add(sender);
    const prefix = `${sender.id}:`;
    const abortAll = () => {
      for (const [runId, run] of this.#runs) if (runId.startsWith(prefix)) run.controller.abort();
    };
    sender.once('destroyed', abortAll);
    sender.on('did-start-navigation', (details) => {
      if (details.isMainFrame && !details.isSameDocument) abortAll();
    });
  }
}

/** Tells the window something it did not ask for. */
export function emit<K extends EventName>(contents: WebContents, name: K, payload: Events[K]): void {
  if (!contents.isDestroyed()) contents.send(WIRE.event, { name, payload });
}

function check(schema: z.ZodType, input: unknown, name: string): Result<unknown> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const reason = issue ? `${issue.path.join('.') || 'input'}: ${issue.message}` : 'invalid';
  return failure('invalid-arguments', `${name} was called with arguments that do not fit: ${reason}`, { name, reason });
}

function isNameOf<T extends string>(names: readonly T[], name: unknown): name is T {
  return names.some((candidate) => candidate === name);
}

function unknownChannel(name: unknown): Result<never> {
  return failure('unknown-channel', `There is no channel ${String(name).slice(0, 100)}.`, {
    name: String(name).slice(0, 100),
  });
}

function failure(code: HostErrorCode, message: string, details: HostError['details'] = {}): Result<never> {
  return { ok: false, error: { code, message, details } };
}
