/** One attached program: what has come from it, and what is still to be told to it. */
import { joinPieces, type Pieces } from '../../../shared/json/pieces.ts';
import { wholeJson } from '../tracking/state-overlay.ts';
import type { ProbeLimits } from './probe-limits.ts';
import type { ProbeLine } from './probe-lines.ts';
import { ProbeRefusal } from './probe-refusal.ts';
import type { ProbeCommand, ProbeCommandResult, ProbeRecord, ProbeSessionInfo } from './probe-types.ts';

export interface ProbeIdentity {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
  readonly language: string;
  readonly modules: readonly string[];
}

/** What a body of lines comes to, and how to note that it has arrived. */
export interface Arrival {
  readonly records: readonly ProbeRecord[];
  readonly duplicates: number;
  commit(): void;
}

interface Waiting {
  readonly pieces: Pieces;
  readonly kind: ProbeCommand['command'];
  readonly settle: (result: ProbeCommandResult) => void;
}

export class ProbeSession {
  /** A batch that is being handed on; the next one has to wait. */
  busy = false;
  readonly #identity: ProbeIdentity;
  readonly #limits: ProbeLimits;
  readonly #modules: Set<string>;
  readonly #startedAt = microseconds();
  #heardAt = performance.now();
  #lastHeardAt = this.#startedAt;
  /** The last sequence number that has come, or is known to be lost. */
  #seq = 0;
  #received = 0;
  #duplicates = 0;
  #lost = 0;
  #dropped = 0;
  #paused = false;
  #closed = false;
  readonly #commands = new Map<number, Waiting>();
  #lastCommand = 0;
  /** Answers the question for commands that is open. */
  #answerPoll: (() => void) | undefined;

  constructor(identity: ProbeIdentity, limits: ProbeLimits) {
    this.#identity = identity;
    this.#limits = limits;
    this.#modules = new Set(identity.modules);
  }

  get id(): string {
    return this.#identity.id;
  }

