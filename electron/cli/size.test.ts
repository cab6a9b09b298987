/** `size`, as a script and a person see it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const CLI = join(import.meta.dirname, 'cli.ts');
const OUTPUT = 'row '.repeat(200);
let folder: string;
let source: string;

interface Message {
  readonly content: readonly unknown[];
  readonly [name: string]: unknown;
}

const session = (results: number) => ({
  friday: {
    memory: {
      content: Array.from({ length: results }, (_, at): [Message, string[]] => [
        {
          id: `m${at}`,
          role: 'assistant',
          content: [
            { type: 'tool_use', id: `c${at}`, name: 'query', input: {} },
            { type: 'tool_result', id: `c${at}`, output: OUTPUT },
          ],
        },
        [],
      ]),
    },
    name: 'Friday',
  },
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-size-'));
  source = join(folder, 'friday.json');
  writeFileSync(source, JSON.stringify(session(2)));
});
afterAll(() => rmSync(folder, { recursive: true }));

function cli(...args: string[]) {
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', NO_COLOR: '1', XDG_CONFIG_HOME: folder };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env });
  return { code: status, text: stdout.toString(), err: stderr.toString() };
}

test('what a person sees: figures to the right, a total, and what is stored more than once', () => {
  const { code, text } = cli('size', source, '--by', 'tool', '--no-tokens');
  expect(code).toBe(0);
  const lines = text.split('\n');
  const bytes = 2 * JSON.stringify(session(1).friday.memory.content[0]?.[0].content[1]).length;
  expect(lines.slice(0, 5)).toEqual([
    'Bytes    Share',
    expect.stringMatching(new RegExp(`^ +${bytes} +\\d+\\.\\d %  query 2 results$`)),
    expect.stringMatching(/^ +\d+ +\d+\.\d %  \(all else\)$/),
    expect.stringMatching(/^ +\d+ +\d+\.\d %  query 2 calls$/),
    expect.stringMatching(/^ +\d+ +100\.0 %  total$/),
  ]);
  expect(text).toContain('Stored more than once: 1 value, 802 bytes in copies');
  expect(text).toMatch(/802 {2}.*2× {2}The same tool result {2}session:friday:friday\.memory\.content\[0\]/);
});

test('--json has rows that add up, and growth since a snapshot', () => {
  expect(cli('snapshot', source, '--name', 'before').code).toBe(0);
  writeFileSync(source, JSON.stringify(session(3)));
  const { code, text } = cli('size', source, '--by', 'attribute', '--top', '2', '--since', 'before', '--json');
  expect(code).toBe(0);
  const report = JSON.parse(text) as {
    bytes: number;
    tokensEstimated: number;
    growth: unknown;
    rows: { name: string; bytes: number; tokensEstimated: number; growth: { added: number } }[];
    more: { bytes: number; tokensEstimated: number };
  };
  const [first] = report.rows;
  expect(first).toMatchObject({ name: 'friday.memory.content', kind: 'value' });
  expect(report.rows.reduce((sum, { bytes }) => sum + bytes, report.more.bytes)).toBe(report.bytes);
  const tokens = report.rows.reduce((sum, row) => sum + row.tokensEstimated, report.more.tokensEstimated);
  expect(tokens).toBe(report.tokensEstimated);
  expect(tokens).toBeGreaterThan(600);
  const message = JSON.stringify(session(3).friday.memory.content[2]);
  expect(report.growth).toEqual({ added: message.length, removed: 0, grown: 1 });
  expect(cli('size', source, '--since', 'never').code).toBe(1);
});
