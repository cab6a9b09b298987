/** What backups say of themselves. Only the head of a file is read, or its end where the states come first. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { BackupInfo, ListedBackup } from '../../../shared/ipc/backup-model.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { parseJson } from '../../../shared/json/parse.ts';
import { isChunkEncrypted, readClearText } from '../files/encrypted-access.ts';
import { openLayers } from '../files/open-layers.ts';
import { PlainFile, type RandomAccess } from '../files/random-access.ts';
import { isTemporaryName } from '../files/replace-file.ts';
import { toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import { memberText } from '../sources/state-facts.ts';
import { FORMAT_VERSION } from './backup-text.ts';
import type { BackupSecret } from './model.ts';

const HEAD_BYTES = 256 << 10;
/** Of a member that is not known, so much is told. */
const LONGEST_OTHER = 2000;
const NAMES = /\.(?:json|statescope)(?:\.gz)?$/i;

/**
 * Without the passphrase of an encrypted one, what can be known of it.
 * @throws SourceError `no-backup`, `secret-wrong`, `not-json`, `path-missing`, …
 */
export async function readBackupInfo(file: string, { passphrase }: BackupSecret = {}): Promise<BackupInfo> {
  const path = resolve(file);
  try {
    const { size, mtime } = await stat(path);
    const place = { file: path, fileBytes: size, modifiedAt: mtime.toISOString() };
    if (passphrase === undefined) {
      const clear = await clearTextOf(path);
      if (clear !== null) return { ...NOTHING, ...place, ...clear, encrypted: true, packed: null, known: 'encrypted' };
    }
    const { access, encrypted, gzip } = await openLayers(path, { passphrase });
    try {
      const metadata = await readMetadata(access, path);
      return { ...infoOf(metadata), ...place, encrypted: encrypted !== null, packed: gzip !== null };
    } finally {
      await access.close();
    }
  } catch (error) {
    throw toSourceError(error, path);
  }
}

/**
 * The backups in a folder, the latest first: files that are named like one. JSON files that are none are passed over. A folder that is
 * not there has none.
 * @throws SourceError `permission-denied`, …; the signal's reason.
 */
export async function listBackups(
  folder: string,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<readonly ListedBackup[]> {
  const found: ListedBackup[] = [];
  for (const name of await namesIn(folder)) {
    signal?.throwIfAborted();
    if (!NAMES.test(name) || isTemporaryName(name)) continue;
    const listed = await listedBackup(join(folder, name));
    if (listed !== null) found.push(listed);
  }
  return found.toSorted((a, b) => timeOf(b) - timeOf(a));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const reason = toSourceError(error, folder);
    if (reason.code === 'path-missing') return [];
    throw reason;
  }
}

async function listedBackup(file: string): Promise<ListedBackup | null> {
  try {
    return { status: 'read', info: await readBackupInfo(file) };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const info = await stat(file).catch(() => null);
    // Another program's, or gone meanwhile, or a folder that is called so.
    if (error.code === 'no-backup' || info === null || !info.isFile()) return null;
    const { code, message, details } = error;
    const told = { code, message, details };
    return { status: 'unreadable', file, fileBytes: info.size, modifiedAt: info.mtime.toISOString(), error: told };
  }
}

function timeOf(backup: ListedBackup): number {
  if (backup.status === 'unreadable') return Date.parse(backup.modifiedAt);
  const { createdAt, modifiedAt } = backup.info;
  const made = Date.parse(createdAt ?? '');
  return Number.isNaN(made) ? Date.parse(modifiedAt) : made;
}

const NOTHING = {
  known: 'all',
  name: null,
  createdAt: null,
  version: null,
  newer: false,
  states: null,
  stateBytes: null,
  origin: null,
  source: null,
  writer: null,
  only: null,
  leftOut: [],
  checksums: false,
  others: [],
} as const;

const clearSchema = z.object({
  origin: z.enum(['manual', 'automatic']),
  created_at: z.string(),
  total_states: z.int().min(0),
});

/** Null for a file that is not encrypted. */
async function clearTextOf(path: string) {
  const access = await PlainFile.open(path);
  try {
    if (!isChunkEncrypted(await access.read(0, 16))) return null;
    const clear = clearSchema.safeParse(jsonOrNull(await readClearText(access, path))).data;
    if (clear === undefined) return {};
    return { origin: clear.origin, createdAt: clear.created_at, states: clear.total_states };
  } finally {
    await access.close();
  }
}

function jsonOrNull(bytes: Uint8Array): unknown {
  const { document } = parseJson(bytes);
  return document === null || document.isIncomplete(0) ? null : JSON.parse(document.rawText(0));
}

