import { readFile } from 'node:fs/promises';
import type { ConflictRow, ConflictVersion, SettleChoice, VersionRef } from '../../shared/ipc/sync.ts';
import { decodeUtf8 } from '../../shared/json/json-string.ts';
import { isPostgresUrl, postgresTarget } from '../core/sources/postgres-address.ts';
import { toSourceError } from '../core/sources/problems.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { versionName } from '../core/sync/model.ts';
import { SyncSession } from '../core/sync/sync-session.ts';
import { askSecretly } from './ask-secretly.ts';
import { EXIT, type Output } from './output.ts';

interface Options {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

const PAGE = 500;

/** @throws SourceError `sync-missing` where nodes do not meet */
export async function withMeetingPoint(
  output: Output,
  url: string,
  signal: AbortSignal,
  work: (session: SyncSession, location: string) => Promise<void>,
): Promise<void> {
  if (!isPostgresUrl(url)) {
    // The rest of the address may hold a password.
    const message = 'The nodes meet in a PostgreSQL database: write postgresql://USER@HOST:PORT/DATABASE.';
    throw new SourceError('unsupported-url', message, { location: 'URL' });
  }
  const { location } = await postgresTarget({ url });
  const attempt = async (secret?: string) => {
    const session = new SyncSession({ location: url, secret, journal: () => null });
    try {
      const { synchronised } = await session.status({ signal });
      if (!synchronised) {
        const message = `${location} has no tables of synchronised nodes. Start a node with it: statescope node start --url … --id …`;
        throw new SourceError('sync-missing', message, { location });
      }
      await work(session, location);
    } finally {
      await session.close();
    }
  };
  try {
    await attempt();
  } catch (error) {
    if (!(error instanceof SourceError && error.code === 'secret-needed')) throw error;
    const password = await askSecretly(output.translate('cli.askPassword', { location }), signal);
    if (password === null) throw error;
    await attempt(password);
  }
}

/** Ends with 1 while something is to be settled, so that a script notices. */
export async function conflictsLs(
  output: Output,
  url: string,
  { settled, json, signal }: Options & { readonly settled: boolean },
): Promise<void> {
  await withMeetingPoint(output, url, signal, async (session, location) => {
    const rows = await allConflicts(session, settled, signal);
    if (!settled && rows.length > 0) output.exitCode = EXIT.findings;
    if (json) output.json(rows);
    else if (rows.length === 0) {
      output.write(`${output.translate(settled ? 'cli.conflictsNoneSettled' : 'cli.conflictsNone', { location })}\n`);
    } else for (const row of rows) tellConflict(output, row);
  });
}

export async function conflictsShow(
  output: Output,
  url: string,
  key: string,
  { json, signal }: Options,
): Promise<void> {
  await withMeetingPoint(output, url, signal, async (session, location) => {
    const row = await conflictOf(session, key, location, signal);
    const values = await Promise.all(row.versions.map((version) => textOf(session, key, version)));
    const versions = row.versions.map((version, at) => ({ ...version, value: values[at] ?? null }));
    if (json) {
      output.json({ ...row, versions });
      return;
    }
    for (const { value, ...version } of versions) {
      output.write(`${versionLine(output, version)}\n${value === null ? '' : `${value}\n`}`);
    }
  });
}

export async function conflictsSettle(
  output: Output,
  url: string,
  key: string,
  options: Options & { readonly take: VersionRef | null; readonly value: string | null; readonly write: boolean },
): Promise<void> {
  const { take, value, write, json, signal } = options;
  const text = value === null ? null : await textOfFile(value);
  await withMeetingPoint(output, url, signal, async (session, location) => {
    const { versions } = await conflictOf(session, key, location, signal);
    const choice: SettleChoice =
      take !== null ? { kind: 'version', version: take } : text !== null ? { kind: 'value', text } : { kind: 'delete' };
    if (take !== null && !versions.some((version) => versionName(version) === versionName(take))) {
      const message = `${versionName(take)} is none of the versions of ${key} that stand in ${location}. List them with conflicts ls.`;
      throw new SourceError('not-found', message, { location });
    }
    if (write) await session.settle({ key, versions, choice }, { signal });
    if (json) output.json({ key, settled: write, choice });
    else output.write(`${output.translate(write ? 'cli.conflictSettled' : 'cli.conflictWouldSettle', { key })}\n`);
  });
}

async function allConflicts(session: SyncSession, settled: boolean, signal: AbortSignal): Promise<ConflictRow[]> {
  const rows: ConflictRow[] = [];
  for (let after: string | number | null = null; ; ) {
    const status = settled ? 'settled' : 'open';
    const page = await session.conflicts({ status, after, limit: PAGE }, { signal });
    rows.push(...page.rows);
    if (page.next === null) return rows;
    after = page.next;
  }
}

async function conflictOf(
  session: SyncSession,
  key: string,
  location: string,
  signal: AbortSignal,
): Promise<ConflictRow> {
  const row = (await allConflicts(session, false, signal)).find((conflict) => conflict.key === key);
  if (row !== undefined) return row;
  const message = `There is nothing to settle for ${key} in ${location}. List what there is with conflicts ls.`;
  throw new SourceError('not-found', message, { location });
}

/** Null for a deletion. */
async function textOf(session: SyncSession, key: string, version: ConflictVersion): Promise<string | null> {
  if (version.deleted) return null;
  const source = await session.version(version);
  return decodeUtf8((await source.read(key)).bytes);
}

async function textOfFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw toSourceError(error, file);
  }
}

function tellConflict(output: Output, { key, versions, settled }: ConflictRow): void {
  const t = output.translate;
  output.write(`${key}\n`);
  for (const version of versions) {
    const taken = settled?.chosen && versionName(settled.chosen) === versionName(version);
    output.write(`  ${taken ? '✓' : ' '} ${versionLine(output, version)}\n`);
  }
  if (settled === null) return;
  const by = settled.automatic ? t('sync.automatically') : settled.by;
  output.write(`    ${t('cli.conflictSettledBy', { by, time: settled.at })}\n`);
}

function versionLine(output: Output, version: ConflictVersion): string {
  const { node, time, deleted, bytes } = version;
  const size = deleted ? output.translate('sync.deleted') : `${bytes} B`;
  return `${versionName(version)}  ${node}  ${time}  ${size}`;
}
