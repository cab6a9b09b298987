/** What the command line says about states: decoded values, findings, checksums. As a script sees it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runHere } from './test-support.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const WORKSPACE = join(ROOT, 'assets', 'sample-workspace');
const DATABASE = join(WORKSPACE, 'fleet.db');
const FIXTURES = join(ROOT, 'electron', 'core', 'sources', 'fixtures');

async function run(args: readonly string[], locale = 'C'): Promise<{ code: number; out: string; err: string }> {
  const { code, text, err } = await runHere(args, { LANG: locale, LC_ALL: locale, NO_COLOR: '1' });
  return { code, out: text, err };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-states-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function envelope(stateData: string, more = ''): string {
  return `{"__type__": "robot.Other", "__version__": "1.0.0", "state_data": ${stateData}${more}}`;
}
const tag = (type: string, data: string, more = ''): string =>
  `{"__custom_type__": "${type}", ${more}"__data__": ${data}}`;
const STATUS = tag('enum', '"busy"', '"__enum_type__": "robot.Status", ');

describe('get --decoded', () => {
  const values = `{
    "when": ${tag('datetime', '"2025-09-10T08:00:00"')}, "tags": ${tag('set', '["b", 1]')},
    "status": ${STATUS}, "n": 553.0, "$type": "x", "odd": ${tag('shop.Money', '{"a": 1}')}, "empty": {}
  }`;

  test('shows a person each value by its type, and says what it does not understand', async () => {
    const { code, out, err } = await run(['get', file('a.json', envelope(values)), 'file:a', '--decoded']);
    expect(code).toBe(0);
    expect(out).toBe(`{
  "when": datetime("2025-09-10T08:00:00"),
  "tags": set[
    "b",
    1
  ],
  "status": robot.Status("busy"),
  "n": 553.0,
  "$type": "x",
  "odd": unknown shop.Money({
    "__custom_type__": "shop.Money",
    "__data__": {
      "a": 1
    }
  }),
  "empty": {}
}
`);
    expect(err).toContain("file:a  $['state_data']['odd']  unknown-type");
  });

  test('gives programs one form for all stores, into which the path leads', async () => {
    const path = file('a.json', envelope(values));
    const get = async (...args: string[]) => (await run(['get', path, 'file:a', ...args, '--decoded', '--json'])).out;
    expect(await get('$.tags')).toBe('{"$type":"set","value":["b",1]}\n');
    expect(await get('$.status.value')).toBe('"busy"\n');
    expect(await get('$.n')).toBe('553.0\n');
    expect(await get("$['$$type']")).toBe('"x"\n');
    expect(await get('$..value')).toBe(`["2025-09-10T08:00:00",["b",1],"busy",${tag('shop.Money', '{"a": 1}')}]\n`);
    expect((await run(['get', path, 'file:a', '$.state_data', '--decoded'])).code).toBe(1);
    const inColumns = (await run(['get', DATABASE, 'agent:oncall', '$.status', '--decoded', '--json'])).out;
    expect(JSON.parse(inColumns)).toEqual({
      $type: 'enum',
      enum: 'robotagent.state.AgentStatus',
      value: 'busy',
    });
  });

  test('shows a pickle, with classes as labels', async () => {
    // Protocol 2, `datetime.timezone()`: a call that is not made.
    const pickle = Buffer.from('8002636461746574696d650a74696d657a6f6e650a29522e', 'hex');
    expect((await run(['get', file('zone.bin', pickle), 'file:zone', '--decoded'])).out).toBe(
      '{\n  "__pickle_class__": "datetime.timezone",\n  "args": tuple[]\n}\n',
    );
  });

  test('cannot decode what is cut off, and says so', async () => {
    const { code, out, err } = await run([
      'get',
      join(FIXTURES, 'edge', 'truncated.json'),
      'session:truncated',
      '--decoded',
    ]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('session:truncated');
  });
});

describe('validate', () => {
  test('0 and an empty array where all is well', async () => {
    expect(await run(['validate', DATABASE, '--json'])).toEqual({ code: 0, out: '[]\n', err: '' });
    expect((await run(['validate', DATABASE])).code).toBe(0);
  });

  test('1 and the findings with key, path, rule and message', async () => {
    const { code, out } = await run(['validate', WORKSPACE, '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual([
      {
        key: 'conversation:incident-2291',
        path: '$',
        rule: 'truncated',
        message: expect.stringContaining('3657') as string,
      },
    ]);
  });

  test('the path of a finding is one that get takes', async () => {
    const path = file('a.json', envelope(`{"it's": [${tag('no.Such', '1')}]}`));
    const { out } = await run(['validate', path, '--json']);
    const [finding] = JSON.parse(out) as readonly { path: string; rule: string }[];
    expect(finding).toMatchObject({ path: "$['state_data']['it\\'s'][0]", rule: 'unknown-type' });
    expect((await run(['get', path, 'file:a', finding?.path ?? ''])).out).toContain('no.Such');
  });

  test('a person reads the findings in their language', async () => {
    const agent = '{"__type__": "x.AgentStateModule", "__version__": "7", "state_data": {}}';
    const path = file('a.json', agent);
    const english = await run(['validate', path]);
    expect(english.code).toBe(1);
    expect(english.out).toContain("file:a  $['__version__']  version: it is at version 7");
    expect((await run(['validate', path], 'zh_CN.UTF-8')).out).toContain('其版本为 7');
  });

  test('2 where the source cannot be opened', async () => {
    expect(await run(['validate', join(folder, 'none'), '--json'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('checksum', () => {
  const data = '{"b": 553.0, "a": "火"}';
  // python3: hashlib.sha256(json.dumps(json.loads(data), sort_keys=True).encode()).hexdigest(), and of '{"a":"火","b":553}'.
  const sums = {
    canonical: '1a8356cc09b7c2cf8d0dd5687136209bd1c3756c1f41789cd9c171032d4690f8',
    python: '4df50a533266d2300521deed381a835e88d51f801b974ab23e5f2371bad82998',
  };

  test('gives both digests of the data, whatever is around it', async () => {
    const plain = await run(['checksum', file('a.json', data), 'file:a', '--json']);
    const wrapped = await run(['checksum', file('b.json', envelope(data)), 'file:b', '--json']);
    expect(plain).toEqual({ code: 0, out: `${JSON.stringify(sums)}\n`, err: '' });
    expect(wrapped).toEqual(plain);
  });

  test('tells a person whether a stored one fits', async () => {
    expect((await run(['checksum', DATABASE, 'agent:oncall'])).out).toMatch(/^stored .*fits \(Python/m);
    expect((await run(['checksum', file('a.json', data), 'file:a'])).out).toMatch(/^stored .*none is stored$/m);
    const wrong = envelope(data, ', "__metadata__": {"checksum": "f00"}');
    expect((await run(['checksum', file('b.json', wrong), 'file:b'])).out).toMatch(/^stored +f00 +does not fit/m);
    const right = envelope(data, `, "metadata": {"checksum": "${sums.canonical}"}`);
    expect((await run(['checksum', file('c.json', right), 'file:c'])).out).toMatch(/fits \(canonical\)$/m);
  });

  test('1 where there is no such state, 2 where it is cut off', async () => {
    expect(await run(['checksum', DATABASE, 'agent:nobody', '--json'])).toMatchObject({ code: 1, out: '' });
    const cut = join(FIXTURES, 'edge', 'truncated.json');
    expect(await run(['checksum', cut, 'session:truncated', '--json'])).toMatchObject({ code: 2, out: '' });
  });
});
