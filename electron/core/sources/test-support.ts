/** For the tests of this folder: files on a real disk, and other processes that write them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Sqlite, { type Database } from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { openSource } from './open-source.ts';
import type { OpenOptions, Source } from './source.ts';
import { SourceError } from './source-error.ts';

export function fixture(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** Gone when the test is. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'statescope-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file with the folders above it, and returns its path. */
export function write(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Closed when the test is over. */
export async function opened(location: string, options: OpenOptions = {}): Promise<Source> {
  const source = await openSource(location, options);
  onTestFinished(() => source.close());
  return source;
}

export async function text(source: Source, key: string): Promise<string> {
  return Buffer.from((await source.read(key)).bytes).toString();
}

export async function failure(opening: Promise<Source>): Promise<SourceError> {
  try {
    await (await opening).close();
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
  throw new Error('it opened');
}

export function keys(source: Source): string[] {
  return source.entries.map(({ key }) => key);
}

export function codes(source: Source): string[] {
  return source.problems.map(({ code }) => code);
}

/** A database made by the given statements; closed. */
export function makeDatabase(path: string, fill: (database: Database) => void): string {
  const database = new Sqlite(path);
  fill(database);
  database.close();
  return path;
}

export function bytesOf(name: string): Buffer {
  return readFileSync(fixture(name));
}

/** A program in `fixtures/` that runs beside the test. Speaks a line of JSON at a time; ends when its input does. */
export class Neighbour {
  readonly #child;
  readonly #lines;

  constructor(program: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [fixture(program), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    onTestFinished(() => {
      this.#child.kill('SIGKILL');
    });
  }

  async line<T>(): Promise<T> {
    const next = await this.#lines.next();
    if (next.done) throw new Error('the other process ended');
    return JSON.parse(next.value) as T;
  }

  /** Tells it to go on. */
  go(): void {
    this.#child.stdin.write('go\n');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  /** Tells it to stop and returns what it says last. */
  async stop<T>(): Promise<T> {
    this.#child.stdin.end();
    return this.line<T>();
  }
}
