/** `check`, as a script sees it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCheckCommand } from './check-command.ts';
import { runCommand } from './test-support.ts';

const CLI = join(import.meta.dirname, 'cli.ts');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-check-'));
  mkdirSync(join(folder, 'agents'));
  const data = { agent_id: 'a', status: 'busy', current_task_id: null, order: 'ORDER' };
  const state = { __type__: 'x.Agent', __version__: '1', __timestamp__: '2025-11-20T08:00:00Z', state_data: data };
  writeFileSync(join(folder, 'agents', 'a.json'), JSON.stringify(state).replace('"ORDER"', '9007199254740993'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const check = (...args: string[]) => runCommand(addCheckCommand, 'check', folder, ...args);

test('tells every check, then what is wrong by group, with why and what to do, and how to go on; 1 for errors', async () => {
  const { code, text } = await check();
  expect(code).toBe(1);
  expect(text).toContain(
    [
      'Relationships',
      '',
      '  Busy agents have a task',
      '  It was stopped halfway through finishing a task. Nobody gives it another one, because it is busy, and it never becomes idle by itself.',
      '    Error: The agent a is busy, and works at no task.',
      "      agent:a  $['state_data']['status']  (agents/a.json, byte 117)",
      '      Repair: Set the status to “idle”',
    ].join('\n'),
  );
  expect(text.indexOf('Participants exist')).toBeLessThan(text.indexOf('Relationships'));
  expect(text).toMatch(/^Participants exist +0 {2}0$/m);
  expect(text).toMatch(/^The history is whole +- {2}nothing has been recorded$/m);
  expect(text).toMatch(
    /\nNot consistent\. Errors: 1, warnings: 0, notes: 1, states: 1; checks that ran: \d+ of \d+\.\n1 can be repaired: `doctor SOURCE --repair-to PATH` .+\n$/,
  );
});

test('in Chinese, without what weighs less', () => {
  const env = { ...process.env, LANG: 'zh_CN.UTF-8', LC_ALL: 'zh_CN.UTF-8', XDG_CONFIG_HOME: folder };
  const { status, stdout } = spawnSync(process.execPath, [CLI, 'check', folder, '--severity', 'error'], { env });
  const text = stdout.toString();
  expect(status).toBe(1);
  expect(text).toContain('    错误：智能体 a 处于忙碌状态，却没有任务。');
  expect(text).not.toContain('9007199254740993');
});

test('what stands in a state or in a rules file does not steer the terminal', async () => {
  const rules = join(folder, 'loud.yaml');
  writeFileSync(rules, 'rules: [{id: loud, must: 1 == 2, message: "\\e[31mred\\nline", why: "\\e[2Jgone"}]');
  const { text } = await check('--rules', rules);
  expect(text).toContain('    Error:  [31mred\\nline\n');
  expect(text).not.toMatch(/(?!\n)\p{Cc}/u);
});

test('--json is the report; the rules of the file decide what is an error', async () => {
  const rules = join(folder, 'my.yaml');
  writeFileSync(
    rules,
    'severity: {busy-without-task: note}\nrules: [{id: named, must: exists($.state_data.name), message: no name, severity: note}]',
  );
  const { code, text } = await check('--json', '--rules', rules);
  expect(code).toBe(0);
  const report: unknown = JSON.parse(text);
  expect(report).toMatchObject({
    isConsistent: true,
    rulesFile: rules,
    states: 1,
    counts: { error: 0, warning: 0, note: 3 },
  });
  expect(report).toMatchObject({
    findings: expect.arrayContaining([expect.objectContaining({ rule: 'named' })]) as unknown,
  });
});

test('rules that are not understood, and a weight that there is not, are refused before anything is checked', async () => {
  const rules = join(folder, 'bad.yaml');
  writeFileSync(rules, 'off:\n  - nothing-of-the-kind\n');
  expect(await check('--rules', rules)).toMatchObject({ text: '', err: 'bad-config' });
  expect((await check('--severity', 'fatal')).text).toBe('');
});
