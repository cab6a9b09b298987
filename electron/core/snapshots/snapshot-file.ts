/** One snapshot as one file that can be carried elsewhere: JSON, or packed JSON where its name ends with .gz. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { SNAPSHOT_REASONS, type SnapshotInfo } from '../../../shared/ipc/snapshots.ts';
import { gunzip, isGzip } from '../files/gunzip.ts';
import { replaceFile } from '../files/replace-file.ts';
import { toSourceError } from '../sources/problems.ts';
import { SourceError } from '../sources/source-error.ts';
import type { CapturedState, SnapshotStore } from './snapshot-store.ts';

const FORMAT = 'statescope-snapshot';
const VERSION = 1;
/** A text longer than this cannot be one string. */
const MOST_BYTES = 400 * 1024 * 1024;

const text = z.string().max(100_000);
const stateSchema = z.strictObject({
  key: text.regex(/^[^:]+:/),
  type: text.nullable(),
  status: text.nullable(),
  updatedAt: text.nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** The stored text; of one that is not UTF-8, its bytes. */
  content: z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]),
});
type FileState = z.infer<typeof stateSchema>;

const fileSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  source: text,
  id: z.string().regex(/^s[0-9a-z]{4,40}$/),
  name: text,
  description: text,
  tags: z.array(text).max(1000),
  reason: z.enum(SNAPSHOT_REASONS),
  takenAt: z.iso.datetime(),
  states: z.array(stateSchema),
});
type SnapshotFile = z.infer<typeof fileSchema>;

/** Replaces what is there, all or nothing. @throws SourceError `snapshot-missing`, `disk-full`, `read-only`, … */
export async function exportSnapshot(store: SnapshotStore, id: string, file: string): Promise<SnapshotInfo> {
  const info = store.get(id);
  const { name, description, tags, reason, takenAt } = info;
  const states = store.manifest(id).map(({ key, type, status, updatedAt, sha256 }): FileState => {
    return { key, type, status, updatedAt, sha256, content: contentOf(store.read(id, key)) };
  });
  const content: SnapshotFile = {
    format: FORMAT,
    version: VERSION,
    source: store.source,
    id,
    name,
    description,
    tags: [...tags],
    reason,
    takenAt,
    states,
  };
  const bytes = Buffer.from(`${JSON.stringify(content, null, 1)}\n`);
  await replaceFile(file, file.endsWith('.gz') ? gzipSync(bytes) : bytes, { mode: 0o600 });
  return info;
}

/**
 * One that is there already, with the same id and the same states, stays the only one. The sequence of a journal that lies
 * elsewhere means nothing here.
 * @throws SourceError `snapshot-invalid`, `path-missing`, …
 */
export async function importSnapshot(store: SnapshotStore, file: string, signal?: AbortSignal): Promise<SnapshotInfo> {
  const { id, name, description, tags, takenAt, states } = await readSnapshotFile(file, signal);
  const captured = states.map((state) => captive(state, file));
  const known = store.find(id);
  const isTaken = known?.id === id;
  const sums = new Map(states.map(({ key, sha256 }) => [key, sha256]));
  if (isTaken) {
    const manifest = store.manifest(id);
    if (manifest.length === sums.size && manifest.every(({ key, sha256 }) => sums.get(key) === sha256)) return known;
  }
  const own = isTaken ? {} : { id };
  const takenMs = Date.parse(takenAt);
  return store.take(captured, { ...own, reason: 'imported', name, description, tags, takenAt: takenMs, signal });
}

async function readSnapshotFile(file: string, signal: AbortSignal | undefined): Promise<SnapshotFile> {
  const bytes = await readFile(file, { signal }).catch((error: unknown) => {
    throw toSourceError(error, file, signal);
  });
  const plain = isGzip(bytes) ? await gunzip(bytes, { signal }) : { bytes, fault: null };
  if (plain.fault !== null) throw invalid(file, plain.fault.message);
  if (plain.bytes.length > MOST_BYTES) throw invalid(file, `it has more than ${MOST_BYTES} bytes`);
  const parsed = fileSchema.safeParse(jsonOf(plain.bytes, file));
  if (parsed.success) {
    const keys = new Set(parsed.data.states.map(({ key }) => key));
    if (keys.size < parsed.data.states.length) throw invalid(file, 'it has two states with the same key');
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw invalid(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not as expected'}`);
}

function jsonOf(bytes: Uint8Array, file: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
}

function captive({ key, type, status, updatedAt, sha256, content }: FileState, file: string): CapturedState {
  const bytes = 'text' in content ? Buffer.from(content.text) : Buffer.from(content.base64, 'base64');
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw invalid(file, `the bytes of ${key} are not those that were exported`);
  return { entry: { key, type, status, updatedAt }, bytes };
}

function contentOf(bytes: Uint8Array): FileState['content'] {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

function invalid(location: string, reason: string): SourceError {
  const message = `${location} is no exported snapshot, or not whole: ${reason}. Choose a file that Statescope has exported, or export it again.`;
  return new SourceError('snapshot-invalid', message, { location, reason });
}