  get info(): ProbeSessionInfo {
    const { id, name, pid, language } = this.#identity;
    return {
      id,
      name,
      pid,
      language,
      modules: [...this.#modules],
      startedAt: this.#startedAt,
      lastHeardAt: this.#lastHeardAt,
      received: this.#received,
      duplicates: this.#duplicates,
      lost: this.#lost,
      dropped: this.#dropped,
      paused: this.#paused,
    };
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The last sequence number that need not be sent again. */
  get seq(): number {
    return this.#seq;
  }

  heard(): void {
    this.#heardAt = performance.now();
    this.#lastHeardAt = microseconds();
  }

  isSilent(): boolean {
    // Who waits for commands is there, and a batch that is being handed on is our own delay.
    if (this.#answerPoll || this.busy) return false;
    return performance.now() - this.#heardAt > this.#limits.silenceMs;
  }

  /** Leaves out what has come before, and puts gaps where numbers are missing. Nothing counts before `commit`. */
  arrive(lines: readonly ProbeLine[]): Arrival {
    const records: ProbeRecord[] = [];
    const names = new Set(this.#modules);
    let seq = this.#seq;
    let lost = 0;
    let duplicates = 0;
    for (const line of lines) {
      if (line.seq <= seq) {
        duplicates++;
        continue;
      }
      if (line.seq > seq + 1) {
        const count = line.seq - seq - 1;
        records.push({ kind: 'lost', count, after: seq });
        lost += count;
      }
      seq = line.seq;
      records.push(line);
      names.add(line.module);
    }
    if (names.size > this.#limits.modules) {
      throw new ProbeRefusal(400, 'too-many-modules', `a session has at most ${this.#limits.modules} modules`);
    }
    return {
      records,
      duplicates,
      commit: () => {
        this.#seq = seq;
        this.#lost += lost;
        this.#duplicates += duplicates;
        this.#received += lines.length - duplicates;
        for (const name of names) this.#modules.add(name);
      },
    };
  }

  /** A heartbeat: `seq` is the last number that was given away and is not waiting to be sent. */
  report(seq: number | undefined, dropped: number | undefined): Arrival {
    this.#dropped = Math.max(this.#dropped, dropped ?? 0);
    const last = Math.max(this.#seq, seq ?? 0);
    const count = last - this.#seq;
    return {
      records: count > 0 ? [{ kind: 'lost', count, after: this.#seq }] : [],
      duplicates: 0,
      commit: () => {
        this.#seq = last;
        this.#lost += count;
      },
    };
  }

  send(command: ProbeCommand): Promise<ProbeCommandResult> {
    if (this.#closed) return Promise.resolve(SESSION_CLOSED);
    if (this.#commands.size >= this.#limits.commands) {
      const message = `${this.#commands.size} commands wait for an answer already`;
      return Promise.resolve({ ok: false, code: 'too-many', message });
    }
    const id = this.#lastCommand + 1;
    const pieces = commandPieces(id, command);
    if (!pieces) return Promise.resolve({ ok: false, code: 'not-json', message: 'the state to load is no JSON' });
    this.#lastCommand = id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = this.#limits.commandMs / 1000;
        const message = `the program did not answer within ${seconds} s; the command may still take effect`;
        settle({ ok: false, code: 'timeout', message });
      }, this.#limits.commandMs);
      const settle = (result: ProbeCommandResult): void => {
        clearTimeout(timer);
        if (this.#commands.delete(id)) resolve(result);
      };
      this.#commands.set(id, { pieces, kind: command.command, settle });
      this.#answerPoll?.();
    });
  }

  /** The program's answer. False for a command that nobody waits for: it came too late, or again. */
  answer(id: number, result: ProbeCommandResult): boolean {
    const waiting = this.#commands.get(id);
    if (!waiting) return false;
    if (result.ok && waiting.kind === 'pause') this.#paused = true;
    if (result.ok && waiting.kind === 'resume') this.#paused = false;
    waiting.settle(result);
    return true;
  }

  /**
   * `{"commands": […]}` with those after `after`; waits for one until there is one, until `waitMs` are over, or until another
   * question takes this one's place. Aborting ends the wait.
   */
  async poll(after: number, waitMs: number, signal: AbortSignal): Promise<Uint8Array> {
    this.#answerPoll?.();
    if (this.#after(after).length === 0 && waitMs > 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          if (this.#answerPoll === end) this.#answerPoll = undefined;
          resolve();
        };
        const timer = setTimeout(end, waitMs);
        signal.addEventListener('abort', end, { once: true });
        this.#answerPoll = end;
      });
    }
    const commands = this.#after(after).flatMap(({ pieces }, at) => (at > 0 ? [',', ...pieces] : pieces));
    return joinPieces(['{"commands":[', ...commands, ']}']);
  }

  close(): void {
    this.#closed = true;
    this.#answerPoll?.();
    for (const { settle } of this.#commands.values()) settle(SESSION_CLOSED);
  }

  #after(id: number): Waiting[] {
    return [...this.#commands].filter(([command]) => command > id).map(([, waiting]) => waiting);
  }
}

const SESSION_CLOSED = { ok: false, code: 'session-closed', message: 'the program is no longer attached' } as const;

/** Undefined when the state is no JSON. It goes into the answer as it is, so that no number is rounded. */
function commandPieces(id: number, command: ProbeCommand): Pieces | undefined {
  const head = `{"id":${id},"command":"${command.command}"`;
  switch (command.command) {
    case 'pause':
    case 'resume':
      return [`${head}}`];
    case 'snapshot':
      return [head, command.module === undefined ? '' : `,"module":${JSON.stringify(command.module)}`, '}'];
    case 'load': {
      const document = wholeJson(command.state);
      if (!document) return undefined;
      return [head, `,"module":${JSON.stringify(command.module)},"state":`, document.rawBytes(0), '}'];
    }
    default:
      return command satisfies never;
  }
}

/** Since 1970. */
export function microseconds(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}
