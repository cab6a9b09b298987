import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../sources/source-error.ts';
import { expiresAt, parsePersistence, persistenceOrThrow, redacted, ruleFor } from './rules.ts';
import type { PersistenceConfig } from './rules-config.ts';
import { coversGlob, LONGEST_PATTERN, matchesGlob } from './rules-glob.ts';
import { substitute, withoutPassword } from './secrets.ts';

/** The document's, 5.2, to the letter. */
const DOCUMENT = `persistence:
  # 默认后端
  default_backend: "file"
  
  # 后端配置
  backends:
    memory:
      type: "memory"
    
    file:
      type: "filesystem"
      base_path: "./data/states"
      compression: true
      encryption: false
    
    database:
      type: "postgresql"
      connection_string: "postgresql://user:pass@localhost/agentdb"
      pool_size: 10
      timeout: 30
  
  # 持久化规则
  rules:
    - pattern: "agent:*"
      backend: "database"
      ttl: 86400  # 24小时
    
    - pattern: "session:*"
      backend: "file"
      ttl: 3600   # 1小时
    
    - pattern: "cache:*"
      backend: "memory"
      ttl: 300    # 5分钟
`;

const FILE = '/store/persistence.yaml';
const parse = (text: string, env: Record<string, string> = {}) => parsePersistence(text, FILE, env);
const faults = (text: string, env: Record<string, string> = {}) =>
  parse(text, env).faults.map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`);

function config(text: string, env: Record<string, string> = {}): PersistenceConfig {
  const parsed = parse(text, env);
  if (parsed.config === null) throw new Error(parsed.faults.map(({ message }) => message).join('\n'));
  return parsed.config;
}

/** One memory backend `m`, and what a test adds below `persistence`. */
const around = (rest: string) => `persistence:\n  default_backend: m\n  backends:\n    m: {type: memory}\n${rest}`;

describe("the document's file", () => {
  test('is read without a fault', () => {
    expect(parse(DOCUMENT).faults).toEqual([]);
    expect(config(DOCUMENT)).toMatchObject({
      defaultBackend: 'file',
      backends: [
        { name: 'memory', type: 'memory' },
        { name: 'file', type: 'filesystem', basePath: '/store/data/states', compression: true, encryption: false },
        {
          name: 'database',
          type: 'postgresql',
          connectionString: 'postgresql://user:pass@localhost/agentdb',
          poolSize: 10,
          timeout: 30,
        },
      ],
      rules: [
        { pattern: 'agent:*', backend: 'database', ttl: 86_400 },
        { pattern: 'session:*', backend: 'file', ttl: 3600 },
        { pattern: 'cache:*', backend: 'memory', ttl: 300 },
      ],
    });
  });

  test('tells where each state goes; what no rule matches goes to the default', () => {
    const rules = config(DOCUMENT);
    expect(ruleFor(rules, 'agent:../../etc/passwd')).toEqual({ rule: 0, backend: 'database', ttl: 86_400 });
    expect(ruleFor(rules, 'cache:')).toEqual({ rule: 2, backend: 'memory', ttl: 300 });
    expect(ruleFor(rules, 'conversation:1')).toEqual({ rule: null, backend: 'file', ttl: null });
  });

  test('a time to live counts from the last write', () => {
    const rules = config(DOCUMENT);
    const updatedAt = '2026-01-01T00:00:00.000Z';
    expect(expiresAt(rules, { key: 'cache:x', updatedAt })).toBe('2026-01-01T00:05:00.000Z');
    expect(expiresAt(rules, { key: 'cache:x', updatedAt: '2026-01-01T00:00:00' })).toBe('2026-01-01T00:05:00.000Z');
    expect(expiresAt(rules, { key: 'conversation:x', updatedAt })).toBeNull();
  });
});

test('the example of our own documentation has no fault, and the fault that it shows is the one there is', () => {
  const manual = readFileSync(join(import.meta.dirname, '../../../docs/PERSISTENCE.md'), 'utf8');
  const example = /```yaml\n([^]*?)```/.exec(manual)?.[1] ?? '';
  expect(parse(example, { AGENTDB_PASSWORD: 'x' }).faults).toEqual([]);
  const [fault] = parse(example).faults;
  expect(manual).toContain(`line ${fault?.line}, column ${fault?.column}: ${fault?.message}`);
});

describe('faults have line, column and code', () => {
  test.each([
    ['no mapping', '', '1:1 error unexpected-value'],
    ['no persistence', '{}\n', '1:1 error missing-field'],
    ['bad YAML', 'persistence:\n  rules: [a\n', '3:1 error syntax'],
    ['a tab', 'persistence:\n\trules: []\n', '2:1 error syntax'],
    ['a second document', `${around('')}---\na: 1\n`, '5:1 error syntax'],
    ['a key twice', around('  default_backend: m\n'), '5:3 error duplicate-key'],
    ['an unknown field', around('  rule: []\n'), '5:3 error unknown-field'],
    ['an unknown field of a backend', around('    x: {type: memory, path: y}\n'), '5:23 error unknown-field'],
    ['an unknown type', around('    x:\n      type: redis\n'), '6:13 error unexpected-value'],
    ['a backend without its path', around('    x:\n      type: sqlite\n'), '5:5 error missing-field'],
    ['a number for a path', around('    x: {type: sqlite, path: 1}\n'), '5:29 error unexpected-value'],
    [
      'a negative ttl',
      around('  rules:\n    - {pattern: "a:*", backend: m, ttl: -1}\n'),
      '6:41 error unexpected-value',
    ],
    ['a rule without a backend', around('  rules:\n    - pattern: "a:*"\n'), '6:7 error missing-field'],
    ['a rule that is a text', around('  rules: [hello]\n'), '5:11 error unexpected-value'],
    ['rules that are a mapping', around('  rules: {a: 1}\n'), '5:10 error unexpected-value'],
    ['an unknown backend', around('  rules:\n    - {pattern: "*", backend: x}\n'), '6:31 error unknown-backend'],
    [
      'an unknown default',
      'persistence: {default_backend: x, backends: {m: {type: memory}}}',
      '1:32 error unknown-backend',
    ],
    ['a custom tag', around('  rules: !!js/function "x"\n'), '5:24 error tag'],
    ['a tag of YAML 1.1', around('  rules: !!binary aGk=\n'), '5:19 error tag'],
    ['an alias without anchor', around('  rules: *nowhere\n'), '5:10 error alias'],
    ['a name that objects have', around('    __proto__: {type: memory}\n'), '5:5 error reserved-name'],
    ['PostgreSQL without an address', around('    p: {type: postgresql}\n'), '5:5 error missing-field'],
    [
      'another scheme',
      around('    p: {type: postgresql, connection_string: "http://x"}\n'),
      '5:46 error unexpected-value',
    ],
    [
      'address and host',
      around('    p: {type: postgresql, connection_string: "postgres://x", host: y}\n'),
      '5:62 error said-twice',
    ],
    ['a missing variable', around('    x: {type: sqlite, path: "${NOT_SET}"}\n'), '5:29 error missing-variable'],
    ['an unfinished variable', around('    x: {type: sqlite, path: "${1}"}\n'), '5:29 error malformed-variable'],
    [
      'an endless pattern',
      around(`  rules: [{pattern: "${'a'.repeat(LONGEST_PATTERN + 1)}", backend: m}]\n`),
      '5:21 error unexpected-value',
    ],
  ])('%s', (_what, text, expected) => {
    expect(faults(text)).toEqual([expected]);
    expect(parse(text).config).toBeNull();
  });

  test('several are told at once, in the order of the text', () => {
    const text = around('  rules:\n    - {pattern: 1, backend: m}\n    - {pattern: "a:*", ttl: x}\n  odd: 1\n');
    expect(faults(text)).toEqual([
      '6:17 error unexpected-value',
      '7:7 error missing-field',
      '7:29 error unexpected-value',
      '8:3 error unknown-field',
    ]);
  });

  test('a pattern that is there twice is an error, one that is never reached a warning', () => {
    const rules = (...patterns: string[]) =>
      around(`  rules:\n${patterns.map((pattern) => `    - {pattern: "${pattern}", backend: m}\n`).join('')}`);
    expect(faults(rules('a:*', 'b:*', 'a:*'))).toEqual(['8:17 error duplicate-pattern']);
    expect(faults(rules('a:*', 'a:1?'))).toEqual(['7:17 warning unreachable-rule']);
    expect(parse(rules('a:*', 'a:1?')).config).not.toBeNull();
    expect(faults(rules('a:1?', 'a:*'))).toEqual([]);
  });

  test('a fault is where it was put, whatever stands around it', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(5), fc.nat(5), (comments, before, after) => {
        const rule = (i: number) => `    - pattern: "k${i}:*"\n      backend: m\n`;
        const rules = (from: number, count: number) => Array.from({ length: count }, (_, i) => rule(from + i)).join('');
        const lead = `${'# a comment\n'.repeat(comments)}${around('  rules:\n')}${rules(0, before)}`;
        const text = `${lead}    - pattern: "bad:*"\n      backend: gone\n${rules(10, after)}`;
        expect(faults(text)).toEqual([`${lead.split('\n').length + 1}:16 error unknown-backend`]);
      }),
    );
  });

  test('any text at all gives a configuration or a fault, in bounded time', () => {
    const pieces = fc.constantFrom(
      'persistence:',
      '\n  ',
      '- ',
      '{',
      '[',
      '&a',
      '*a',
      ': ',
      '"',
      '!!x',
      '${A}',
      '#',
      '\t',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 5 })), { maxLength: 60 }), (parts) => {
        const { config, faults } = parse(parts.join(''));
        expect(config === null).toBe(faults.some(({ severity }) => severity === 'error'));
      }),
    );
  });

  test.each([
    ['brackets', '['.repeat(120_000)],
    ['maps', 'a: '.repeat(40_000)],
    ['dashes', '- '.repeat(60_000)],
    [
      'laughs',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
        .split('')
        .map((c, i) => `${c}: &${c} [${`*${'abcdefghij'[i]},`.repeat(9)}]\n`)
        .join('')}`,
    ],
    ['more than a configuration has', `# ${'x'.repeat(150_000)}`],
  ])('a hostile file of %s is refused at once', (_what, text) => {
    const began = performance.now();
    expect(parse(text).config).toBeNull();
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('the error names every line', () => {
    const text = around('  odd: 1\n  rules: 1\n');
    expect(() => persistenceOrThrow(text, FILE, {})).toThrow(SourceError);
    expect(() => persistenceOrThrow(text, FILE, {})).toThrow(/line 5, column 3[^]*line 6, column 10/);
  });
});

