/** assets/probes/statescope_probe.py in real programs, against the real server. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { decodeUtf8, encodeUtf8 } from '../../../shared/json/json-string.ts';
import type { ProbeRecord } from './probe-server.ts';
import { type RecordingServer, recordingServer, told, until } from './probe-test-support.ts';

const PROBES = fileURLToPath(new URL('../../../assets/probes', import.meta.url));
/** Another Python to test with, such as the oldest that is supported. */
const PYTHON = process.env['STATESCOPE_TEST_PYTHON'] ?? 'python3';
const python = pythonVersion();

/** The modules of the sample agent, and a program that does what each line of its input says. */
const PRELUDE = `
import asyncio, copy, logging, os, pickle, sys, threading, time
logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
import statescope_probe
from example_agent import Memory, Planner, StateModule
def lines():
    for line in sys.stdin:
        yield line.rstrip("\\n")
def say(text):
    print(text, flush=True)
`;

let server: RecordingServer;
let program: Program | undefined;

describe.skipIf(python === undefined)(`the probe for Python (${python ?? 'not run: there is no python3 here'})`, () => {
  beforeEach(async () => {
    server = await recordingServer();
  });
  afterEach(async () => {
    program?.child.kill();
    program = undefined;
    await server.stop();
  });

  test('two lines attach a module: its whole state, then what is assigned, nested, changed in place and deleted', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.02)
assert probe.flush()
for line in lines():
    exec(line)
    assert probe.flush()
    say("done")
`);
    await until(() => told(server).length === 1, 'the state');
    expect(told(server)).toEqual([
      'agent:planner {"memory":{"content":[]},"status":"idle","goal":"a trip along the canal","step":0,"budget":1000.0}',
    ]);
    expect(server.sessions()).toMatchObject([{ modules: ['agent:planner'], pid: program.child.pid, name: '-c' }]);
    const does = async (line: string): Promise<string[]> => {
      const before = told(server).length;
      await program?.tell(line);
      return told(server).slice(before);
    };
    expect(await does('planner.step = 1; planner.status = "busy"; planner.status = "busy"; planner.step = 2')).toEqual([
      'agent:planner step: 0 -> 1',
      'agent:planner status: "idle" -> "busy"',
      'agent:planner step: 1 -> 2',
    ]);
    expect(await does('planner.memory.content.append({"role": "user", "content": [1]})')).toEqual(
      ['agent:planner memory.content: [] -> [{"role":"user","content":[1]}]'].map((line) =>
        line.replace('memory.content: [] -> [', 'memory.content.0: nothing -> ').slice(0, -1),
      ),
    );
    expect(await does('planner.memory.content[0]["content"].append(2)')).toEqual([
      'agent:planner memory.content.0.content.1: nothing -> 2',
    ]);
    expect(await does('planner.memory.content = []')).toEqual([
      'agent:planner memory.content: [{"role":"user","content":[1,2]}] -> []',
    ]);
    expect(await does('planner.memory = Memory()')).toEqual(['agent:planner memory: {"content":[]} -> {"content":[]}']);
    expect(await does('planner.memory.content = ["x"]')).toEqual(['agent:planner memory.content.0: nothing -> "x"']);
    expect(await does('planner.budget = float("nan"); planner.step = 10**30; planner.goal = "\\ud83d火"')).toEqual([
      'agent:planner budget: 1000.0 -> NaN',
      `agent:planner step: 2 -> 1${'0'.repeat(30)}`,
      'agent:planner goal: "a trip along the canal" -> "\\ud83d\\u706b"',
    ]);
    expect(await does('planner.other = 1')).toEqual([]);
    expect(await does('planner.__dict__["goal"] = "past the hook"; time.sleep(0.2)')).toEqual([
      'agent:planner goal: "\\ud83d\\u706b" -> "past the hook"',
    ]);
    expect(await does('del planner._attribute_dict["goal"]; del planner.goal')).toEqual([
      'agent:planner goal: "past the hook" -> nothing',
    ]);
  });

  test('any object with state_dict and load_state_dict attaches; the object stays what it is', async () => {
    program = start(`
from dataclasses import dataclass, field
@dataclass
class Counter:
    n: int = 0
    seen: dict = field(default_factory=dict)
    def state_dict(self): return {"n": self.n, "seen": self.seen, "double": self.n * 2}
    def load_state_dict(self, state): self.n = state["n"]
class Slots:
    __slots__ = ("x",)
    def __init__(self): self.x = 1
    def state_dict(self): return {"x": self.x}
    def load_state_dict(self, state): pass
globals()["__name__"] = "__main__"
counter, slots = Counter(), Slots()
probes = [statescope_probe.attach(counter, "counter", interval=0.02), statescope_probe.attach(slots, "slots", interval=0.02)]
assert all(probe.flush() for probe in probes)
counter.n = 5
slots.x = 2
assert counter == Counter(5) and isinstance(counter, Counter) and counter.__class__ is Counter
assert type(copy.deepcopy(counter)) is Counter and copy.copy(counter) == counter
assert type(pickle.loads(pickle.dumps(counter))) is Counter
assert repr(counter) == "Counter(n=5, seen={})", repr(counter)
assert all(probe.flush() for probe in probes)
for probe in probes: probe.detach()
assert type(counter) is Counter and type(slots) is Slots
say("done")
`);
    expect(await program.line()).toBe('done');
    expect(new Set(told(server))).toEqual(
      new Set([
        'counter {"n":0,"seen":{},"double":0}',
        'slots {"x":1}',
        'counter n: 0 -> 5',
        'counter double: 0 -> 10',
        'slots x: 1 -> 2',
      ]),
    );
  });

  test('load changes the running program; an error of the module comes back; snapshot, pause and resume', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.02)
for line in lines():
    exec(line)
    assert probe.flush()
    say(repr((planner.step, planner.memory.content)))
`);
    await until(() => told(server).length === 1, 'the state');
    const id = server.sessions()[0]?.id ?? '';
    const load = (text: string) => {
      return server.send(id, { command: 'load', module: 'agent:planner', state: encodeUtf8(text) });
    };
    const state =
      '{"memory":{"content":["put back"]},"status":"idle","goal":"x","step":12345678901234567890,"budget":NaN}';
    expect(await load(state)).toEqual({ ok: true });
    // The answer comes after the changes.
    expect(told(server).slice(1)).toContain('agent:planner step: 0 -> 12345678901234567890');
    expect(await program.tell('pass')).toBe("(12345678901234567890, ['put back'])");
    expect(await load('{"memory":{}}')).toMatchObject({
      ok: false,
      code: 'refused',
      message: expect.stringContaining("KeyError: \"Key 'content'"),
    });
    expect(await load('[]')).toMatchObject({ ok: false, code: 'refused' });
    const nobody = server.send(id, { command: 'load', module: 'nobody', state: encodeUtf8('{}') });
    expect(await nobody).toMatchObject({ ok: false, message: 'there is no module nobody here' });

    let before = told(server).length;
    expect(await server.send(id, { command: 'snapshot' })).toEqual({ ok: true });
    expect(told(server).slice(before)).toEqual([`agent:planner ${state}`]);
    expect(await server.send(id, { command: 'pause' })).toEqual({ ok: true });
    before = told(server).length;
    await program.tell('planner.step = 1; planner.step = 2; planner.memory.content.append(1)');
    expect(told(server).slice(before)).toEqual([]);
    expect(server.sessions()).toMatchObject([{ paused: true }]);
    expect(await server.send(id, { command: 'snapshot' })).toEqual({ ok: true });
    expect(await server.send(id, { command: 'resume' })).toEqual({ ok: true });
    await program.tell('planner.step = 3');
    const now = '{"memory":{"content":["put back",1]},"status":"idle","goal":"x","step":2,"budget":NaN}';
    expect(told(server).slice(before)).toEqual([
      `agent:planner ${now}`,
      `agent:planner ${now}`,
      'agent:planner step: 2 -> 3',
    ]);
    expect(server.sessions()).toMatchObject([{ lost: 0, dropped: 0, paused: false }]);
  });

  test('a state that cannot be read is the answer to a snapshot, and the program runs on', async () => {
    program = start(`
class Broken:
    def state_dict(self): raise ValueError("nothing to see")
    def load_state_dict(self, state): pass
broken, planner = Broken(), Planner()
statescope_probe.attach(broken, name="broken", interval=0.02)
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.02)
for line in lines():
    exec(line)
    assert probe.flush()
    say("done")
`);
    await until(() => told(server).length === 1, 'the state of the other one');
    const id = server.sessions()[0]?.id ?? '';
    expect(await server.send(id, { command: 'snapshot', module: 'broken' })).toEqual({
      ok: false,
      code: 'refused',
      message: "the state could not be read: ValueError('nothing to see')",
    });
    await program.tell('planner.step = 1');
    expect(told(server).slice(1)).toEqual(['agent:planner step: 0 -> 1']);
    const { errors } = await program.end();
    expect(errors.match(/nothing to see/g)).toHaveLength(1);
  });

  test('with load="poll" a state is loaded where the agent says that it may be', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", load="poll")
for line in lines():
    exec(line)
    say(planner.goal)
`);
    await until(() => told(server).length === 1, 'the state');
    const id = server.sessions()[0]?.id ?? '';
    const state = encodeUtf8('{"memory":{"content":[]},"status":"","goal":"loaded","step":0,"budget":0}');
    const answer = server.send(id, { command: 'load', module: 'agent:planner', state });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await program.tell('pass')).toBe('a trip along the canal');
    expect(await program.tell('probe.poll()')).toBe('loaded');
    expect(await answer).toEqual({ ok: true });
  });

  test('without an address, with nobody there, and with a wrong token the program runs on, and nothing is thrown', async () => {
    const { port, token } = server;
    const code = `
import socket
free = socket.create_server(("127.0.0.1", 0)); port = free.getsockname()[1]; free.close()
planner = Planner()
for address in ("", "http://127.0.0.1:%d#x" % port, "http://127.0.0.1:${port}#wrong", "nonsense", "http://example.org:1#x"):
    os.environ["STATESCOPE_PROBE"] = address
    probe = statescope_probe.attach(planner, name="agent:planner")
    statescope_probe.attach(object(), name="nothing")
    for n in range(1000): planner.step = n
    time.sleep(0.1)
    assert probe.stats["connected"] is False and probe.stats["queued"] == 0, probe.stats
say("fine")
`;
    program = start(code);
    expect(await program.line()).toBe('fine');
    const { status, errors } = await program.end();
    expect(status).toBe(0);
    expect(errors).toContain('Statescope refused this program');
    expect(errors).not.toContain('Traceback');
    expect(errors).not.toContain(token);
    expect(server.sessions()).toEqual([]);
  });

  test('when Statescope goes and comes back at the same place the program is attached again, and losses are told', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.02, queue=50)
assert probe.flush()
say("attached")
for line in lines():
    exec(line)
    say("done")
`);
    expect(await program.line()).toBe('attached');
    const { port, token } = server;
    await server.stop();
    await program.tell('time.sleep(0.3)');
    await program.tell('for n in range(1, 101): planner.step = n');
    server = await recordingServer({ port, token });
    await until(() => told(server).some((line) => line.startsWith('agent:planner {')), 'the state again');
    const lines = told(server);
    expect(lines.at(-1)).toContain('"step":100');
    // The hundred, and the whole state that was to make up for them.
    expect(lines.at(-2)).toMatch(/^lost 10[01]$/);
    await program.tell('planner.step = -1; probe.flush()');
    expect(told(server).at(-1)).toBe('agent:planner step: 100 -> -1');
  });

  test('a full queue never waits: what does not fit is counted, told, and made good by a whole state', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.02, queue=100)
