import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that is not done. The probe is told `{error: {code, message}}`; codes are listed in docs/PROBE.md. */
export class ProbeRefusal extends Error {
  override readonly name = 'ProbeRefusal';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** How long what a refused client still sends is thrown away, so that it gets to read why. */
const LINGER_MS = 2000;
/** When trying again makes sense. */
const RETRY_STATUS: ReadonlySet<number> = new Set([429, 503]);

export function refuse(request: IncomingMessage, response: ServerResponse, refusal: ProbeRefusal): void {
  if (response.headersSent || response.destroyed) return;
  const body = refusalBody(refusal.code, refusal.message);
  const headers: Record<string, string | number> = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
  };
  if (RETRY_STATUS.has(refusal.status)) headers['Retry-After'] = 1;
  // Without a body that is still to come the connection may go on.
  const done = request.complete || !hasBody(request);
  if (!done) headers['Connection'] = 'close';
  response.writeHead(refusal.status, headers);
  if (done) {
    response.end(body);
    return;
  }
  // A socket that is closed with unread bytes resets the connection, and the answer with it: the rest is read and
  // forgotten for a moment. Nothing is buffered.
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('end', end);
  request.once('close', end);
  request.resume();
}

/** For a connection that has not come as far as a request. */
export function rawRefusal(status: string, code: string, message: string): string {
  const body = refusalBody(code, message);
  return [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Retry-After: 1',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

function refusalBody(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

function hasBody(request: IncomingMessage): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