describe('secrets', () => {
  const text = `persistence:
  default_backend: db
  backends:
    db: {type: postgresql, host: "\${HOST}", port: "\${PORT}", password: "\${PW}", ssl: true}
    url: {type: postgresql, connection_string: "postgresql://me:\${PW}@host/db?sslpassword=\${PW}"}
    files: {type: filesystem, base_path: x, encryption: true, passphrase: "\${PW}"}
`;
  const env = { HOST: 'db.example', PORT: '5433', PW: 'hunter-2' };

  test('come from the environment', () => {
    expect(config(text, env).backends).toMatchObject([
      { host: 'db.example', port: 5433, password: 'hunter-2' },
      { connectionString: 'postgresql://me:hunter-2@host/db?sslpassword=hunter-2' },
      { passphrase: 'hunter-2' },
    ]);
  });

  test('are hidden where a configuration is shown', () => {
    expect(JSON.stringify(redacted(config(text, env)))).not.toContain('hunter');
    expect(redacted(config(text, env)).backends).toMatchObject([
      { password: '•••', host: 'db.example' },
      { connectionString: 'postgresql://me:•••@host/db?sslpassword=•••' },
      { passphrase: '•••' },
    ]);
    expect(withoutPassword('postgresql://u:p w@a b,c/d')).not.toContain('p w');
  });

  test('are in no fault, wherever the value turns out to be wrong', () => {
    const fields = [
      'type',
      'base_path',
      'compression',
      'connection_string',
      'host',
      'port',
      'pool_size',
      'ssl',
      'passphrase',
      'odd',
    ];
    const types = ['memory', 'filesystem', 'sqlite', 'postgresql', '${PW}'];
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.constantFrom(...types), (field, type) => {
        const bad = around(
          `    x:\n      "type": "${type}"\n      ${field}: "\${PW}"\n  rules: [{pattern: "\${PW}", backend: "\${PW}", ttl: "\${PW}"}]\n`,
        );
        const shown = JSON.stringify(parse(bad, env).faults);
        expect(shown).not.toBe('[]');
        expect(shown).not.toContain('hunter');
      }),
    );
    expect(
      JSON.stringify(parse(around('  rules: [{pattern: "${PW}", backend: "${PW}"}]\n'), env).faults),
    ).not.toContain('hunter');
  });

  test('a missing variable is named', () => {
    expect(parse(text, { HOST: 'x', PORT: '1' }).faults.map(({ message }) => message)[0]).toContain('PW');
  });

  test('a passphrase in the file itself is warned of', () => {
    expect(faults(around('    f: {type: filesystem, base_path: x, encryption: true, passphrase: abc}\n'))).toEqual([
      '5:71 warning plain-secret',
    ]);
  });

  test('$${ is a plain ${', () => {
    expect(substitute('$${A} ${A}', { A: '${B}' })).toEqual({ text: '${A} ${B}', missing: [], malformed: false });
  });
});

