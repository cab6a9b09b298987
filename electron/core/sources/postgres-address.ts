/**
 * Where a PostgreSQL server is and how it is spoken to, from a URL or from single settings. What is not given comes from the
 * environment as with PostgreSQL's own programs (PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE).
 *
 * TLS: `sslmode` means what it means to libpq (https://www.postgresql.org/docs/current/libpq-ssl.html): `require` encrypts, and checks
 * nothing; `verify-ca` checks who signed the certificate, `verify-full` the host's name as well. Without one, a server on this
 * machine is spoken to in the clear and any other is verified in full: whoever wants less has to say so. `allow` and `prefer`, which
 * fall back to plain text without a word, are refused.
 */
import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { checkServerIdentity, type ConnectionOptions as TlsOptions } from 'node:tls';
import type { ClientConfig } from 'pg';
import { errorCode } from './problems.ts';
import { SourceError } from './source-error.ts';

export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

export interface PostgresAddress {
  /** `postgresql://user:password@host:port/database?sslmode=…`. Its parts count for less than those given singly. */
  readonly url?: string | undefined;
  /** A path (`/var/run/postgresql`) is the folder of a Unix socket. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  /** true is `verify-full`, false `disable`. */
  readonly ssl?: SslMode | boolean | undefined;
  /** File with the certificates that are trusted instead of the system's. */
  readonly sslRootCert?: string | undefined;
}

export interface PostgresTarget {
  /** Without a database driver's guesses: every part is set, but for a password that nobody gave. */
  readonly config: ClientConfig;
  /** URL without the password and without parameters that might hold one; with the password it leads to the same place. */
  readonly location: string;
  readonly hasPassword: boolean;
}

export function isPostgresUrl(location: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(location);
}

/** @throws SourceError `unsupported-url` for a URL that cannot be read, `bad-config` for an sslmode or certificate that cannot be used. */
export async function postgresTarget(address: PostgresAddress): Promise<PostgresTarget> {
  const given = address.url === undefined ? {} : partsOf(address.url);
  const { env } = process;
  const host = address.host ?? given.host ?? env['PGHOST'] ?? 'localhost';
  const port = address.port ?? Number(given.port ?? env['PGPORT'] ?? 5432);
  const user = address.user ?? given.user ?? env['PGUSER'] ?? userInfo().username;
  const database = address.database ?? given.database ?? env['PGDATABASE'] ?? user;
  const password = address.password ?? given.password ?? env['PGPASSWORD'] ?? '';
  const asked = sslModeOf(address.ssl) ?? given.sslMode ?? env['PGSSLMODE'];
  const rootCert = address.sslRootCert ?? given.sslRootCert;

  const authority = host.startsWith('/') ? '' : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const shown = new URLSearchParams();
  if (host.startsWith('/')) shown.set('host', host);
  if (asked !== undefined) shown.set('sslmode', asked);
  if (rootCert !== undefined) shown.set('sslrootcert', rootCert);
  const query = shown.size === 0 ? '' : `?${shown.toString()}`;
  const location = `postgresql://${encodeURIComponent(user)}@${authority}/${encodeURIComponent(database)}${query}`;

  const mode = checkedMode(asked ?? (isLocal(host) ? 'disable' : 'verify-full'), location);
  const ssl = await tlsOptions(mode, host, rootCert, location);
  const config: ClientConfig = { host, port, user, database, ssl, keepAlive: true, application_name: 'statescope' };
  return {
    config: password === '' ? config : { ...config, password },
    location,
    hasPassword: password !== '',
  };
}

interface Parts {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database?: string | undefined;
  readonly sslMode?: string | undefined;
  readonly sslRootCert?: string | undefined;
}

/** As libpq reads it: what stands after the question mark counts more than what stands before. */
function partsOf(text: string): Parts {
  try {
    const url = new URL(text);
    const part = (name: string, otherwise: string) => url.searchParams.get(name) ?? (otherwise || undefined);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    return {
      host: part('host', decodeURIComponent(host)),
      port: part('port', url.port),
      user: part('user', decodeURIComponent(url.username)),
      password: part('password', decodeURIComponent(url.password)),
      database: part('dbname', decodeURIComponent(url.pathname.slice(1))),
      sslMode: part('sslmode', ''),
      sslRootCert: part('sslrootcert', ''),
    };
  } catch (error) {
    // Nothing of the text is repeated, and no cause handed on: it may hold a password.
    if (!(error instanceof TypeError || error instanceof URIError)) throw error;
    const message =
      'The address of the PostgreSQL server cannot be read. Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, and signs other than letters and digits in user and password as % and two digits, such as %40 for @.';
    throw new SourceError('unsupported-url', message, { location: 'postgresql://' });
  }
}

function sslModeOf(ssl: PostgresAddress['ssl']): string | undefined {
  if (typeof ssl === 'boolean') return ssl ? 'verify-full' : 'disable';
  return ssl;
}

function checkedMode(asked: string, location: string): SslMode {
  const mode = SSL_MODES.find((known) => known === asked);
  if (mode !== undefined) return mode;
  throw badTls(location, `sslmode ${JSON.stringify(asked)} is none of ${SSL_MODES.join(', ')}`);
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

async function tlsOptions(
  mode: SslMode,
  host: string,
  rootCert: string | undefined,
  location: string,
): Promise<false | TlsOptions> {
  if (mode === 'disable' || host.startsWith('/')) return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  const trusted = rootCert === undefined || rootCert === 'system' ? {} : { ca: await certificate(rootCert, location) };
  // The name is that of the address, whatever the driver would take for it (for an IP address: `localhost`, in old versions).
  const check = mode === 'verify-full' ? checkServerIdentity : () => undefined;
  return { ...trusted, rejectUnauthorized: true, checkServerIdentity: (_, certificate) => check(host, certificate) };
}

async function certificate(path: string, location: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw badTls(location, `the certificates in ${path} cannot be read (${errorCode(error)})`);
  }
}

function badTls(location: string, reason: string): SourceError {
  return new SourceError('bad-config', `${location} cannot be connected to: ${reason}. Correct it, then try again.`, {
    location,
    reason,
  });
}
