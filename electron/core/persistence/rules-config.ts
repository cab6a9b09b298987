/** A persistence.yaml that has no faults: which backends there are, and which states go where. */
import type { PostgresAddress, SslMode } from '../sources/postgres-address.ts';

export interface PersistenceConfig {
  /** Name of the backend of whatever no rule matches. */
  readonly defaultBackend: string;
  /** In the order of the file; names are unique. */
  readonly backends: readonly BackendConfig[];
  readonly rules: readonly PersistenceRule[];
}

export interface PersistenceRule {
  /** See rules-glob.ts. */
  readonly pattern: string;
  /** Name of a backend. */
  readonly backend: string;
  /** Seconds from the last write on; null for ever. */
  readonly ttl: number | null;
}

export type BackendConfig = MemoryConfig | FilesystemConfig | SqliteConfig | PostgresConfig;

export interface MemoryConfig {
  readonly name: string;
  readonly type: 'memory';
}

export interface FilesystemConfig {
  readonly name: string;
  readonly type: 'filesystem';
  /** Absolute. */
  readonly basePath: string;
  readonly compression: boolean;
  readonly encryption: boolean;
  /** Secret. Null: from the environment, or asked for. */
  readonly passphrase: string | null;
}

export interface SqliteConfig {
  readonly name: string;
  readonly type: 'sqlite';
  /** Absolute. */
  readonly path: string;
}

/** Either an address, or its parts. Null: the driver's default. */
export interface PostgresConfig {
  readonly name: string;
  readonly type: 'postgresql';
  /** May hold a secret. */
  readonly connectionString: string | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly user: string | null;
  /** Secret. */
  readonly password: string | null;
  readonly database: string | null;
  readonly ssl: SslMode | boolean | null;
  /** Absolute path of the certificates that are trusted. */
  readonly sslRootCert: string | null;
  readonly poolSize: number | null;
  /** Seconds. */
  readonly timeout: number | null;
}

/** How the server is reached. May hold a secret. */
export function postgresAddress(config: PostgresConfig): PostgresAddress {
  const { connectionString, host, port, user, password, database, ssl, sslRootCert } = config;
  return {
    url: connectionString ?? undefined,
    host: host ?? undefined,
    port: port ?? undefined,
    user: user ?? undefined,
    password: password ?? undefined,
    database: database ?? undefined,
    ssl: ssl ?? undefined,
    sslRootCert: sslRootCert ?? undefined,
  };
}
