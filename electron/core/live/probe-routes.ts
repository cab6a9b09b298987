/** The requests of docs/PROBE.md, one function each. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type ByteBudget, busy, withBody } from './probe-body.ts';
import { type ProbeLimits, REASON_CHARS } from './probe-limits.ts';
import { integerIn, nameIn, parseLines, parseObject } from './probe-lines.ts';
import { ProbeRefusal } from './probe-refusal.ts';
import { type Arrival, microseconds, ProbeSession } from './probe-session.ts';
import type { ProbeBatch, ProbeCommandResult } from './probe-types.ts';

export const PROTOCOL = 1;

/** Room for a probe's name and the names of its modules. */
const SMALL_BODY = 512 * 1024;
/** Probes are asked to be heard from three times as often as they have to. */
const HEARTBEATS_PER_SILENCE = 3;

export interface Answer {
  readonly status: number;
  /** JSON data, or JSON text. */
  readonly body?: unknown;
}

/** What the requests work on. */
export interface ProbeHouse {
  readonly limits: ProbeLimits;
  readonly budget: ByteBudget;
  readonly sessions: ReadonlyMap<string, ProbeSession>;
  open(session: ProbeSession): void;
  end(session: ProbeSession): void;
  deliver(batch: ProbeBatch): Promise<void>;
}

/** @throws ProbeRefusal for everything that is not as the protocol has it. */
export async function answerRequest(house: ProbeHouse, request: IncomingMessage, gone: AbortSignal): Promise<Answer> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [version, collection, id, what, command, result, ...more] = url.pathname.split('/').slice(1);
  if (version !== `v${PROTOCOL}`) {
    throw new ProbeRefusal(404, 'protocol-unknown', `this is version ${PROTOCOL} of the protocol, under /v${PROTOCOL}`);
  }
  if (collection === undefined) return only(request, 'GET', () => ({ status: 200, body: { protocol: PROTOCOL } }));
  if (collection !== 'sessions' || more.length > 0) throw unknownAddress();
  if (id === undefined) return only(request, 'POST', () => openSession(house, request));

  const session = house.sessions.get(id);
  if (!session) throw new ProbeRefusal(404, 'session-unknown', 'there is no such session; open a new one');
  session.heard();
  if (what === undefined) return only(request, 'DELETE', () => endSession(house, session));
  if (what === 'changes' && command === undefined)
    return only(request, 'POST', () => takeChanges(house, session, request));
  if (what === 'heartbeat' && command === undefined) {
    return only(request, 'POST', () => takeHeartbeat(house, session, request));
  }
  if (what !== 'commands') throw unknownAddress();
  if (command === undefined) {
    return only(request, 'GET', () => tellCommands(house, session, url.searchParams, gone));
  }
  if (result !== 'result') throw unknownAddress();
  return only(request, 'POST', () => takeResult(house, session, request, command));
}

async function openSession(house: ProbeHouse, request: IncomingMessage): Promise<Answer> {
  const { limits, sessions } = house;
  return withBody(request, SMALL_BODY, house.budget, (body) => {
    const doc = objectOf(body);
    if (integerIn(doc, 'protocol') !== PROTOCOL) {
      throw new ProbeRefusal(400, 'protocol-unknown', `"protocol" has to be ${PROTOCOL}`);
    }
    const name = nameIn(doc, 'name');
    const language = nameIn(doc, 'language');
    if (name === undefined || language === undefined) {
      throw new ProbeRefusal(400, 'bad-request', '"name" and "language" have to be texts of 1 to 256 characters');
    }
    const list = doc.member(0, 'modules');
    const modules = list === undefined ? [] : [...doc.children(list)].map((node) => nameIn(doc, 'name', node));
    if (!modules.every((module) => module !== undefined) || modules.length > limits.modules) {
      throw new ProbeRefusal(400, 'bad-request', `"modules" has to be at most ${limits.modules} objects with a "name"`);
    }
    if (sessions.size >= limits.sessions) {
      throw new ProbeRefusal(503, 'too-many-sessions', `there are ${limits.sessions} sessions already`);
    }
    const id = randomBytes(16).toString('hex');
    const session = new ProbeSession({ id, name, pid: integerIn(doc, 'pid') ?? null, language, modules }, limits);
    house.open(session);
    const { lineBytes, bodyBytes, linesPerBody } = limits;
    const heartbeatMs = Math.round(limits.silenceMs / HEARTBEATS_PER_SILENCE);
    return { status: 201, body: { session: id, heartbeatMs, limits: { lineBytes, bodyBytes, linesPerBody } } };
  });
}

