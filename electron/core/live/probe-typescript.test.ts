/** `attachProbe` of statescope/state, against the real server. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeUtf8 } from '../../../shared/json/json-string.ts';
import {
  attachProbe,
  defineStateType,
  EnhancedStateModule,
  StateModule,
  type StateProbe,
} from '../../../shared/state/index.ts';
import { type RecordingServer, recordingServer, told, until } from './probe-test-support.ts';

class Memory extends EnhancedStateModule {
  content: unknown[] = [];
  constructor() {
    super();
    this.registerState('content');
  }
}

const plannerType = defineStateType({
  name: 'robots.Planner',
  attributes: [
    { key: 'goal', rules: [{ rule: 'has-goal', check: (goal) => goal !== '' || 'a planner needs a goal' }] },
  ],
});

class Planner extends EnhancedStateModule {
  memory = new Memory();
  goal = 'a trip';
  visited = new Set<string>();
  step: number | bigint = 0;
  constructor() {
    super(plannerType);
    this.registerState('goal');
    this.registerState<Set<string>>('visited', { toJson: (visited) => visited });
    this.registerState('step', { key: 'step_count' });
  }
}

let server: RecordingServer;
let probe: StateProbe;
let planner: Planner;
beforeEach(async () => {
  server = await recordingServer();
  planner = new Planner();
});
afterEach(async () => {
  await probe.stop();
  await server.stop();
});

const STATE = '"visited":{"__custom_type__":"set","__data__":[]},"step_count":0}';

async function attached(options: { queue?: number } = {}): Promise<string> {
  const name = 'agent:planner';
  probe = attachProbe(planner, {
    name,
    address: server.address,
    program: 'planner.ts',
    pid: 7,
    interval: 0,
    ...options,
  });
  expect(await probe.flush()).toBe(true);
  return server.sessions()[0]?.id ?? '';
}

async function after(work: () => void): Promise<string[]> {
  const before = told(server).length;
  work();
  expect(await probe.flush()).toBe(true);
  return told(server).slice(before);
}

test('a module is attached: its state, then assignments, growing lists, nested modules and what was changed in place', async () => {
  await attached();
  expect(server.sessions()).toMatchObject([
    { name: 'planner.ts', pid: 7, language: 'javascript', modules: ['agent:planner'] },
  ]);
  expect(told(server)).toHaveLength(1);
  expect(told(server)[0]).toMatch(/^agent:planner \{"memory":\{"_state_version":"1\.0\.0","content":\[\]\},/);
  const changes = await after(() => {
    planner.step = 1;
    planner.step = 1;
    planner.step = 12345678901234567890n;
    planner.goal = '火 \ud83d';
    planner.memory.content = ['hello'];
  });
  expect(changes).toEqual([
    'agent:planner step_count: 0 -> 1',
    'agent:planner step_count: 1 -> 12345678901234567890',
    'agent:planner goal: "a trip" -> "火 \\ud83d"',
    'agent:planner memory.content.0: nothing -> "hello"',
  ]);
  expect(await after(() => planner.memory.content.push({ role: 'user' }, 2))).toEqual([
    'agent:planner memory.content.1: nothing -> {"role":"user"}',
    'agent:planner memory.content.2: nothing -> 2',
  ]);
  expect(await after(() => (planner.memory.content[0] = 'x'))).toEqual([
    'agent:planner memory.content: ["hello",{"role":"user"},2] -> ["x",{"role":"user"},2]',
  ]);
  const [line = ''] = await after(() => void planner.visited.add('a'));
  expect(line).toMatch(/^agent:planner visited: .*\[\]\} -> .*\["a"\]\}$/);
  expect(await after(() => (planner.memory = new Memory()))).toEqual([
    'agent:planner memory: {"_state_version":"1.0.0","content":["x",{"role":"user"},2]} -> {"_state_version":"1.0.0","content":[]}',
  ]);
  expect(await after(() => (planner.memory.content = [1]))).toEqual(['agent:planner memory.content.0: nothing -> 1']);
  expect(server.sessions()).toMatchObject([{ lost: 0, duplicates: 0 }]);
});

test('a plain StateModule is compared', async () => {
  const plain = new (class extends StateModule {
    list = [1];
    constructor() {
      super();
      this.registerState('list');
    }
  })();
  probe = attachProbe(plain, { name: 'plain', address: server.address, interval: 0 });
  await probe.flush();
  plain.list = [1, 2];
  await probe.flush();
  expect(told(server)).toEqual(['plain {"list":[1]}', 'plain list.1: nothing -> 2']);
});

test('load changes the module or says why not; snapshot, pause and resume', async () => {
  const id = await attached();
  const load = (goal: string) => {
    const memory = '{"_state_version":"1.0.0","content":[NaN]}';
    const text = `{"memory":${memory},"_state_version":"1.0.0","goal":"${goal}",${STATE}`;
    return server.send(id, { command: 'load', module: 'agent:planner', state: encodeUtf8(text) });
  };
  expect(await load('loaded')).toEqual({ ok: true });
  expect([planner.goal, planner.memory.content, planner.visited]).toEqual(['loaded', [Number.NaN], new Set()]);
  expect(told(server)).toContain('agent:planner memory.content.0: nothing -> NaN');
  expect(await load('')).toMatchObject({ ok: false, message: expect.stringContaining('a planner needs a goal') });
  expect(planner.goal).toBe('loaded');
  expect(await server.send(id, { command: 'snapshot' })).toEqual({ ok: true });
  expect(told(server).at(-1)).toMatch(/^agent:planner \{"memory"/);
  expect(await server.send(id, { command: 'pause' })).toEqual({ ok: true });
  expect(await after(() => (planner.goal = 'unseen'))).toEqual([]);
  expect(await server.send(id, { command: 'resume' })).toEqual({ ok: true });
  expect(await after(() => (planner.goal = 'seen'))).toContain('agent:planner goal: "unseen" -> "seen"');
});

test('what does not fit into the queue is counted, told, and made good by a whole state', async () => {
  await attached({ queue: 10 });
  const lines = await after(() => {
    for (let n = 1; n <= 100; n++) planner.step = n;
  });
  await probe.flush();
  expect(lines.filter((line) => line.includes(' step_count: '))).toHaveLength(10);
  expect(lines.at(-1)).toContain('"step_count":100');
  expect(server.sessions()).toMatchObject([{ lost: 90, dropped: 90 }]);
});

test('when Statescope goes and comes back the program is attached again', async () => {
  await attached();
  const { port, token } = server;
  await server.stop();
  planner.step = 1;
  server = await recordingServer({ port, token });
  await until(() => server.sessions().length === 1, 'a new session');
  await until(() => told(server).some((line) => line.includes('"step_count":1')), 'the state');
  expect(told(server)[0]).toBe('lost 1');
});

test('without an address, with nobody there and with a wrong token nothing is thrown', async () => {
  const problems: string[] = [];
  const addresses = [
    undefined,
    '',
    'nonsense',
    'http://example.org:1#x',
    'http://127.0.0.1:1#x',
    `http://127.0.0.1:${server.port}#wrong`,
  ];
  for (const address of addresses) {
    probe = attachProbe(planner, { name: 'a', address, onProblem: (message) => void problems.push(message) });
    planner.step = Number(planner.step) + 1;
    expect(await probe.flush()).toBe(false);
    expect(probe.stats).toMatchObject({ connected: false, queued: 0 });
    await probe.stop();
  }
  expect(problems).toHaveLength(3);
  expect(problems.join()).not.toContain(server.token);
});

test('a program that has nothing left to do ends, attached or not', () => {
  const library = fileURLToPath(new URL('../../../shared/state/index.ts', import.meta.url));
  probe = attachProbe(planner, { name: 'nobody', address: undefined });
  const program = `
    import { attachProbe, StateModule } from ${JSON.stringify(library)};
    attachProbe(new StateModule(), { name: 'a', address: 'http://127.0.0.1:1#x' });
    console.log('end');`;
  const options = { encoding: 'utf8', timeout: 20_000 } as const;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], options);
  expect(said).toBe('end\n');
});
