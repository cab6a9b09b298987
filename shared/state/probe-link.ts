/** The protocol of docs/PROBE.md from the program's side: a session, numbered lines, and commands. */
import type { JsonDocument, NodeId } from '../json/document.ts';
import { decodeUtf8, encodeUtf8 } from '../json/json-string.ts';
import { parseJson } from '../json/parse.ts';
import { reasonOf } from './errors.ts';

/** As much of the standard fetch as the probe needs. */
export type ProbeFetch = (
  url: string,
  init: { readonly method: string; readonly headers: Record<string, string>; readonly body?: Uint8Array<ArrayBuffer> },
) => Promise<{ readonly status: number; arrayBuffer(): Promise<ArrayBuffer> }>;

/** Calls once after `milliseconds`, without keeping the program alive. The returned function calls it off. */
export type ProbeDelay = (milliseconds: number, work: () => void) => () => void;

export interface ProbeStats {
  readonly connected: boolean;
  readonly sent: number;
  /** What did not fit into the queue, or had nobody to go to. */
  readonly dropped: number;
  readonly queued: number;
}

export interface ProbeCommandRequest {
  readonly kind: 'snapshot' | 'load';
  readonly module: string | undefined;
  /** For `load`: where the state stands. */
  readonly document: JsonDocument;
  readonly state: NodeId | undefined;
}

/** What the link asks of the one that watches the module. */
export interface ProbeWatcher {
  readonly modules: readonly string[];
  /** A recording begins: from now on changes are told, after a whole state. */
  begin(): void;
  /** Nobody wants to know for now. */
  pause(): void;
  /** Tell what has changed without having been noticed: `now`, or when it is time to look again. */
  sample(when: 'due' | 'now'): void;
  /** @throws what the module throws. */
  obey(command: ProbeCommandRequest): void;
}

export interface ProbeLinkOptions {
  readonly address: string;
  readonly program: string;
  readonly pid: number | undefined;
  readonly queue: number;
  readonly fetch: ProbeFetch;
  readonly delay: ProbeDelay;
  readonly clock: () => number;
  readonly onProblem: (message: string) => void;
}

const PROTOCOL = 1;
/** Between two looks at what there is to send, and at commands. */
const TICK_MS = 100;
const FIRST_BACKOFF_MS = 200;
const LAST_BACKOFF_MS = 15_000;
const BATCH_LINES = 1000;
const BATCH_CHARS = 2 ** 20;
const QUEUE_CHARS = 2 ** 24;
/** Where there is no other word: the server's own default. */
const LINE_BYTES = 2 ** 23;

class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(`${message} (${status})`);
    this.status = status;
    this.code = code;
  }
}

export class ProbeLink {
  readonly #options: ProbeLinkOptions;
  readonly #base: string;
  readonly #token: string;
  #watcher: ProbeWatcher | undefined;
  #session: string | undefined;
  #lineBytes = LINE_BYTES;
  /** Lines and their numbers, in order; numbers that are missing were dropped. */
  #lines: string[] = [];
  #chars = 0;
  #seq = 0;
  #acknowledged = 0;
  /** Numbers of earlier sessions that never arrived: missing in the next one. */
  #untold = 0;
  #sent = 0;
  #dropped = 0;
  #droppedEarlier = 0;
  #droppedTold = 0;
  /** Changes were dropped: a whole state has to follow. */
  #torn = false;
  #connected = false;
  #paused = false;
  #lastCommand = 0;
  #backoff = FIRST_BACKOFF_MS;
  #stopped = false;
  #cancelTick: (() => void) | undefined;
  #round: Promise<void> | undefined;

  /** @throws TypeError for an address of another form. */
  constructor(options: ProbeLinkOptions) {
    const [, base, token] = /^(http:\/\/(?:127\.0\.0\.1|localhost):\d+)\/?#(\S+)$/.exec(options.address) ?? [];
    if (base === undefined || token === undefined) {
      throw new TypeError('the address of Statescope has to be http://127.0.0.1:PORT#TOKEN');
    }
    this.#options = options;
    this.#base = base;
    this.#token = token;
  }

