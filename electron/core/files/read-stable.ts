/**
 * Reads a file that another program may be writing. AgentScope overwrites its session files in place, so that a plain
 * read can return half of the old content and half of the new.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FilePath } from './file-path.ts';

/** What tells that a file is still the one it was. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: number;
  readonly mtimeNs: bigint;
}

export interface StableRead {
  readonly bytes: Buffer;
  readonly identity: FileIdentity;
  /** It went on changing through every attempt: `bytes` may mix two moments. */
  readonly changed: boolean;
}

export interface OpenFile {
  stat(): Promise<FileIdentity>;
  /** Bytes read, 0 at the end of the file. */
  read(into: Uint8Array, offset: number, length: number, position: number): Promise<number>;
  close(): Promise<void>;
}

/** What reading needs of the operating system. */
export interface FileSystem {
  open(path: FilePath): Promise<OpenFile>;
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly system?: FileSystem | undefined;
  /** The caller knows what it expects and compares: a file that was written this very moment is not waited for. */
  readonly settled?: boolean;
}

/** More than one tape of `shared/json` can address. */
export class FileTooLargeError extends Error {
  override readonly name = 'FileTooLargeError';
  readonly size: number;

  constructor(size: number) {
    super(`${size} bytes are more than can be read at once`);
    this.size = size;
  }
}

export const MAX_FILE_BYTES = 0x7fffffff;
const CHUNK = 4 << 20;
/** Milliseconds before the second, third and fourth attempt at a file that changed. */
const WAITS = [25, 60, 150];
/** Kernels stamp files with a clock that ticks every 1 to 10 ms: a write within the tick of the first look leaves no trace. */
const TICK_MS = 20;
/** How often a file that was written within the last tick is looked at again. */
const MOST_TICKS = 8;

/**
 * The whole file, as of one moment. A file that changes meanwhile is read again, up to three times.
 * @throws the error of the operating system; FileTooLargeError; the signal's reason.
 */
export async function readStable(path: FilePath, options: ReadOptions = {}): Promise<StableRead> {
  const system = options.system ?? nodeFileSystem;
  let changes = 0;
  let ticks = 0;
  for (;;) {
    const { bytes, before, after, began } = await readOnce(path, system, options);
    const changed = !sameFile(before, after) || bytes.length !== before.size;
    const racy = options.settled !== true && Math.abs(began - Number(before.mtimeNs / 1_000_000n)) < TICK_MS;
    const wait = changed ? WAITS[changes++] : racy && ticks++ < MOST_TICKS ? TICK_MS : undefined;
    if (wait === undefined) return { bytes, identity: after, changed };
    await system.wait(wait);
    options.signal?.throwIfAborted();
  }
}

/** Bytes `[start, end)` and what the file was when they were read. Fewer bytes when the file has become shorter. */
export async function readRange(
  path: FilePath,
  start: number,
  end: number,
  options: ReadOptions = {},
): Promise<{ readonly bytes: Buffer; readonly identity: FileIdentity }> {
  const file = await (options.system ?? nodeFileSystem).open(path);
  try {
    const bytes = await fill(file, start, end, options);
    return { bytes, identity: await file.stat() };
  } finally {
    await file.close();
  }
}

export function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

/** ISO 8601 in UTC, milliseconds. */
export function modifiedAt(identity: FileIdentity): string {
  return new Date(Number(identity.mtimeNs / 1_000_000n)).toISOString();
}

async function readOnce(path: FilePath, system: FileSystem, options: ReadOptions) {
  const file = await system.open(path);
  try {
    const began = system.now();
    const before = await file.stat();
    if (before.size > MAX_FILE_BYTES) throw new FileTooLargeError(before.size);
    const bytes = await fill(file, 0, before.size, options);
    return { bytes, before, after: await file.stat(), began };
  } finally {
    await file.close();
  }
}

async function fill(file: OpenFile, start: number, end: number, options: ReadOptions): Promise<Buffer> {
  const total = end - start;
  // Not from Node's pool: whoever gets the bytes may transfer their ArrayBuffer to another thread.
  const bytes = Buffer.allocUnsafeSlow(total);
  let filled = 0;
  while (filled < total) {
    options.signal?.throwIfAborted();
    const count = await file.read(bytes, filled, Math.min(CHUNK, total - filled), start + filled);
    if (count === 0) break;
    filled += count;
    options.onProgress?.(filled, total);
  }
  return filled === total ? bytes : bytes.subarray(0, filled);
}

export const nodeFileSystem: FileSystem = {
  async open(path) {
    // Without O_NONBLOCK a named pipe that took the file's place would block for ever.
    const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    return {
      async stat() {
        const { dev, ino, size, mtimeNs } = await handle.stat({ bigint: true });
        return { dev, ino, size: Number(size), mtimeNs };
      },
      async read(into, offset, length, position) {
        return (await handle.read(into, offset, length, position)).bytesRead;
      },
      close: () => handle.close(),
    };
  },
  wait: (milliseconds) => sleep(milliseconds),
  now: () => Date.now(),
};
