/** What the probe server tells, and takes. Values are JSON texts as the probe wrote them; times are microseconds since 1970. */
import type { JsonPath } from '../../../shared/json/path.ts';
import type { ProbeLimits } from './probe-limits.ts';

/** One value of a module went from `old` to `new`. */
export interface ProbeChange {
  readonly kind: 'change';
  readonly module: string;
  /** At least one segment, from the module's state dict on. */
  readonly path: JsonPath;
  /** Null: there was none, or the probe does not know it. */
  readonly old: Uint8Array | null;
  /** Null: the value was removed. */
  readonly new: Uint8Array | null;
  readonly time: number;
  readonly seq: number;
}

/** All of a module's state: when it is attached, after changes were lost, and when a snapshot was asked for. */
export interface ProbeState {
  readonly kind: 'state';
  readonly module: string;
  readonly state: Uint8Array;
  readonly time: number;
  readonly seq: number;
}

/** Sequence numbers that never came. The probe sends whole states after it has dropped something. */
export interface ProbeLoss {
  readonly kind: 'lost';
  readonly count: number;
  /** The last number before the gap. */
  readonly after: number;
}

export type ProbeRecord = ProbeChange | ProbeState | ProbeLoss;

/** Records in the order in which they happened, each of them handed on once. */
export interface ProbeBatch {
  readonly session: ProbeSessionInfo;
  readonly records: readonly ProbeRecord[];
}

export interface ProbeSessionInfo {
  readonly id: string;
  readonly name: string;
  readonly pid: number | null;
  readonly language: string;
  /** In the order in which they were announced or first seen. */
  readonly modules: readonly string[];
  readonly startedAt: number;
  readonly lastHeardAt: number;
  /** Changes and states, without those that came again. */
  readonly received: number;
  /** Lines that came again after a retry and were ignored. */
  readonly duplicates: number;
  /** Sequence numbers that never came. */
  readonly lost: number;
  /** How many the probe itself says that it dropped: a part of `lost`, as soon as its gap has come. */
  readonly dropped: number;
  readonly paused: boolean;
}

export type ProbeCommand =
  /** Every module, or one, sends its whole state. */
  | { readonly command: 'snapshot'; readonly module?: string }
  /** Nothing is recorded until `resume`, after which whole states come. */
  | { readonly command: 'pause' }
  | { readonly command: 'resume' }
  /** `state` is the JSON text that the module's `load_state_dict` gets. */
  | { readonly command: 'load'; readonly module: string; readonly state: Uint8Array };

export type ProbeCommandResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /**
       * `refused`: the program's answer, `message` is the text of its exception. `timeout`: no answer in time; it may still
       * happen. `too-many`: others wait already. `not-json`: the state to load is no JSON.
       */
      readonly code: 'refused' | 'timeout' | 'session-closed' | 'unknown-session' | 'too-many' | 'not-json';
      readonly message: string;
    };

/** `ended`: the probe said so. `silent`: it was not heard from. `stopped`: this server was stopped. */
export type ProbeCloseReason = 'ended' | 'silent' | 'stopped';

export interface ProbeServerOptions {
  /** 0, the default: a free one. */
  readonly port?: number;
  /** Default: 256 random bits. */
  readonly token?: string;
  readonly limits?: Partial<ProbeLimits>;
  readonly onSession?: (session: ProbeSessionInfo) => void;
  /**
   * The probe gets its answer, and sends more, once this is through. When it fails the probe sends the same batch again. One
   * at a time for each session.
   */
  readonly onChanges: (batch: ProbeBatch) => Promise<void> | void;
  readonly onClosed?: (session: ProbeSessionInfo, reason: ProbeCloseReason) => void;
  /** One line in English, without the token and without values. */
  readonly log?: (line: string) => void;
}

export interface ProbeServer {
  readonly port: number;
  readonly token: string;
  /** For the environment variable STATESCOPE_PROBE: `http://127.0.0.1:PORT#TOKEN`. */
  readonly address: string;
  sessions(): readonly ProbeSessionInfo[];
  /** Never rejects. */
  send(sessionId: string, command: ProbeCommand): Promise<ProbeCommandResult>;
  /** Closes sessions and connections. Calling it again does nothing more. */
  stop(): Promise<void>;
}