function endSession(house: ProbeHouse, session: ProbeSession): Answer {
  house.end(session);
  return { status: 204 };
}

async function takeChanges(house: ProbeHouse, session: ProbeSession, request: IncomingMessage): Promise<Answer> {
  // One at a time, or their order would be lost.
  return inTurn(session, () =>
    withBody(request, house.limits.bodyBytes, house.budget, async (body) => {
      const lines = await parseLines(body, house.limits, microseconds());
      const arrival = session.arrive(lines);
      await handOn(house, session, arrival);
      const received = lines.length - arrival.duplicates;
      return { status: 200, body: { received, duplicates: arrival.duplicates, seq: session.seq } };
    }),
  );
}

async function takeHeartbeat(house: ProbeHouse, session: ProbeSession, request: IncomingMessage): Promise<Answer> {
  return inTurn(session, () =>
    withBody(request, SMALL_BODY, house.budget, async (body) => {
      const doc = objectOf(body);
      await handOn(house, session, session.report(integerIn(doc, 'seq'), integerIn(doc, 'dropped')));
      return { status: 200, body: { seq: session.seq, paused: session.paused } };
    }),
  );
}

async function inTurn<T>(session: ProbeSession, work: () => Promise<T>): Promise<T> {
  if (session.busy) throw busy();
  session.busy = true;
  try {
    return await work();
  } finally {
    session.busy = false;
    session.heard();
  }
}

async function handOn(house: ProbeHouse, session: ProbeSession, arrival: Arrival): Promise<void> {
  if (arrival.records.length > 0) await house.deliver({ session: session.info, records: arrival.records });
  arrival.commit();
}

async function tellCommands(
  house: ProbeHouse,
  session: ProbeSession,
  query: URLSearchParams,
  gone: AbortSignal,
): Promise<Answer> {
  const after = numberIn(query, 'after', 0);
  const seconds = numberIn(query, 'wait', house.limits.pollMs / 1000);
  const body = await session.poll(after, Math.min(seconds * 1000, house.limits.pollMs), gone);
  return { status: 200, body };
}

async function takeResult(
  house: ProbeHouse,
  session: ProbeSession,
  request: IncomingMessage,
  command: string,
): Promise<Answer> {
  return withBody(request, SMALL_BODY, house.budget, (body) => {
    const doc = objectOf(body);
    const ok = doc.member(0, 'ok');
    if (ok === undefined || doc.kind(ok) !== 'boolean') {
      throw new ProbeRefusal(400, 'bad-request', '"ok" has to be true or false');
    }
    const error = doc.member(0, 'error');
    const message = error !== undefined && doc.kind(error) === 'string' ? doc.string(error, REASON_CHARS) : '';
    const result: ProbeCommandResult = doc.boolean(ok) ? { ok: true } : { ok: false, code: 'refused', message };
    if (/^\d{1,15}$/.test(command) && session.answer(Number(command), result)) return { status: 204 };
    throw new ProbeRefusal(404, 'command-unknown', 'nobody waits for the answer to this command any more');
  });
}

async function only(request: IncomingMessage, method: string, answer: () => Promise<Answer> | Answer): Promise<Answer> {
  if (request.method !== method) throw new ProbeRefusal(405, 'method-refused', `this address takes ${method}`);
  return answer();
}

function objectOf(body: Uint8Array): NonNullable<ReturnType<typeof parseObject>> {
  const doc = parseObject(body);
  if (!doc) throw new ProbeRefusal(400, 'bad-request', 'the body has to be one JSON object');
  return doc;
}

function numberIn(query: URLSearchParams, name: string, otherwise: number): number {
  const text = query.get(name);
  if (text === null) return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw new ProbeRefusal(400, 'bad-request', `"${name}" has to be a number from 0 on`);
  return Number(text);
}

function unknownAddress(): ProbeRefusal {
  return new ProbeRefusal(404, 'address-unknown', 'the protocol has no such address');
}
