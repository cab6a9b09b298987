/**
 * The endpoint on loopback that running programs attach to, as docs/PROBE.md describes it for any language. It is off until
 * somebody starts it. Nothing that arrives is ever more than data.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { SourceError } from '../sources/source-error.ts';
import { ByteBudget } from './probe-body.ts';
import { ConnectionGate } from './probe-connections.ts';
import { checkCaller } from './probe-guard.ts';
import { PROBE_LIMITS } from './probe-limits.ts';
import { ProbeRefusal, rawRefusal, refuse } from './probe-refusal.ts';
import { type Answer, answerRequest, type ProbeHouse } from './probe-routes.ts';
import type { ProbeSession } from './probe-session.ts';
import type { ProbeBatch, ProbeCloseReason, ProbeServer, ProbeServerOptions } from './probe-types.ts';

export type * from './probe-types.ts';

const HOST = '127.0.0.1';
const TOKEN_BYTES = 32;
/** How often time limits are looked at. */
const CHECK_MS = 1000;
const KEEP_ALIVE_MS = 60_000;

/** @throws SourceError `port-taken`. */
export async function startProbeServer(options: ProbeServerOptions): Promise<ProbeServer> {
  const limits = { ...PROBE_LIMITS, ...options.limits };
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString('base64url');
  const log = options.log ?? (() => undefined);
  const sessions = new Map<string, ProbeSession>();
  const gate = new ConnectionGate(limits.connections);
  let port = 0;
  let stopped: Promise<void> | undefined;

  const close = (session: ProbeSession, reason: ProbeCloseReason): void => {
    if (!sessions.delete(session.id)) return;
    session.close();
    log(`probe ${session.info.name} is gone (${reason})`);
    options.onClosed?.(session.info, reason);
  };

  const house: ProbeHouse = {
    limits,
    budget: new ByteBudget(limits.pendingBytes),
    sessions,
    open: (session) => {
      sessions.set(session.id, session);
      log(`probe ${session.info.name} attached`);
      options.onSession?.(session.info);
    },
    end: (session) => close(session, 'ended'),
    deliver: async (batch: ProbeBatch) => options.onChanges(batch),
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      checkCaller(request, port, token);
      gate.trust(request.socket);
      write(response, await answerRequest(house, request, gone.signal));
    } catch (error) {
      if (!(error instanceof ProbeRefusal)) log(`a probe's request failed: ${String(error)}`);
      const refusal =
        error instanceof ProbeRefusal
          ? error
          : new ProbeRefusal(503, 'failed', 'Statescope could not take this; send it again in a second');
      refuse(request, response, refusal);
    }
  };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => void handle(request, response);

  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headerMs,
      requestTimeout: limits.bodyMs,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.headerMs),
    },
    onRequest,
  );
  server.on('connection', (socket) => gate.admit(socket));
  // Who asks before sending a body is answered by the same checks; the body is then asked for by reading it.
  server.on('checkContinue', (request, response) => {
    if (Number(request.headers['content-length'] ?? 0) <= limits.bodyBytes) response.writeContinue();
    onRequest(request, response);
  });
  server.on('clientError', refuseRaw);

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(startError(error, options.port ?? 0)));
    server.listen({ host: HOST, port: options.port ?? 0, backlog: limits.connections }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the server has no port');
  port = address.port;

  const check = setInterval(() => {
    for (const session of sessions.values()) if (session.isSilent()) close(session, 'silent');
  }, CHECK_MS);
  check.unref();

  const stop = async (): Promise<void> => {
    clearInterval(check);
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const session of sessions.values()) close(session, 'stopped');
    server.closeAllConnections();
    await closed;
  };

  return {
    port,
    token,
    address: `http://${HOST}:${port}#${token}`,
    sessions: () => [...sessions.values()].map(({ info }) => info),
    send: async (id, command) => {
      const session = sessions.get(id);
      if (session) return session.send(command);
      return { ok: false, code: 'unknown-session', message: 'this program is not attached' };
    },
    stop: () => (stopped ??= stop()),
  };
}

function write(response: ServerResponse, { status, body }: Answer): void {
  if (response.destroyed) return;
  if (body === undefined) {
    response.writeHead(status).end();
    return;
  }
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length }).end(bytes);
}

/** What is no HTTP, has too much of a header, or takes too long. */
function refuseRaw(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  socket.end(rawAnswer(error.code), () => socket.destroy());
}

function rawAnswer(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return rawRefusal('431 Request Header Fields Too Large', 'header-too-large', 'the header is too large');
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return rawRefusal('408 Request Timeout', 'too-slow', 'the request took too long');
  }
  return rawRefusal('400 Bad Request', 'no-http', 'this is no HTTP request');
}

function startError(error: NodeJS.ErrnoException, port: number): SourceError {
  const location = `${HOST}:${port}`;
  const message = `${location} cannot be used for probes (${error.code ?? error.message}); choose another port, or 0 for a free one`;
  return new SourceError('port-taken', message, { location, reason: error.code ?? error.message }, { cause: error });
}
