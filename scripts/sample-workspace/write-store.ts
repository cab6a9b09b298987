/** Writes states as the document's file system backend does (section 5.2): `CATEGORY/ID.json`, or `.json.gz`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { dumps } from './python-json.ts';
import { categoryOf, envelope, type FileForm, keyOf, type StateRecord } from './state-record.ts';

/** The writer was stopped by a full disk: this share of the file made it. */
const TRUNCATED_KEY = 'conversation:incident-2291';
const TRUNCATED_SHARE = 0.62;

const FORBIDDEN_ON_WINDOWS = /[<>:"/\\|?*\p{Cc}]|[. ]$|^(?:con|prn|aux|nul|com\d|lpt\d)$/iu;

/** Returns the path relative to the folder, with forward slashes, as the catalogue of the sample has it. */
export function writeStateFile(folder: string, record: StateRecord, form: FileForm): string {
  if (FORBIDDEN_ON_WINDOWS.test(record.id)) throw new Error(`no file name on Windows: ${record.id}`);
  const category = categoryOf(record.kind);
  const name = `${record.id}.json${form === 'gzip' ? '.gz' : ''}`;
  mkdirSync(join(folder, category), { recursive: true });
  writeFileSync(join(folder, category, name), fileBytes(record, form));
  return `${category}/${name}`;
}

function fileBytes(record: StateRecord, form: FileForm): Buffer {
  const indent = form === 'indented' ? { indent: 2 } : {};
  const bytes = Buffer.from(dumps(envelope(record), { ensureAscii: false, ...indent }), 'utf8');
  if (keyOf(record) === TRUNCATED_KEY) return truncated(bytes);
  return form === 'gzip' ? compressed(bytes) : bytes;
}

/** Cut inside of a string, between two letters of ASCII, so that exactly one thing is wrong with the file. */
function truncated(bytes: Buffer): Buffer {
  const text = bytes.subarray(0, Math.floor(bytes.length * TRUNCATED_SHARE)).toString('utf8');
  return Buffer.from(text.slice(0, text.lastIndexOf('call_') + 'call_'.length + 4), 'utf8');
}

/** Fixed header: no time, no name, "unknown" operating system (RFC 1952, section 2.3), so that it is the same everywhere. */
function compressed(bytes: Buffer): Buffer {
  const packed = gzipSync(bytes, { level: 9 });
  packed.writeUInt32LE(0, 4);
  packed.writeUInt8(255, 9);
  return packed;
}
