/** What whoever reaches the port could do to it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { ask, changeLine, openSession, type RecordingServer, recordingServer } from './probe-test-support.ts';

const MIB = 2 ** 20;
let server: RecordingServer;
let child: ChildProcess | undefined;
afterEach(async () => {
  child?.kill();
  await server.stop();
});

describe('who may speak', () => {
  test('nobody without the token', async () => {
    server = await recordingServer();
    const wrong = [null, '', 'x', server.token.slice(0, -1), `${server.token}x`, server.token.toLowerCase()];
    for (const token of wrong) {
      const { status, body } = await ask(server, '/v1/sessions', { token, body: '{}' });
      expect([status, body.error?.code], String(token)).toEqual([401, 'token-refused']);
    }
    expect(server.sessions()).toEqual([]);
    expect(server.log.join()).not.toContain(server.token);
  });

  test('no web page, whatever its origin is, even with the token', async () => {
    server = await recordingServer();
    for (const origin of ['null', 'https://example.org', `http://127.0.0.1:${server.port}`, '']) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const { status, headers, body } = await ask(server, '/v1', { method, headers: { origin } });
        expect([status, body.error?.code], origin).toEqual([403, 'origin-refused']);
        expect(headers).not.toHaveProperty('access-control-allow-origin');
      }
    }
  });

  test('nobody under another name for this machine (DNS rebinding)', async () => {
    server = await recordingServer();
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `[::1]:${server.port}`,
    ]) {
      const { status, body } = await ask(server, '/v1', { headers: { host } });
      expect([status, body.error?.code], host).toEqual([403, 'host-refused']);
    }
    expect((await ask(server, '/v1', { headers: { host: `localhost:${server.port}` } })).status).toBe(200);
  });
});

describe('too much', () => {
  test('a value of 100 MB is refused with a clear answer that the sender gets to read, and nothing of it is kept', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (const announced of [true, false]) {
      const reply = await sendMuch(`${address}/changes`, announced, () => {
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      });
      expect(reply).toMatchObject({ status: 413, connection: 'close' });
      expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'too-large' } });
    }
    // The limit of one body, twice over, and what the sender in this same process needs.
    expect(most).toBeLessThan(64 * MIB);
    expect(server.sessions()).toMatchObject([{ received: 0 }]);
    expect((await ask(server, `${address}/changes`, { body: changeLine(1) })).status).toBe(200);
  });

  test('who asks first (Expect: 100-continue) is refused before a byte of the body is sent', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const asked = (bytes: number) =>
      new Promise<string>((resolve, reject) => {
        const headers = {
          authorization: `Bearer ${server.token}`,
          'content-length': bytes,
          expect: '100-continue',
        };
        const path = `${address}/changes`;
        const request = httpRequest({
          port: server.port,
          host: '127.0.0.1',
          path,
          method: 'POST',
          agent: false,
          headers,
        });
        request.on('continue', () => request.end(changeLine(1)));
        request.on('response', (response) => {
          resolve(String(response.statusCode));
          response.resume();
          request.destroy();
        });
        request.on('error', reject);
        request.flushHeaders();
      });
    expect(await asked(100 * MIB)).toBe('413');
    expect(await asked(changeLine(1).length)).toBe('200');
  });

  test('one line has a bound of its own, and so has the number of lines', async () => {
    server = await recordingServer({ limits: { lineBytes: 1000, linesPerBody: 10 } });
    const address = await openSession(server);
    const long = changeLine(1, JSON.stringify('x'.repeat(1000)));
    const many = Array.from({ length: 11 }, (_, at) => changeLine(at + 1)).join('');
    expect((await ask(server, `${address}/changes`, { body: long })).body.error?.code).toBe('line-too-large');
    expect((await ask(server, `${address}/changes`, { body: many })).body.error?.code).toBe('too-many-lines');
    expect(server.batches).toEqual([]);
  });

  test('headers have a bound', async () => {
    server = await recordingServer();
    const { status, body } = await ask(server, '/v1', { headers: { 'x-much': 'x'.repeat(20_000) } });
    expect([status, body.error?.code]).toEqual([431, 'header-too-large']);
  });

  test('a hundred thousand levels are a value like any other', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const value = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await ask(server, `${address}/changes`, { body: changeLine(1, value) })).body).toMatchObject({
      received: 1,
    });
  });
});

describe('too slow', () => {
  test('a header that never ends, one that never begins, and a body that never comes are closed in time', async () => {
    server = await recordingServer({ limits: { headerMs: 300, bodyMs: 600 } });
    const address = await openSession(server);
    const head = `POST ${address}/changes HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n`;
    const body = `${head}Authorization: Bearer ${server.token}\r\nContent-Length: 1000\r\n\r\n{"mod`;
    const texts = await Promise.all([untilClosed(head), untilClosed(''), untilClosed(body)]);
    for (const text of texts) expect(text).toContain('"too-slow"');
    expect((await ask(server, `${address}/changes`, { body: changeLine(1) })).status).toBe(200);
  });

  test('what is no HTTP is told so and closed', async () => {
    server = await recordingServer();
    expect(await untilClosed('\u0016\u0003\u0001\u0002\u0000 this is TLS, for example\r\n\r\n')).toContain('"no-http"');
  });
});

describe('too many', () => {
  const count = descriptors() >= 12_000 ? 10_000 : 2000;

  test(`${count} idle connections use up little, and a probe works through them`, { timeout: 60_000 }, async () => {
    server = await recordingServer();
    const attached = await openSession(server);
    const held = await openFiles();
    child = spawn(process.execPath, [
      fileURLToPath(new URL('probe-idle-connections.ts', import.meta.url)),
      `${server.port}`,
      `${count}`,
    ]);
    const said = await firstLine(child);
    expect(said).toMatch(new RegExp(`^${count} opened`));
    const files = await openFiles();
    // 512 connections, and a few that are just being turned away.
    if (held > 0) expect(files - held).toBeLessThan(600);
    // One that was attached before, and one that comes now.
    expect((await ask(server, `${attached}/changes`, { body: changeLine(1) })).body).toMatchObject({ received: 1 });
    const fresh = await openSession(server);
    expect((await ask(server, `${fresh}/changes`, { body: changeLine(1) })).body).toMatchObject({ received: 1 });
    process.stdout.write(`probe server: ${said.trim()}; ${files - held} descriptors in use\n`);
  });

  test('when all connections belong to probes a new one is turned away politely', async () => {
    server = await recordingServer({ limits: { connections: 2 } });
    const address = await openSession(server);
    const polls = [await openSession(server), address].map((it) => ask(server, `${it}/commands`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const reply = await ask(server, '/v1');
    expect(reply).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1' },
      body: { error: { code: 'too-many-connections' } },
    });
    await server.stop();
    await Promise.allSettled(polls);
  });
});

/** A hundred megabytes to `path`; `announced`: with Content-Length. */
function sendMuch(
  path: string,
  announced: boolean,
  watch: () => void,
): Promise<{ status: number; connection: string; text: string }> {
  const chunk = Buffer.alloc(MIB, 0x78);
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${server.token}`, ...(announced ? { 'content-length': 100 * MIB } : {}) };
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method: 'POST', agent: false, headers });
    let answered = false;
    request.on('response', (response) => {
      answered = true;
      let text = '';
      response.on('data', (data: Buffer) => (text += data.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, connection: response.headers.connection ?? '', text });
      });
    });
    // The server closes while the rest is still being written.
    request.on('error', (error) => (answered ? undefined : reject(error)));
    void (async () => {
      for (let sent = 0; sent < 100 && !request.destroyed; sent++) {
        watch();
        if (!request.write(chunk)) await new Promise((done) => setTimeout(done, 1));
      }
      if (!request.destroyed) request.end();
    })();
  });
}

/** What comes back for `text` until the server closes. */
function untilClosed(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect({ host: '127.0.0.1', port: server.port }, () => socket.write(text));
    socket.on('data', (data: Buffer) => (answer += data.toString()));
    socket.on('close', () => resolve(answer));
    socket.on('error', () => undefined);
  });
}

function firstLine(process: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    process.stdout?.once('data', (data: Buffer) => resolve(data.toString()));
  });
}

/** How many files a process may open: the limit that connections count against. */
function descriptors(): number {
  if (process.platform === 'win32') return 0;
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
  return limit === 'unlimited' ? 100_000 : Number(limit);
}

/** Of this process; 0 where the system does not tell. */
async function openFiles(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0;
}
