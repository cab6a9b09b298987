/** The rules of docs/PROBE.md, over real HTTP. */
import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../../shared/json/json-string.ts';
import { type ProbeBatch, startProbeServer } from './probe-server.ts';
import {
  arrived,
  ask,
  changeLine,
  openSession,
  type RecordingServer,
  recordingServer,
  told,
} from './probe-test-support.ts';

let server: RecordingServer;
afterEach(async () => server.stop());

describe('sessions', () => {
  test('a program attaches, sends, and ends', async () => {
    server = await recordingServer();
    const address = await openSession(server, 'planner.py');
    expect(server.sessions()).toMatchObject([
      { name: 'planner.py', pid: 7, language: 'test', modules: ['friday'], received: 0, lost: 0, paused: false },
    ]);
    const body = `{"module":"coder","state":{"step":0},"seq":1,"time":1757491200250000}\n${changeLine(2)}`;
    expect((await ask(server, `${address}/changes`, { body })).body).toEqual({ received: 2, duplicates: 0, seq: 2 });
    expect(server.sessions()).toMatchObject([{ modules: ['friday', 'coder'], received: 2 }]);
    expect((await ask(server, address, { method: 'DELETE' })).status).toBe(204);
    expect(server.events).toEqual(['open planner.py', 'ended planner.py']);
    expect(server.sessions()).toEqual([]);
    expect((await ask(server, `${address}/changes`, { body })).body.error?.code).toBe('session-unknown');
  });

  test('values arrive as the bytes that were sent: NaN, large integers, 553.0, escapes, __proto__', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const value = '{"__proto__": [NaN, 123456789012345678901234567890, 553.0, "\\ud83d", "火"], "a":1, "a":2}';
    const body = `{"module":"friday","path":["a","__proto__",3],"old":-Infinity,"new":${value},"seq":1,"time":5}`;
    await ask(server, `${address}/changes`, { body });
    const [record] = server.batches[0]?.records ?? [];
    if (record?.kind !== 'change' || !record.new || !record.old) throw new Error('no change arrived');
    expect(decodeUtf8(record.new)).toBe(value);
    expect(decodeUtf8(record.old)).toBe('-Infinity');
    expect(record).toMatchObject({ path: ['a', '__proto__', 3], time: 5, seq: 1 });
  });

  test('a session that is not heard from is closed; one that waits for commands is heard from', async () => {
    server = await recordingServer({ limits: { silenceMs: 300, pollMs: 5000 } });
    await openSession(server, 'silent');
    const waiting = await openSession(server, 'waiting');
    const poll = ask(server, `${waiting}/commands`);
    await expect.poll(() => server.events, { timeout: 5000 }).toContain('silent silent');
    expect(server.sessions()).toMatchObject([{ name: 'waiting' }]);
    await server.stop();
    expect(server.events).toContain('stopped waiting');
    await poll.catch(() => undefined);
  });

  test('there is a largest number of sessions, and of modules', async () => {
    server = await recordingServer({ limits: { sessions: 2, modules: 3 } });
    const address = await openSession(server);
    await openSession(server);
    await expect(openSession(server)).rejects.toThrow('too-many-sessions');
    const body = ['a', 'b', 'c'].map((name, at) => `{"module":"${name}","state":{},"seq":${at + 1}}`).join('\n');
    expect((await ask(server, `${address}/changes`, { body })).body.error?.code).toBe('too-many-modules');
    expect(server.batches).toEqual([]);
  });
});

describe('sequence numbers', () => {
  test('whatever is sent again, skipped or mixed up: each number arrives once, in order, or is counted as lost', async () => {
    const bodies = fc.array(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 12 }), { maxLength: 8 });
    server = await recordingServer();
    await fc.assert(
      fc.asyncProperty(bodies, async (batches) => {
        const address = await openSession(server);
        server.batches.length = 0;
        let duplicates = 0;
        let last = 0;
        for (const seqs of batches) {
          const body = seqs.map((seq) => changeLine(seq)).join('');
          const reply = await ask(server, `${address}/changes`, { body });
          duplicates += Number(reply.body['duplicates']);
          last = Number(reply.body['seq']);
        }
        const seen: number[] = [];
        for (const it of arrived(server)) {
          if (it > 0) seen.push(it);
          else for (let n = 0; n < -it; n++) seen.push(-1);
        }
        // One entry for each number up to the last, its own or a loss.
        expect(seen.length).toBe(last);
        expect(seen.every((it, at) => it === -1 || it === at + 1)).toBe(true);
        const lost = seen.filter((it) => it === -1).length;
        expect(batches.flat().length).toBe(last - lost + duplicates);
        expect(server.sessions()[0]).toMatchObject({ received: last - lost, duplicates, lost });
        await ask(server, address, { method: 'DELETE' });
      }),
      { numRuns: 40 },
    );
  });

  test('a heartbeat tells of numbers that were dropped at the end', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    await ask(server, `${address}/changes`, { body: changeLine(1) });
    const reply = await ask(server, `${address}/heartbeat`, { body: '{"seq":4,"dropped":3}' });
    expect(reply.body).toEqual({ seq: 4, paused: false });
    expect(server.batches.at(-1)?.records).toEqual([{ kind: 'lost', count: 3, after: 1 }]);
    expect(server.sessions()).toMatchObject([{ received: 1, lost: 3, dropped: 3 }]);
  });

  test('a batch that could not be handed on is not counted, and is welcome again', async () => {
    let fail = true;
    const taken: ProbeBatch[] = [];
    server = await recordingServer({
      onChanges: (batch) => {
        if (fail) throw new Error('the disk is full');
        taken.push(batch);
      },
    });
    const address = await openSession(server);
    const first = await ask(server, `${address}/changes`, { body: changeLine(1) });
    expect(first).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(server.sessions()).toMatchObject([{ received: 0 }]);
    fail = false;
    expect((await ask(server, `${address}/changes`, { body: changeLine(1) })).body).toMatchObject({ duplicates: 0 });
    expect(taken).toHaveLength(1);
  });
});