/** The value of `metadata`, which may be cut off; null for a backup that has none. @throws SourceError `no-backup`, `not-json`, `empty` */
async function readMetadata(access: RandomAccess, location: string): Promise<JsonDocument | null> {
  const { document, issues } = parseJson(await access.read(0, HEAD_BYTES), { recordDepth: 3 });
  const notBackup = (reason: string) =>
    new SourceError(
      'no-backup',
      `${location} is no backup: ${reason}. Choose a file with the members “metadata” and “states”.`,
      {
        location,
        reason,
      },
    );
  if (document === null) {
    const [issue] = issues;
    throw new SourceError(
      issue?.code === 'empty' ? 'empty' : 'not-json',
      `${location} cannot be opened: ${issue?.message ?? 'there is nothing in it'}.`,
      {
        location,
      },
    );
  }
  if (document.kind(0) !== 'object') throw notBackup('it is no object');
  const found = document.member(0, 'metadata');
  const states = document.member(0, 'states');
  if (found !== undefined) return part(document, found);
  if (states === undefined) throw notBackup('the two members are not there');
  if (!document.isIncomplete(0)) return null;
  return atTheEnd(access);
}

function part(document: JsonDocument, node: NodeId): JsonDocument | null {
  return parseJson(document.rawBytes(node), { recordDepth: 3 }).document;
}

/** `"metadata": {` is looked for from the end on; what follows it must be the end of the text. */
async function atTheEnd(access: RandomAccess): Promise<JsonDocument | null> {
  const { size } = access;
  if (size === null) return null;
  const tail = Buffer.from(await access.read(Math.max(0, size - HEAD_BYTES), size));
  const name = Buffer.from('"metadata"');
  for (let at = tail.lastIndexOf(name); at >= 0; at = at === 0 ? -1 : tail.lastIndexOf(name, at - 1)) {
    // As if the rest of the text were all of it.
    const { document } = parseJson(Buffer.concat([Buffer.from('{'), tail.subarray(at)]), { recordDepth: 3 });
    const node = document?.member(0, 'metadata');
    if (document !== null && node !== undefined && document.kind(node) === 'object' && !document.isIncomplete(0)) {
      return part(document, node);
    }
  }
  return null;
}

/** @param metadata the value of `metadata`, which may be cut off; null where there is none. */
export function infoOf(
  metadata: JsonDocument | null,
): Omit<BackupInfo, 'file' | 'fileBytes' | 'modifiedAt' | 'encrypted' | 'packed'> {
  if (metadata === null || metadata.kind(0) !== 'object') return NOTHING;
  const whole = (name: string): NodeId | undefined => {
    const node = metadata.member(0, name);
    return node === undefined || metadata.isIncomplete(node) ? undefined : node;
  };
  const text = (name: string): string | null => (whole(name) === undefined ? null : memberText(metadata, 0, name));
  const number = (name: string): number | null => {
    const node = whole(name);
    return node === undefined || metadata.kind(node) !== 'number' ? null : metadata.number(node).value;
  };
  const value = <T>(name: string, schema: z.ZodType<T>): T | null => {
    const node = whole(name);
    if (node === undefined) return null;
    return schema.safeParse(jsonOrNull(metadata.rawBytes(node))).data ?? null;
  };
  const version = text('version');
  const stateInfo = metadata.member(0, 'state_info');
  return {
    known: 'all',
    name: text('backup_name'),
    createdAt: text('created_at'),
    version,
    newer: isNewer(version),
    states: number('total_states'),
    stateBytes: number('total_bytes'),
    origin: value('origin', z.enum(['manual', 'automatic'])),
    source: value('source', z.object({ location: z.string(), format: z.string() })),
    writer: value('writer', z.object({ name: z.string(), version: z.string() })),
    only: value('only', z.array(z.string())),
    leftOut: value('left_out', z.array(z.object({ key: z.string(), reason: z.string() }))) ?? [],
    checksums: stateInfo !== undefined && metadata.kind(stateInfo) === 'object',
    others: othersOf(metadata),
  };
}

const KNOWN: ReadonlySet<string> = new Set([
  'backup_name',
  'created_at',
  'version',
  'total_states',
  'total_bytes',
  'origin',
  'source',
  'writer',
  'only',
  'left_out',
  'state_info',
  'checksum',
]);

function othersOf(metadata: JsonDocument): BackupInfo['others'] {
  return [...metadata.children(0)].flatMap((node) => {
    const name = metadata.key(node) ?? '';
    if (KNOWN.has(name) || metadata.isIncomplete(node)) return [];
    const text = metadata.rawText(node);
    return [{ name, text: text.length > LONGEST_OTHER ? `${text.slice(0, LONGEST_OTHER)}…` : text }];
  });
}

/** Numbers with dots are compared number by number; what is none is not said to be newer. */
function isNewer(version: string | null): boolean {
  if (version === null || !/^\d+(?:\.\d+)*$/.test(version)) return false;
  const [theirs, ours] = [version, FORMAT_VERSION].map((text) => text.split('.').map(Number));
  for (let at = 0; at < Math.max(theirs?.length ?? 0, ours?.length ?? 0); at++) {
    const difference = (theirs?.[at] ?? 0) - (ours?.[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return false;
}