assert probe.flush()
for line in lines():
    exec(line)
    assert probe.flush()
    assert probe.flush()
    say(str(probe.stats["dropped"]))
`);
    await until(() => told(server).length === 1, 'the state');
    // Faster than anything can be sent: the switch between threads alone takes longer.
    const dropped = Number(await program.tell('for n in range(1, 200001): planner.step = n'));
    expect(dropped).toBeGreaterThan(0);
    const [session] = server.sessions();
    expect(session).toMatchObject({ lost: dropped, dropped });
    const records = server.batches.flatMap(({ records }) => records);
    const changes = records.filter((it) => it.kind === 'change' && it.path[0] === 'step').length;
    expect(stateAfter(records, 'step')).toBe('200000');
    // One more where a comparison has found what the hook could not put in.
    expect(changes + dropped).toBeGreaterThanOrEqual(200_000);
    expect(records.filter(({ kind }) => kind === 'state').length).toBeGreaterThan(1);
  });

  test('the last changes of a program that ends arrive, and so does its end', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner", interval=10)
assert probe.flush()
for n in range(500): planner.step = n
planner.memory.content.append("bye")
`);
    expect((await program.end()).status).toBe(0);
    expect(told(server).slice(-2)).toEqual([
      'agent:planner step: 498 -> 499',
      'agent:planner memory.content.0: nothing -> "bye"',
    ]);
    expect(server.events).toEqual(['open -c', 'ended -c']);
  });

  test('a module that is garbage is let go, and takes its hooks along', async () => {
    program = start(`
import gc, weakref
planner, other = Planner(), Planner()
probes = [statescope_probe.attach(it, name=name, interval=0.02) for it, name in ((planner, "a"), (other, "b"))]
planner.step = 1
assert all(probe.flush() for probe in probes)
gone = weakref.ref(planner)
del planner
end = time.monotonic() + 5
# The probe's thread may be looking at it this very moment.
while gone() is not None and time.monotonic() < end:
    gc.collect(); time.sleep(0.01)
assert gone() is None
assert len(statescope_probe._watched_by_id) == 2, statescope_probe._watched_by_id
other.step = 5
assert probes[1].flush()
say("done")
`);
    expect(await program.line()).toBe('done');
    expect(told(server).at(-1)).toBe('b step: 0 -> 5');
  });

  test('a child process does not speak for its parent, and may attach its own', async () => {
    program = start(`
planner = Planner()
probe = statescope_probe.attach(planner, name="agent:planner")
assert probe.flush()
pid = os.fork()
if pid == 0:
    planner.step = 77
    other = statescope_probe.attach(planner, name="agent:child", interval=0.02)
    planner.step = 78
    os._exit(0 if other.flush() else 1)
_, status = os.waitpid(pid, 0)
planner.step = 1
assert probe.flush()
say(str(status))
`);
    expect(await program.line()).toBe('0');
    expect(told(server).filter((line) => line.startsWith('agent:planner'))).toHaveLength(2);
    expect(told(server)).toContain('agent:planner step: 0 -> 1');
    expect(told(server).find((line) => line.startsWith('agent:child'))).toContain('"step":78');
  });

  test('several threads assign at once: nothing is lost, and each thread is in order', async () => {
    program = start(`
planner = Planner()
for t in range(4):
    setattr(planner, "t%d" % t, 0); planner.register_state("t%d" % t)
probe = statescope_probe.attach(planner, name="agent:planner", interval=0.01)
assert probe.flush()
def work(t):
    for n in range(1, 1001):
        setattr(planner, "t%d" % t, n); time.sleep(0.0002)
threads = [threading.Thread(target=work, args=(t,)) for t in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert probe.flush()
say("done")
`);
    expect(await program.line()).toBe('done');
    for (let t = 0; t < 4; t++) {
      const changes = told(server).filter((line) => line.startsWith(`agent:planner t${t}:`));
      const wanted = Array.from({ length: 1000 }, (_, n) => `agent:planner t${t}: ${n} -> ${n + 1}`);
      expect(changes).toEqual(wanted);
    }
    expect(server.sessions()).toMatchObject([{ lost: 0, dropped: 0 }]);
  });

  test('10,000 changes a second for five seconds: each of them arrives', { timeout: 60_000 }, async () => {
    program = start(`
planner = Planner()
# Room for all: how fast this machine takes them is not what is asked here.
probe = statescope_probe.attach(planner, name="agent:planner", queue=50000)
assert probe.flush()
begin = time.perf_counter()
spent = 0
for n in range(1, 50001):
    before = time.perf_counter()
    planner.step = n
    spent += time.perf_counter() - before
    if n % 100 == 0:
        ahead = begin + n / 10000 - time.perf_counter()
        if ahead > 0: time.sleep(ahead)
took = time.perf_counter() - begin
assert probe.flush(20)
say("%d %.2f %.0f" % (probe.stats["dropped"], took, spent / 50000 * 1e9))
`);
    const [dropped, seconds, each] = (await program.line()).split(' ');
    process.stdout.write(
      `probe: 50000 changes in ${seconds} s, ${each} ns each on the agent's thread, ${dropped} dropped\n`,
    );
    const changes = told(server).filter((line) => line.startsWith('agent:planner step:'));
    expect(changes).toHaveLength(50_000);
    expect(changes.at(-1)).toBe('agent:planner step: 49999 -> 50000');
    expect(server.sessions()).toMatchObject([{ lost: 0, dropped: 0, duplicates: 0 }]);
  });

  test('what an assignment costs', async () => {
    program = start(`
import timeit
planner, plain = Planner(), Planner()
cost = lambda module: min(timeit.repeat(lambda: setattr(module, "step", 1), number=10000, repeat=20)) / 10000 * 1e9
before = cost(plain)
probe = statescope_probe.attach(planner, name="agent:planner", queue=1000000)
assert probe.flush()
after = cost(planner)
say("%.0f %.0f" % (before, after))
`);
    const [before, after] = (await program.line()).split(' ');
    process.stdout.write(`probe: an assignment takes ${before} ns without, ${after} ns with the probe\n`);
    expect(Number(after)).toBeGreaterThan(0);
  });

  test('the example agent can be watched', async () => {
    program = start(
      'import example_agent\nsys.argv = ["example_agent.py", "--steps", "5", "--pause", "0.1"]\nexample_agent.main()\n',
    );
    await until(() => told(server).some((line) => line.includes('step: 4 -> 5')), 'the fifth step');
    expect((await program.end()).status).toBe(0);
    expect(told(server).at(0)).toMatch(/^agent:planner \{"memory"/);
    expect(server.sessions()).toEqual([]);
  });
});