  get stats(): ProbeStats {
    return { connected: this.#connected, sent: this.#sent, dropped: this.#dropped, queued: this.#lines.length };
  }

  start(watcher: ProbeWatcher): void {
    this.#watcher = watcher;
    this.#tickIn(0);
  }

  /** `body` is the members of the line that come before its time and number. Never waits; what does not fit is dropped. */
  tell(body: string): void {
    this.#seq++;
    const line = `{${body},"time":${Math.round(this.#options.clock() * 1000)},"seq":${this.#seq}}\n`;
    const fits = this.#lines.length < this.#options.queue && this.#chars + line.length <= QUEUE_CHARS;
    // Three bytes for a UTF-16 unit at most, and most often one.
    const short = line.length * 3 <= this.#lineBytes || encodeUtf8(line).length <= this.#lineBytes;
    if (fits && short) {
      this.#lines.push(line);
      this.#chars += line.length;
      return;
    }
    this.#dropped++;
    // A state that is too long would be too long again.
    if (short) this.#torn = true;
    else this.#options.onProblem(`a value of ${line.length} characters is more than Statescope takes at once`);
  }

  /** Sends what there is. True if everything has arrived. */
  async flush(): Promise<boolean> {
    await this.#round;
    if (this.#stopped) return false;
    this.#cancelTick?.();
    this.#watcher?.sample('now');
    await this.#begin();
    return this.#session !== undefined && this.#lines.length === 0;
  }

  /** Sends what is left, and ends the session. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    await this.flush();
    this.#stopped = true;
    this.#cancelTick?.();
    this.#watcher?.pause();
    if (this.#session === undefined) return;
    try {
      await this.#request('DELETE', `/${this.#session}`);
    } catch (error) {
      this.#options.onProblem(`the end could not be told: ${reasonOf(error)}`);
    }
  }

  #tickIn(milliseconds: number): void {
    this.#cancelTick = this.#options.delay(milliseconds, () => void this.#begin());
  }

  /** One round, and the next one planned. Never rejects. */
  #begin(): Promise<void> {
    this.#round ??= this.#run().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #run(): Promise<void> {
    let next = TICK_MS;
    try {
      if (this.#session === undefined) await this.#open();
      this.#watcher?.sample('due');
      await this.#send();
      await this.#heartbeat();
      await this.#takeCommands();
      this.#connected = true;
      this.#backoff = FIRST_BACKOFF_MS;
    } catch (error) {
      this.#connected = false;
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) {
        this.#options.onProblem(`Statescope refused this program: ${error.message}`);
        this.#abandon();
        this.#stopped = true;
        return;
      }
      // Without an answer nobody may be there: what has not been sent waits in the queue, which is bounded.
      if (error instanceof Refused && error.code === 'session-unknown') this.#abandon();
      next = this.#backoff;
      this.#backoff = Math.min(this.#backoff * 2, LAST_BACKOFF_MS);
      // Gone for good, as far as one can tell.
      if (next >= LAST_BACKOFF_MS) this.#abandon();
    }
    if (!this.#stopped) this.#tickIn(next);
  }

  async #open(): Promise<void> {
    const { program, pid } = this.#options;
    const modules = this.#watcher?.modules.map((name) => ({ name })) ?? [];
    const body = JSON.stringify({ protocol: PROTOCOL, name: program, pid, language: 'javascript', modules });
    const answer = objectOf(await this.#request('POST', '', body));
    const session = answer.member(0, 'session');
    if (session === undefined) throw new Error('an answer that is not Statescope’s');
    this.#session = answer.string(session);
    const limits = answer.member(0, 'limits');
    const lineBytes = limits === undefined ? undefined : answer.member(limits, 'lineBytes');
    this.#lineBytes = lineBytes === undefined ? LINE_BYTES : answer.number(lineBytes).value;
    this.#seq = this.#untold;
    this.#untold = 0;
    this.#droppedEarlier = this.#dropped - this.#seq;
    this.#droppedTold = this.#droppedEarlier;
    this.#lastCommand = 0;
    this.#paused = false;
    this.#watcher?.begin();
  }

  /** The session is over. What it was not told is told to the next one as lost: its numbers are missing there. */
  #abandon(): void {
    this.#watcher?.pause();
    this.#session = undefined;
    this.#dropped += this.#lines.length;
    this.#untold += this.#seq - this.#acknowledged;
    this.#seq = 0;
    this.#acknowledged = 0;
    this.#lines = [];
    this.#chars = 0;
  }

  async #send(): Promise<void> {
    if (this.#torn && this.#lines.length === 0) this.#resume();
    while (this.#lines.length > 0) {
      let count = 0;
      let chars = 0;
      while (count < Math.min(this.#lines.length, BATCH_LINES) && (count === 0 || chars < BATCH_CHARS)) {
        chars += this.#lines[count]?.length ?? 0;
        count++;
      }
      const body = this.#lines.slice(0, count).join('');
      try {
        const answer = objectOf(await this.#request('POST', `/${this.#session ?? ''}/changes`, body));
        this.#acknowledged = numberIn(answer, 'seq');
        this.#sent += count;
      } catch (error) {
        if (!(error instanceof Refused) || (error.status !== 400 && error.status !== 413)) throw error;
        // It would be refused again and again: its numbers are missing from now on.
        this.#options.onProblem(`Statescope refused changes: ${error.message}`);
        this.#dropped += count;
        this.#torn = true;
      }
      this.#lines.splice(0, count);
      this.#chars -= chars;
      if (this.#torn && this.#lines.length === 0) this.#resume();
    }
  }

  #resume(): void {
    this.#torn = false;
    if (!this.#paused) this.#watcher?.begin();
  }

  async #heartbeat(): Promise<void> {
    if (this.#droppedTold === this.#dropped) return;
    const dropped = this.#dropped;
    const body = JSON.stringify({ seq: this.#seq, dropped: dropped - this.#droppedEarlier });
    // Lines that came up meanwhile are not sent yet: their numbers must not be told as lost.
    if (this.#lines.length > 0) return;
    const answer = objectOf(await this.#request('POST', `/${this.#session ?? ''}/heartbeat`, body));
    this.#acknowledged = Math.max(this.#acknowledged, numberIn(answer, 'seq'));
    this.#droppedTold = dropped;
  }

  /** Without waiting for one: an open request would keep a program alive that is done. */
  async #takeCommands(): Promise<void> {
    const path = `/${this.#session ?? ''}/commands?after=${this.#lastCommand}&wait=0`;
    const document = objectOf(await this.#request('GET', path));
    const list = document.member(0, 'commands');
    if (list === undefined) return;
    for (const command of document.children(list)) {
      const id = numberIn(document, 'id', command);
      if (id <= this.#lastCommand) continue;
      this.#lastCommand = id;
      const problem = await this.#obey(document, command);
      this.#watcher?.sample('now');
      await this.#send();
      const body = JSON.stringify(problem === undefined ? { ok: true } : { ok: false, error: problem });
      try {
        await this.#request('POST', `/${this.#session ?? ''}/commands/${id}/result`, body);
      } catch (error) {
        // Nobody waits for it any more.
        if (!(error instanceof Refused) || error.code !== 'command-unknown') throw error;
      }
    }
  }

  /** What went wrong, if anything did. */
  async #obey(document: JsonDocument, command: NodeId): Promise<string | undefined> {
    const text = (name: string): string | undefined => {
      const node = document.member(command, name);
      return node === undefined ? undefined : document.string(node);
    };
    const kind = text('command') ?? '';
    const module = text('module');
    switch (kind) {
      case 'pause':
        this.#watcher?.sample('now');
        await this.#send();
        this.#watcher?.pause();
        this.#paused = true;
        return undefined;
      case 'resume':
        if (this.#paused) {
          this.#paused = false;
          this.#watcher?.begin();
        }
        return undefined;
      case 'snapshot':
      case 'load':
        if (module !== undefined && !this.#watcher?.modules.includes(module))
          return `there is no module ${module} here`;
        try {
          this.#watcher?.obey({ kind, module, document, state: document.member(command, 'state') });
          return undefined;
        } catch (error) {
          return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        }
      default:
        return `this probe does not know the command ${kind}`;
    }
  }

  async #request(method: string, path: string, body?: string): Promise<Uint8Array> {
    const response = await this.#options.fetch(`${this.#base}/v${PROTOCOL}/sessions${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/x-ndjson' },
      ...(body === undefined ? {} : { body: encodeUtf8(body) }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (response.status < 300) return bytes;
    const { code, message } = errorOf(bytes);
    throw new Refused(response.status, code, message);
  }
}

function objectOf(bytes: Uint8Array): JsonDocument {
  const { document } = parseJson(bytes);
  if (document?.kind(0) !== 'object') throw new Error('an answer that is not Statescope’s');
  return document;
}

function numberIn(document: JsonDocument, name: string, parent: NodeId = 0): number {
  const node = document.member(parent, name);
  return node === undefined ? 0 : document.number(node).value;
}

function errorOf(bytes: Uint8Array): { readonly code: string; readonly message: string } {
  const { document } = parseJson(bytes);
  const error = document?.member(0, 'error');
  const text = (name: string): string => {
    const node = error === undefined ? undefined : document?.member(error, name);
    return node === undefined || document?.kind(node) !== 'string' ? '' : document.string(node);
  };
  return { code: text('code'), message: text('message') || decodeUtf8(bytes, 0, bytes.length, 200) };
}