describe('patterns', () => {
  test.each([
    ['agent:*', 'agent:a/b\nc', true],
    ['agent:*', 'agent:', true],
    ['agent:*', 'agents:x', false],
    ['agent:?', 'agent:🧠', true],
    ['agent:?', 'agent:', false],
    ['*', '', true],
    ['a:[x]{1,2}!(y)', 'a:[x]{1,2}!(y)', true],
    ['a:[x]', 'a:x', false],
    ['!a:*', 'b:1', false],
    ['A:*', 'a:1', false],
    ['*:*tmp*', 'cache:my-tmp-1', true],
  ])('%j on %j: %s', (pattern, key, matches) => {
    expect(matchesGlob(pattern, key)).toBe(matches);
  });

  const glob = fc
    .array(fc.constantFrom('*', '?', 'a', 'b', ':', '.', '('), { maxLength: 8 })
    .map((parts) => parts.join(''));
  const key = fc.array(fc.constantFrom('a', 'b', ':', '.', '(', '*'), { maxLength: 8 }).map((parts) => parts.join(''));

  test('mean what the regular expression says', () => {
    fc.assert(
      fc.property(glob, key, (pattern, text) => {
        const source = Array.from(pattern)
          .map((c) => (c === '*' ? '.*' : c === '?' ? '.' : c.replace(/[.()]/, '\\$&')))
          .join('');
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${source}$`, 'su').test(text));
      }),
    );
  });

  test('a wider one matches whatever the narrower does', () => {
    fc.assert(
      fc.property(glob, glob, key, (wider, narrower, text) => {
        fc.pre(coversGlob(wider, narrower));
        expect(matchesGlob(narrower, text)).toSatisfy((matches) => !matches || matchesGlob(wider, text));
      }),
    );
  });

  test('hostile ones are matched in time', () => {
    const began = performance.now();
    for (const unit of ['*a', '*?', '*aa*', '?*']) {
      matchesGlob(`${unit.repeat(LONGEST_PATTERN / unit.length)}b`, 'a'.repeat(10_000));
    }
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('a file full of hostile rules is checked in time', () => {
    const rules = Array.from({ length: 200 }, (_, i) => `    - {pattern: "${'*a'.repeat(120)}${i}", backend: m}\n`);
    const began = performance.now();
    expect(faults(around(`  rules:\n${rules.join('')}`))).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('the first that matches wins', () => {
    fc.assert(
      fc.property(fc.array(glob, { maxLength: 6 }), key, (patterns, text) => {
        const rules = patterns.map((pattern, i) => ({ pattern, backend: `b${i}`, ttl: i }));
        const { rule, backend, ttl } = ruleFor({ defaultBackend: 'd', backends: [], rules }, text);
        const first = patterns.findIndex((pattern) => matchesGlob(pattern, text));
        expect({ rule, backend, ttl }).toEqual(
          first < 0 ? { rule: null, backend: 'd', ttl: null } : { rule: first, backend: `b${first}`, ttl: first },
        );
      }),
    );
  });
});