/** What an attribute is after everything that arrived. */
function stateAfter(records: readonly ProbeRecord[], attribute: string): string {
  let value = '';
  for (const it of records) {
    if (it.kind === 'state') value = String((JSON.parse(decodeUtf8(it.state)) as Record<string, unknown>)[attribute]);
    if (it.kind === 'change' && it.path[0] === attribute && it.new) value = decodeUtf8(it.new);
  }
  return value;
}

interface Program {
  readonly child: ChildProcess;
  /** The next line that it says. */
  line(): Promise<string>;
  /** Hands it a line and waits for the one that it answers with. */
  tell(line: string): Promise<string>;
  end(): Promise<{ status: number | null; errors: string }>;
}

function start(code: string): Program {
  const child = spawn(PYTHON, ['-c', PRELUDE + code], {
    env: { ...process.env, PYTHONPATH: PROBES, PYTHONDONTWRITEBYTECODE: '1', STATESCOPE_PROBE: server.address },
    stdio: 'pipe',
  });
  let errors = '';
  child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
  const said: string[] = [];
  let rest = '';
  child.stdout.on('data', (data: Buffer) => {
    const lines = (rest + data.toString()).split('\n');
    rest = lines.pop() ?? '';
    said.push(...lines);
  });
  const exited = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  const line = async (): Promise<string> => {
    await until(() => said.length > 0 || child.exitCode !== null, 'a line of the program', 30);
    const text = said.shift();
    if (text === undefined) throw new Error(`the program ended:\n${errors}`);
    return text;
  };
  return {
    child,
    line,
    tell: (text) => {
      child.stdin.write(`${text}\n`);
      return line();
    },
    end: async () => {
      child.stdin.end();
      return { status: await exited, errors };
    },
  };
}

function pythonVersion(): string | undefined {
  try {
    return execFileSync(PYTHON, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
