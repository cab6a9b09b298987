/** A worker thread that holds one open source: reading, parsing and SQLite happen here, never on the main event loop. */
import { parentPort, workerData } from 'node:worker_threads';
import type { OverviewProgress } from '../../shared/ipc/model.ts';
import { openSource } from '../core/sources/open-source.ts';
import { toHostError } from '../core/workspace/host-error.ts';
import type {
  FromWorker,
  StreamStep,
  ToWorker,
  WorkerMethod,
  WorkerMethods,
  WorkerStart,
} from '../core/workspace/worker-protocol.ts';
import { Workspace } from '../core/workspace/workspace.ts';

if (!parentPort) throw new Error('workspace-worker runs as a worker thread only');
const port = parentPort;
const start = workerData as WorkerStart;
const say = (message: FromWorker): void => port.postMessage(message);

type Methods = {
  readonly [K in WorkerMethod]: (input: WorkerMethods[K]['input'], run: Run) => Promise<WorkerMethods[K]['output']>;
};

/** A question that is being answered. */
interface Run {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: OverviewProgress) => void;
}

const running = new Map<number, AbortController>();

function methodsOf(workspace: Workspace): Methods {
  const streams = new Map<number, AsyncGenerator<string, void, void>>();
  let lastStream = 0;
  const step = async (stream: number): Promise<StreamStep> => {
    const next = await streams.get(stream)?.next();
    if (!next || next.done) {
      streams.delete(stream);
      return { stream, chunk: null };
    }
    return { stream, chunk: next.value };
  };
  return {
    'explorer.rows': async (input) => workspace.explorerRows(input),
    'workspace.overview': (_input, run) => workspace.overview(run),
    'problems.rows': async (input) => workspace.problemRows(input),
    'state.open': (input) => workspace.openState(input),
    'tree.rows': (input) => workspace.treeRows(input),
    'tree.reveal': (input) => workspace.treeReveal(input),
    'value.get': (input) => workspace.value(input),
    'value.copy': (input) => workspace.copyText(input),
    'conversation.page': (input) => workspace.conversationPage(input),
    'value.text': (input) => {
      lastStream += 1;
      streams.set(lastStream, workspace.valueText(input));
      return step(lastStream);
    },
    'stream.next': ({ stream }) => step(stream),
    'stream.end': async ({ stream }) => {
      await streams.get(stream)?.return();
      streams.delete(stream);
      return null;
    },
  };
}

async function answer(methods: Methods, id: number, method: WorkerMethod, input: unknown): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    // The router has checked the input against the contract before it came here.
    const run = methods[method] as (input: unknown, run: Run) => Promise<unknown>;
    const onProgress: Run['onProgress'] = (progress) => say({ type: 'step', id, progress });
    say({ type: 'answer', id, value: await run(input, { signal: controller.signal, onProgress }) });
  } catch (error) {
    say({ type: 'error', id, error: toHostError(error) });
  } finally {
    running.delete(id);
  }
}

try {
  const source = await openSource(start.location, {
    followLinks: start.followLinks,
    onProgress: (progress) => say({ type: 'progress', progress }),
  });
  const workspace = new Workspace(source);
  const methods = methodsOf(workspace);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'question') {
      void answer(methods, message.id, message.method, message.input);
      return;
    }
    if (message.type === 'cancel') {
      running.get(message.id)?.abort();
      return;
    }
    for (const controller of running.values()) controller.abort();
    void workspace.close().finally(() => {
      say({ type: 'closed' });
      port.close();
    });
  });
  say({ type: 'opened', summary: workspace.summary(start.workspace) });
} catch (error) {
  say({ type: 'failed', error: toHostError(error) });
  port.close();
}
