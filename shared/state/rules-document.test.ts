import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const folder = new URL('./', import.meta.url);

function idsIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, id]) => id ?? '');
}

describe('docs/STATE-RULES.md', () => {
  test('every rule is quoted by the name of a test, and every rule that a test quotes is in the document', () => {
    const rules = idsIn(
      readFileSync(new URL('../../docs/STATE-RULES.md', import.meta.url), 'utf8'),
      /^- \[([A-Z]\d+)\]/gm,
    );
    const tests = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
    const quoted = tests.flatMap((name) => {
      // The name of a test is on the line of its call or on the one after.
      return idsIn(
        readFileSync(new URL(name, folder), 'utf8'),
        /\btest(?:\.skipIf\([^\n]*?\))?\(\s*['`][^\n]*?\[([A-Z]\d+)\]/g,
      );
    });
    expect(new Set(rules).size).toBe(rules.length);
    expect([...new Set(quoted)].toSorted()).toEqual(rules.toSorted());
  });
});