describe('backpressure', () => {
  test('the answer waits until the batch is worked on; another one meanwhile is 429 with Retry-After', async () => {
    const slow = Promise.withResolvers<void>();
    server = await recordingServer({ onChanges: () => slow.promise });
    const address = await openSession(server);
    const first = ask(server, `${address}/changes`, { body: changeLine(1) });
    let answered = false;
    void first.then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    const second = await ask(server, `${address}/changes`, { body: changeLine(2) });
    expect(second).toMatchObject({ status: 429, headers: { 'retry-after': '1' }, body: { error: { code: 'busy' } } });
    slow.resolve();
    expect((await first).status).toBe(200);
    expect((await ask(server, `${address}/changes`, { body: changeLine(2) })).status).toBe(200);
  });

  test('all unanswered bodies together have a bound', async () => {
    const slow = Promise.withResolvers<void>();
    server = await recordingServer({ onChanges: () => slow.promise, limits: { pendingBytes: 1000 } });
    const [one, other] = [await openSession(server), await openSession(server)];
    const body = changeLine(1, JSON.stringify('x'.repeat(600)));
    const first = ask(server, `${one}/changes`, { body });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await ask(server, `${other}/changes`, { body })).status).toBe(429);
    slow.resolve();
    expect((await first).status).toBe(200);
    expect((await ask(server, `${other}/changes`, { body })).status).toBe(200);
  });
});

describe('commands', () => {
  test('a command reaches the question that waits for it, and its answer comes back; values are not touched', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const [session] = server.sessions();
    const poll = ask(server, `${address}/commands?after=0`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const state = encodeUtf8('{"big": 12345678901234567890, "f": 553.0}');
    const result = server.send(session?.id ?? '', { command: 'load', module: 'fri"day', state });
    const commands = (await poll).body['commands'];
    expect(commands).toMatchObject([{ id: 1, command: 'load', module: 'fri"day', state: { f: 553 } }]);
    await ask(server, `${address}/commands/1/result`, { body: '{"ok":false,"error":"KeyError: \'a\'"}' });
    expect(await result).toEqual({ ok: false, code: 'refused', message: "KeyError: 'a'" });
    const again = await ask(server, `${address}/commands/1/result`, { body: '{"ok":true}' });
    expect(again.body.error?.code).toBe('command-unknown');
  });

  test('commands that came before the question are answered at once, from `after` on; a second question ends the first', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const id = server.sessions()[0]?.id ?? '';
    void server.send(id, { command: 'pause' });
    void server.send(id, { command: 'snapshot', module: 'friday' });
    const ids = async (after: number) =>
      (await ask(server, `${address}/commands?after=${after}&wait=0`)).body['commands'];
    expect(await ids(0)).toEqual([
      { id: 1, command: 'pause' },
      { id: 2, command: 'snapshot', module: 'friday' },
    ]);
    expect(await ids(1)).toMatchObject([{ id: 2 }]);
    const waiting = ask(server, `${address}/commands?after=2`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await ask(server, `${address}/commands?after=2&wait=0`);
    expect((await waiting).body).toEqual({ commands: [] });
    await ask(server, `${address}/commands/1/result`, { body: '{"ok":true}' });
    expect(server.sessions()).toMatchObject([{ paused: true }]);
  });

  test('send says why nothing happened: no session, no JSON, no answer, too many, session over', async () => {
    server = await recordingServer({ limits: { commandMs: 100, commands: 2 } });
    const code = async (result: ReturnType<RecordingServer['send']>) => {
      const settled = await result;
      return settled.ok ? 'ok' : settled.code;
    };
    expect(await code(server.send('nobody', { command: 'pause' }))).toBe('unknown-session');
    const address = await openSession(server);
    const id = server.sessions()[0]?.id ?? '';
    const state = encodeUtf8('{"a":');
    expect(await code(server.send(id, { command: 'load', module: 'friday', state }))).toBe('not-json');
    const waiting = [server.send(id, { command: 'pause' }), server.send(id, { command: 'pause' })].map(code);
    expect(await code(server.send(id, { command: 'pause' }))).toBe('too-many');
    expect(await Promise.all(waiting)).toEqual(['timeout', 'timeout']);
    const last = code(server.send(id, { command: 'resume' }));
    await ask(server, address, { method: 'DELETE' });
    expect(await last).toBe('session-closed');
  });
});

