import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { temporaryFolder, write } from '../sources/test-support.ts';
import { parseRulesFile, RULES_FILE, readRulesFile, rulesOfFolder } from './rules-file.ts';
import { checked, folderOf, found, reportOf } from './test-support.ts';

const parse = (...lines: readonly string[]) => parseRulesFile(lines.join('\n'), '/rules.yaml');

function faultsOf(...lines: readonly string[]): readonly string[] {
  try {
    parse(...lines);
  } catch (error) {
    if (error instanceof SourceError && error.code === 'bad-config') return String(error.details['reason']).split('\n');
    throw error;
  }
  return [];
}

const STATES = {
  'agents/a': { agent_id: 'a', status: 'error', retries: 5 },
  'agents/b': { agent_id: 'b', status: 'idle', retries: 5 },
  'agents/c': { agent_id: 'c', status: 'error', retries: 1 },
  'cache/d': { status: 'error', retries: 9 },
};

describe('rules of a person’s own', () => {
  test('are asked of the states that where fits, and say what the person wrote', async () => {
    const rules = parse(
      'rules:',
      '  - id: few-retries',
      '    where: key:agent:* path:status new:error',
      '    must: $.state_data.retries <= 3',
      '    severity: warning',
      '    message: it tried too often',
      '    why: the upstream bans us',
    );
    const report = await reportOf(STATES, { rules });
    // Of the status the path and the value have to be of one and the same value.
    expect(found(report, 'few-retries')).toEqual(['agent:a $.retries']);
    expect(report.checks.at(-1)).toMatchObject({ rule: 'few-retries', group: 'own', lookedAt: 2, found: 1 });
    expect(report.findings.find(({ group }) => group === 'own')).toMatchObject({
      severity: 'warning',
      message: 'it tried too often',
      foundKey: null,
      details: { why: 'the upstream bans us' },
    });
    expect(report.isConsistent).toBe(true);
  });

  test('without where every state is asked; what is missing does not keep the rule', async () => {
    const rules = parse('rules:', '  - {id: named, must: exists($.state_data.agent_id), message: no name}');
    expect(found(await reportOf(STATES, { rules }), 'named')).toEqual(['cache:d $']);
  });

  test.each([
    ['key:cache:*', ['cache:d']],
    ['-key:agent:*', ['cache:d']],
    ['key:agent:* new>4', ['agent:a', 'agent:b']],
    ['path:status new:error', ['agent:a', 'agent:c', 'cache:d']],
    ['retries', ['agent:a', 'agent:b', 'agent:c', 'cache:d']],
    ['key:cache:* OR new:idle', ['agent:b', 'cache:d']],
  ])('where: %s', async (where, keys) => {
    const rules = parse('rules:', `  - {id: x, where: '${where}', must: 1 == 2, message: m}`);
    const { findings } = await reportOf(STATES, { rules });
    expect(findings.filter(({ rule }) => rule === 'x').map(({ key }) => key)).toEqual(keys);
  });

  test('a question that a state does not answer is a warning that says so', async () => {
    const rules = parse('rules:', '  - {id: x, where: "key:agent:a", must: $.state_data.* == 1, message: m}');
    const { findings } = await reportOf(STATES, { rules });
    const [finding] = findings.filter(({ rule }) => rule === 'x');
    expect(finding?.severity).toBe('warning');
    expect(finding?.message).toMatch(/^m \(\$\.state_data\.\* finds 3 values/);
  });
});

describe('the rest of the file', () => {
  test('required states, rules that are off, and other weights', async () => {
    const rules = parse(
      'required: ["agent:a", "system:config"]',
      'off: [future-time]',
      'severity:',
      '  big-integer: error',
      '  required-state: note',
    );
    const report = await reportOf({ 'agents/a': { n: 1 }, x: '{"n": 90071992547409930}' }, { rules });
    expect(found(report, 'required-state')).toEqual(['. $']);
    expect(report.findings.map(({ rule, severity }) => `${rule} ${severity}`)).toEqual([
      'required-state note',
      'big-integer error',
    ]);
    expect(report.checks.find(({ rule }) => rule === 'future-time')?.notRun?.code).toBe('switched-off');
    expect(report.isConsistent).toBe(false);
  });

  test('an empty file asks for nothing', () => {
    expect(parse('')).toMatchObject({ required: null, rules: [] });
    expect(parse('rules:')).toMatchObject({ required: null, rules: [] });
  });

  test('the one in the opened folder is found; without one there is none', async () => {
    const folder = folderOf(STATES);
    expect((await rulesOfFolder(folder)).location).toBeNull();
    write(folder, RULES_FILE, 'required: ["agent:z"]');
    const rules = await rulesOfFolder(folder);
    const report = await checked(folder, { rules });
    expect(report.rulesFile).toBe(join(folder, RULES_FILE));
    expect(report.findings.map(({ message }) => message)).toEqual(['The state agent:z is missing.']);
    expect((await rulesOfFolder(join(temporaryFolder(), 'gone'))).location).toBeNull();
  });
});

describe('faults are told with their line, all at once', () => {
  test.each<readonly [string, readonly string[], readonly string[]]>([
    ['no YAML', ['rules: ['], ['line 1']],
    ['no mapping', ['- a'], ['line 1, column 1: the file is a mapping']],
    [
      'an unknown member',
      ['rules:', '  - {id: a, must: 1 == 1, message: m, then: rm}'],
      ['line 2, column 39: there is no then here'],
    ],
    ['what is missing', ['rules:', '  - id: a', '    message: m'], ['line 2, column 5: must is a text']],
    [
      'a severity',
      ['severity:', '  big-integer: fatal'],
      ['line 2, column 16: a severity is one of error, warning, note'],
    ],
    ['a bad id', ['rules:', '  - {id: "a b", must: 1 == 1, message: m}'], ['line 2, column 10: an id has letters']],
    [
      'an id twice',
      ['rules:', '  - {id: a, must: 1 == 1, message: m}', '  - {id: a, must: 1 == 1, message: m}'],
      ['line 3, column 10: the id a is taken'],
    ],
    [
      'a built-in id',
      ['rules:', '  - {id: checksum, must: 1 == 1, message: m}'],
      ['line 2, column 10: the id checksum is taken'],
    ],
    [
      'an unknown rule',
      ['off: [no-such]', 'severity: {other: note}'],
      ['line 1, column 7: there is no rule no-such', 'line 2, column 12: there is no rule other'],
    ],
    ['a question', ['rules:', '  - id: a', '    must: $.x =', '    message: m'], ['line 3, column 11: at character']],
    [
      'a query',
      ['rules:', '  - id: a', '    where: "(key:a"', '    must: 1 == 1', '    message: m'],
      ['line 3, column 12: at character'],
    ],
    [
      'what only history knows',
      ['rules:', '  - {id: a, where: "old:1", must: 1 == 1, message: m}'],
      ['line 2, column 20: old: a state has key'],
    ],
    [
      'aliases that blow up',
      [
        'off: &a [x, x, x, x, x, x, x, x, x]',
        ...['a', 'b', 'c'].map((name, at) => `${'bcd'[at]}: &${'bcd'[at]} [${Array(9).fill(`*${name}`).join(', ')}]`),
      ],
      ['line 1, column 1: there are more aliases'],
    ],
    ['a tag', ['required: !!js/function "x"'], ['line 1, column 25: tags']],
  ])('%s', (_what, lines, begins) => {
    const faults = faultsOf(...lines);
    expect(faults.length).toBe(begins.length);
    for (const [at, begin] of begins.entries()) expect(faults[at]?.startsWith(begin), `${faults[at]}`).toBe(true);
  });

  test('no more of them than anybody reads', () => {
    const faults = faultsOf(...Array.from({ length: 150 }, (_, at) => `m${at}: 1`));
    expect(faults).toHaveLength(21);
    expect(faults.at(-1)).toBe('and 130 more');
  });

  test('what is no file, and what is too large for one of rules, is refused before it is read', async () => {
    const folder = temporaryFolder();
    const large = write(folder, 'large.yaml', '');
    truncateSync(large, 2 ** 32);
    await expect(readRulesFile(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'path-missing' });
    await expect(readRulesFile(folder)).rejects.toMatchObject({ code: 'bad-config' });
    await expect(readRulesFile(large)).rejects.toMatchObject({ code: 'bad-config' });
  });

  test('a hostile pattern takes no time, and a file without end is refused', async () => {
    expect(faultsOf(`required: ["${'x'.repeat(200_000)}"]`)).toHaveLength(1);
    const stars = `${'*a'.repeat(60)}b`;
    const rules = parse('rules:', `  - {id: x, where: "new:${stars}", must: 1 == 2, message: m}`);
    const started = performance.now();
    await reportOf({ 'cache/c': { a: 'a'.repeat(4000) } }, { rules });
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
