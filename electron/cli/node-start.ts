import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { dataFolder } from '../core/files/data-folder.ts';
import type { StateBackend } from '../core/persistence/backend.ts';
import { isPostgresUrl, postgresTarget } from '../core/sources/postgres-address.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { DistributedStateManager, type NodeEvent } from '../core/sync/distributed-state-manager.ts';
import { StoreMirror } from '../core/sync/store-mirror.ts';
import { askSecretly } from './ask-secretly.ts';
import { untilStopped } from './live-source.ts';
import type { Output } from './output.ts';
import { writableStore } from './store.ts';

export interface NodeStartOptions {
  readonly url: string;
  readonly id: string;
  /** Whose states are synchronised; null: the node only keeps and hands on what others have. */
  readonly store: string | null;
  readonly write: boolean;
  /** Null: a file in the data folder, one for each id and database. */
  readonly data: string | null;
  readonly automatic: boolean;
  readonly once: boolean;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** `node start`: to be stopped is its purpose, so SIGINT and SIGTERM end it with 0. What was not sent waits on the disk. */
export async function nodeStart(output: Output, options: NodeStartOptions): Promise<void> {
  const stopped = options.once ? null : untilStopped(options.signal);
  const store = options.store === null ? null : await writableStore(output, options.store, { signal: options.signal });
  try {
    await withNode(output, options, store, stopped);
  } finally {
    await store?.close();
  }
}

async function withNode(
  output: Output,
  options: NodeStartOptions,
  store: StateBackend | null,
  stopped: Promise<void> | null,
): Promise<void> {
  const teller = new Teller(output, options.json);
  let mirror: StoreMirror | null = null;
  const node = await openNode(output, options, (event) => {
    teller.tell(event);
    if (event.kind === 'applied') mirror?.look(event.keys);
  });
  if (store !== null) {
    const direction = options.write ? 'both' : 'from-store';
    mirror = new StoreMirror({ store, node, direction, onProblem: (error) => teller.problem(error) });
  }
  try {
    if (stopped === null) await once(node, mirror, options.signal);
    else {
      if (!options.json)
        output.error(`${output.translate('cli.nodeStarted', { id: node.id, location: node.location })}\n`);
      await Promise.race([stopped, goOn(node, mirror)]);
    }
  } finally {
    await mirror?.close();
    const { queued } = node;
    await node.close();
    teller.ended(node.id, queued);
  }
}

/** A large store is not looked through at once: whoever stops the node meanwhile does not wait for that. */
async function goOn(node: DistributedStateManager, mirror: StoreMirror | null): Promise<void> {
  await mirror?.start();
  node.start();
  await node.ended;
}

/** What the store has is sent, and what is taken over is in the store, when this resolves. */
async function once(node: DistributedStateManager, mirror: StoreMirror | null, signal: AbortSignal): Promise<void> {
  await mirror?.all();
  await node.sync(signal);
  await mirror?.all();
  if (node.queued > 0) await node.sync(signal);
}

/** Asks for the server's password where it wants one and nobody gave it. A server that is away is no reason not to begin. */
async function openNode(
  output: Output,
  options: NodeStartOptions,
  onEvent: (event: NodeEvent) => void,
): Promise<DistributedStateManager> {
  const { url, id, automatic, signal } = options;
  if (!isPostgresUrl(url)) {
    // The rest of the address may hold a password.
    const message = 'The nodes meet in a PostgreSQL database: write --url postgresql://USER@HOST:PORT/DATABASE.';
    throw new SourceError('unsupported-url', message, { location: '--url' });
  }
  const { location } = await postgresTarget({ url });
  const data = options.data ?? join(dataFolder(), 'nodes', `${id}-${shortHash(location)}.node`);
  const open = (password?: string) =>
    DistributedStateManager.open({ address: { url, password }, id, data, automatic, onEvent });
  const node = await open();
  try {
    await node.sync(signal);
    return node;
  } catch (error) {
    const isNoReason = signal.aborted || (error instanceof SourceError && error.code === 'unreachable');
    if (isNoReason && !options.once) return node;
    await node.close();
    if (!(error instanceof SourceError && error.code === 'secret-needed')) throw error;
    const password = await askSecretly(output.translate('cli.askPassword', { location }), signal);
    if (password === null) throw error;
    return open(password);
  }
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** Results of a program that never ends by itself are lines: for people in their language, or JSON. */
class Teller {
  readonly #output: Output;
  readonly #json: boolean;

  constructor(output: Output, json: boolean) {
    this.#output = output;
    this.#json = json;
  }

  tell(event: NodeEvent): void {
    if (this.#json) return this.#line(jsonOf(event));
    const t = this.#output.translate;
    switch (event.kind) {
      case 'connected':
        return this.#say(t('cli.nodeConnected'));
      case 'offline':
        return this.#output.error(`statescope: ${this.#output.failure(event.error)} ${t('cli.nodeOffline')}\n`);
      case 'sent':
        return this.#say(t('cli.nodeSent', { changes: event.changes, queued: event.queued }));
      case 'applied':
        return this.#say(t('cli.nodeApplied', { changes: event.changes, keys: event.keys.size }));
      case 'conflict':
        return this.#say(t('cli.nodeConflict', { key: event.key, versions: event.versions.length }));
      case 'begun-again':
        return this.#say(t('cli.nodeBegunAgain'));
      default:
        return event satisfies never;
    }
  }

  problem(error: SourceError): void {
    if (this.#json) this.#line({ event: 'problem', ...errorOf(error) });
    else this.#output.error(`statescope: ${this.#output.failure(error)}\n`);
  }

  ended(id: string, queued: number): void {
    if (this.#json) this.#line({ event: 'ended', id, queued });
    else this.#say(this.#output.translate('cli.nodeEnded', { id, queued }));
  }

  #say(text: string): void {
    this.#output.write(`${text}\n`);
  }

  #line(data: Readonly<Record<string, unknown>>): void {
    this.#output.write(`${JSON.stringify({ ...data, time: new Date().toISOString() })}\n`);
  }
}

function jsonOf(event: NodeEvent): Readonly<Record<string, unknown>> {
  switch (event.kind) {
    case 'offline':
      return { event: 'offline', ...errorOf(event.error) };
    case 'applied':
      return { event: 'applied', changes: event.changes, keys: [...event.keys] };
    case 'conflict':
      return {
        event: 'conflict',
        key: event.key,
        versions: event.versions.map(({ writer, counter }) => ({ writer, counter })),
      };
    case 'sent':
      return { event: 'sent', changes: event.changes, queued: event.queued };
    case 'connected':
    case 'begun-again':
      return { event: event.kind };
    default:
      return event satisfies never;
  }
}

function errorOf({ code, message }: SourceError): Readonly<Record<string, string>> {
  return { code, message };
}
