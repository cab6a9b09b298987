/** What PostgreSQL (SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html), the driver and the network report. */
import type { SourceErrorCode } from '../../../shared/ipc/result.ts';
import type { PostgresTarget } from './postgres-address.ts';
import { errorCode } from './problems.ts';
import { SourceError } from './source-error.ts';

export type Doing = 'connect' | 'read' | 'write';

type Known = readonly [test: RegExp, code: SourceErrorCode, text: string];

/** By SQLSTATE. The first that fits. */
const STATES: readonly Known[] = [
  [/^(28...|3D000)$/, 'auth-failed', 'the server refused. Check user name, password and database'],
  [/^53300$/, 'pool-exhausted', 'the server has no connection left. Try again in a moment, or close some'],
  [/^(57014|25P04)$/, 'timeout', 'the server did not finish in time. Try again, or raise the timeout'],
  [/^(57P0.|08...|25P03)$/, 'connection-lost', 'the server ended the connection. Try again'],
  [
    /^(42501|25006)$/,
    'read-only',
    'this user, or this server, may not write. Ask for the right to, or use another user',
  ],
  [/^53100$/, 'disk-full', 'the disk of the server is full. Nothing was changed; make room there, then try again'],
  [/^(55P03|40...)$/, 'locked', 'another program is writing the same rows. Nothing was changed; try again'],
  [/^(42P01|42703|42704)$/, 'not-a-store', "the design's table agent_states is not there, or is another one"],
  [
    /^(22|54)...$/,
    'unsupported-value',
    'the server refused the value. Nothing was changed; keep the state in files or SQLite',
  ],
];

/** By the error's code, or its text where the driver gives none. */
const REASONS: readonly Known[] = [
  [
    /timeout exceeded when trying to connect/,
    'pool-exhausted',
    'all connections are in use. Try again in a moment, or raise pool_size',
  ],
  [/query read timeout/i, 'timeout', 'the server did not answer in time. Try again, or raise the timeout'],
  [
    /does not support SSL/,
    'unreachable',
    'the server does not offer TLS. If the network is to be trusted, add sslmode=disable',
  ],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/,
    'unreachable',
    'its certificate is not trusted. Name the one that signed it with sslrootcert',
  ],
  [/client password must be/, 'auth-failed', 'the server asks for a password'],
  [
    /ECONNRESET|EPIPE|[Cc]onnection terminated|not queryable|ETIMEDOUT/,
    'connection-lost',
    'the connection was lost. Try again; what was being written is there whole or not at all',
  ],
];

/** The text never holds the password. */
export function toPostgresError(error: unknown, target: PostgresTarget, doing: Doing): SourceError {
  if (error instanceof SourceError) return error;
  const { location } = target;
  const state = sqlState(error);
  const reason = reasonOf(error);
  const [, known, text] = (state === null ? REASONS : STATES).find(([test]) =>
    test.test(state ?? `${errorCode(error)} ${reason}`),
  ) ?? [null, 'unreadable', 'the server could not do it. See its log'];
  const fail = (code: SourceErrorCode, text: string) =>
    new SourceError(code, `${location}: ${text} (${reason}).`, { location, reason }, { cause: error });
  if (known === 'auth-failed' && !target.hasPassword && (state === null || state === '28P01')) {
    return fail('secret-needed', 'the server asks for a password. Give one, in the address or as PGPASSWORD');
  }
  if (known === 'read-only' && doing === 'read')
    return fail('permission-denied', 'this user may not read it. Ask for the right to');
  const away = known === 'connection-lost' || (known === 'unreadable' && state === null);
  if (doing === 'connect' && away) {
    return fail('unreachable', 'there is no answer. Check address and port, and that the server is running');
  }
  return fail(known, text);
}

/** Null for what does not come from the server. */
export function sqlState(error: unknown): string | null {
  return error instanceof Error && 'severity' in error && 'code' in error ? String(error.code) : null;
}

function reasonOf(error: unknown): string {
  // Several addresses of one host were tried in vain: the error itself has no text.
  if (error instanceof AggregateError && error.message === '') return errorCode(error);
  return error instanceof Error ? error.message : String(error);
}
