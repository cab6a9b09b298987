/**
 * Tells what anybody changes. Where our trigger is, a connection of its own listens to it, is made anew when it is lost, and
 * then compares, since notifications are not kept for those who were away. Without the trigger the table is looked at again and again.
 */
import type { Client, Notification } from 'pg';
import type { PostgresTarget } from '../sources/postgres-address.ts';
import type { Changed } from './backend.ts';
import { formatKey } from './key.ts';
import { CHANNEL, type PostgresTables } from './postgres-schema.ts';

const LOOK_EVERY_MS = 700;
const RECONNECT_AFTER_MS = 500;
const CONNECT_TIMEOUT_MS = 5000;

export type Listener = (changed: Changed) => void;

/** Of all rows: a version that each write changes (xmin is the number of the transaction that wrote the row). */
const SUMMARY = `
  SELECT count(*) || ' ' || coalesce(sum(xmin::text::bigint), 0) || ' ' || coalesce(max(updated_at)::text, '') AS summary
  FROM agent_states`;
const VERSIONS = 'SELECT category, state_id, xmin::text AS version FROM agent_states';

export class PostgresWatch {
  readonly #target: PostgresTarget;
  readonly #tables: PostgresTables;
  readonly #onChange: Listener;
  #client: Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #summary = '';
  #versions = new Map<string, string>();

  constructor(target: PostgresTarget, tables: PostgresTables, onChange: Listener) {
    this.#target = target;
    this.#tables = tables;
    this.#onChange = onChange;
  }

  /** Resolves when every change from now on will be told. @throws errors of the driver. */
  async start(): Promise<void> {
    const client = await this.#connect();
    await this.#look(client);
    this.#scheduleLook();
  }

  /** Idempotent. Nothing is told afterwards. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<Client> {
    const { Client } = await import('pg');
    const client = new Client({
      ...this.#target.config,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
    });
    // An error is followed by the end; both are told once.
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', (notification) => this.#told(notification));
    try {
      await client.connect();
      if (this.#tables.trigger) await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      await client.end();
      throw error;
    }
    this.#client = client;
    return client;
  }

  #lost(client: Client): void {
    if (this.#stopped || this.#client !== client) return;
    this.#client = null;
    this.#later(RECONNECT_AFTER_MS, () => this.#reconnect());
  }

  async #reconnect(): Promise<void> {
    const client = await this.#connect();
    if (this.#stopped) return client.end();
    await this.#compare(client);
    this.#scheduleLook();
  }

  #scheduleLook(): void {
    if (this.#tables.trigger) return;
    this.#later(LOOK_EVERY_MS, async () => {
      if (this.#client !== null) await this.#compare(this.#client);
      this.#scheduleLook();
    });
  }

  #later(ms: number, act: () => Promise<void>): void {
    if (this.#stopped) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // The server is away or busy: it is tried again, and whoever calls it meanwhile is told.
      act().catch(() =>
        this.#client === null ? this.#later(RECONNECT_AFTER_MS, () => this.#reconnect()) : this.#scheduleLook(),
      );
    }, ms);
  }

  #told({ payload = '' }: Notification): void {
    if (payload === '') return this.#tell(null);
    const [schema, category = '', id = ''] = JSON.parse(payload) as readonly string[];
    if (schema === this.#tables.schema) this.#tell(new Set([formatKey({ category, id })]));
  }

  #tell(changed: Changed): void {
    if (!this.#stopped) this.#onChange(changed);
  }

  /** After a time without notifications, some of what is told may have been told before. */
  async #compare(client: Client): Promise<void> {
    const before = this.#versions;
    if (!(await this.#look(client))) return;
    const changed = new Set<string>();
    for (const [key, version] of this.#versions) if (before.get(key) !== version) changed.add(key);
    for (const key of before.keys()) if (!this.#versions.has(key)) changed.add(key);
    if (changed.size > 0) this.#tell(changed);
  }

  /** Returns whether anything has changed since the last look. */
  async #look(client: Client): Promise<boolean> {
    const { rows } = await client.query<{ summary: string }>(SUMMARY);
    const summary = rows[0]?.summary ?? '';
    if (summary === this.#summary) return false;
    const versions = await client.query<{ category: string; state_id: string; version: string }>(VERSIONS);
    this.#summary = summary;
    this.#versions = new Map(
      versions.rows.map(({ category, state_id, version }) => [formatKey({ category, id: state_id }), version]),
    );
    return true;
  }
}
