/** For tests: a server that keeps what it is handed, and a probe that is nothing but requests. */
import { request as httpRequest } from 'node:http';
import { decodeUtf8 } from '../../../shared/json/json-string.ts';
import { type ProbeBatch, type ProbeServer, type ProbeServerOptions, startProbeServer } from './probe-server.ts';

export interface RecordingServer extends ProbeServer {
  readonly batches: ProbeBatch[];
  readonly events: string[];
  readonly log: string[];
}

export async function recordingServer(options: Partial<ProbeServerOptions> = {}): Promise<RecordingServer> {
  const batches: ProbeBatch[] = [];
  const events: string[] = [];
  const log: string[] = [];
  const server = await startProbeServer({
    onChanges: (batch) => void batches.push(batch),
    onSession: ({ name }) => void events.push(`open ${name}`),
    onClosed: ({ name }, reason) => void events.push(`${reason} ${name}`),
    log: (line) => void log.push(line),
    ...options,
  });
  return { ...server, batches, events, log };
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: {
    readonly [member: string]: unknown;
    readonly error?: { readonly code: string; readonly message: string };
  };
}

export interface AskOptions {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: none is sent. */
  readonly token?: string | null;
}

/** One request on a connection of its own. A body goes with a POST. */
export function ask(
  server: Pick<ProbeServer, 'port' | 'token'>,
  path: string,
  options: AskOptions = {},
): Promise<Reply> {
  const { body, token = server.token } = options;
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: server.port,
        path,
        agent: false,
        method: options.method ?? (body === undefined ? 'GET' : 'POST'),
        headers: { ...authorization, ...options.headers },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const parsed = (text === '' ? {} : JSON.parse(text)) as Reply['body'];
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
        });
        response.on('error', reject);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Opens a session and gives its address. */
export async function openSession(server: Pick<ProbeServer, 'port' | 'token'>, name = 'test'): Promise<string> {
  const body = JSON.stringify({ protocol: 1, name, language: 'test', pid: 7, modules: [{ name: 'friday' }] });
  const reply = await ask(server, '/v1/sessions', { body });
  if (reply.status !== 201) throw new Error(`no session: ${JSON.stringify(reply.body)}`);
  return `/v1/sessions/${String(reply.body['session'])}`;
}

export function changeLine(seq: number, value: string = String(seq)): string {
  return `{"module":"friday","path":["step"],"new":${value},"seq":${seq}}\n`;
}

/** Sequence numbers of what arrived, with `-N` for N that were lost. */
export function arrived(server: RecordingServer): number[] {
  return server.batches.flatMap(({ records }) => records.map((it) => (it.kind === 'lost' ? -it.count : it.seq)));
}

/** What arrived, readable: `friday.step 1 -> 2`. */
export function told(server: RecordingServer): string[] {
  const text = (bytes: Uint8Array | null): string => (bytes === null ? 'nothing' : decodeUtf8(bytes));
  return server.batches.flatMap(({ records }) =>
    records.map((it) => {
      if (it.kind === 'lost') return `lost ${it.count}`;
      if (it.kind === 'state') return `${it.module} ${text(it.state)}`;
      return `${it.module} ${it.path.join('.')}: ${text(it.old)} -> ${text(it.new)}`;
    }),
  );
}

export async function until(holds: () => boolean, what: string, seconds = 15): Promise<void> {
  const end = performance.now() + seconds * 1000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`this did not come about within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
