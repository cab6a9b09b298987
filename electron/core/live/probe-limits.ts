/** What a probe, or whoever pretends to be one, can make this process hold. docs/PROBE.md tells the reader of each. */
export interface ProbeLimits {
  readonly connections: number;
  readonly sessions: number;
  readonly modules: number;
  /** One change or state. */
  readonly lineBytes: number;
  readonly bodyBytes: number;
  readonly linesPerBody: number;
  /** Bodies of all sessions that are not answered yet. */
  readonly pendingBytes: number;
  readonly headerBytes: number;
  readonly headerMs: number;
  readonly bodyMs: number;
  /** How long a question for commands waits at most. */
  readonly pollMs: number;
  /** A session that is not heard from for this long is closed. */
  readonly silenceMs: number;
  /** Unanswered commands of one session. */
  readonly commands: number;
  readonly commandMs: number;
}

const MIB = 2 ** 20;

export const PROBE_LIMITS: ProbeLimits = {
  connections: 512,
  sessions: 64,
  modules: 1000,
  lineBytes: 8 * MIB,
  bodyBytes: 16 * MIB,
  linesPerBody: 10_000,
  pendingBytes: 64 * MIB,
  headerBytes: 8192,
  headerMs: 5000,
  bodyMs: 30_000,
  pollMs: 25_000,
  silenceMs: 30_000,
  commands: 100,
  commandMs: 30_000,
};

/** Of names of sessions and modules, in UTF-16 units. */
export const NAME_CHARS = 256;
export const PATH_SEGMENTS = 1000;
/** Of a module's exception, as much as is shown. */
export const REASON_CHARS = 2000;