describe('requests that are not in order', () => {
  test('each bad line is refused with its number, and with it the whole body', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const bad = [
      'hello',
      '[1]',
      '{"module":"friday","path":["a"],"new":1,"seq":1',
      '{"module":"","path":["a"],"new":1,"seq":1}',
      `{"module":"${'x'.repeat(257)}","path":["a"],"new":1,"seq":1}`,
      '{"module":"friday","path":["a"],"new":1}',
      '{"module":"friday","path":["a"],"new":1,"seq":0}',
      '{"module":"friday","path":["a"],"new":1,"seq":1.5}',
      '{"module":"friday","path":["a"],"new":1,"seq":1,"time":"now"}',
      '{"module":"friday","path":[],"new":1,"seq":1}',
      '{"module":"friday","path":[-1],"new":1,"seq":1}',
      '{"module":"friday","path":[null],"new":1,"seq":1}',
      '{"module":"friday","path":"a","new":1,"seq":1}',
      '{"module":"friday","path":["a"],"seq":1}',
      '{"module":"friday","path":["a"],"new":1,"removed":true,"seq":1}',
      '{"module":"friday","path":["a"],"new":1,"state":{},"seq":1}',
      '{"module":"friday","seq":1}',
      '{"module":"friday","path":["a"],"new":1,"seq":1} x',
      '\u0000\u0001\u0002',
    ];
    for (const line of bad) {
      const { status, body } = await ask(server, `${address}/changes`, { body: `${changeLine(1)}\n${line}` });
      expect([status, body.error?.code], line).toEqual([400, 'bad-line']);
      expect(body.error?.message).toMatch(/^line 3: /);
    }
    expect(server.batches).toEqual([]);
    expect((await ask(server, `${address}/changes`, { body: changeLine(1) })).body).toMatchObject({ received: 1 });
  });

  test('any bytes are an answer with a code, never a fault', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => `${text}\n${text}`),
    );
    const paths = fc.constantFrom('/changes', '/heartbeat', '/commands/1/result', '/commands?after=x', '', '/%2e%2e/x');
    await fc.assert(
      fc.asyncProperty(texts, paths, async (body, path) => {
        const { status } = await ask(server, `${address}${path}`, { body });
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
    expect(server.log.filter((line) => line.includes('failed'))).toEqual([]);
  });

  test('unknown addresses, methods, versions and encodings have their codes', async () => {
    server = await recordingServer();
    const address = await openSession(server);
    const code = async (...given: Parameters<typeof ask> extends [unknown, ...infer Rest] ? Rest : never) => {
      const { status, body } = await ask(server, ...given);
      return `${status} ${body.error?.code ?? ''}`;
    };
    expect(await code('/v2/sessions', { body: '{}' })).toBe('404 protocol-unknown');
    expect(await code('/')).toBe('404 protocol-unknown');
    expect(await code('/v1')).toBe('200 ');
    expect(await code('/v1/nothing')).toBe('404 address-unknown');
    expect(await code('/v1/sessions')).toBe('405 method-refused');
    expect(await code('/v1/sessions', { body: '{"protocol":2,"name":"a","language":"b"}' })).toBe(
      '400 protocol-unknown',
    );
    expect(await code('/v1/sessions', { body: '{"protocol":1}' })).toBe('400 bad-request');
    expect(await code('/v1/sessions/nobody/changes', { body: '' })).toBe('404 session-unknown');
    const packed = { body: 'x', headers: { 'content-encoding': 'gzip' } };
    expect(await code(`${address}/changes`, packed)).toBe('415 encoding-refused');
  });
});

describe('the server', () => {
  test('a port that is taken is a clear error', async () => {
    server = await recordingServer();
    const second = startProbeServer({ port: server.port, onChanges: () => undefined });
    await expect(second).rejects.toMatchObject({
      code: 'port-taken',
      details: { location: `127.0.0.1:${server.port}`, reason: 'EADDRINUSE' },
    });
  });

  test('tokens are 256 random bits, and stopping twice is stopping', async () => {
    server = await recordingServer();
    const other = await recordingServer();
    expect(server.token).toMatch(/^[\w-]{43}$/);
    expect(other.token).not.toBe(server.token);
    await other.stop();
    await other.stop();
    await expect(ask(other, '/v1')).rejects.toThrow('ECONNREFUSED');
    expect(told(server)).toEqual([]);
  });
});
