import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { builtInRules } from './rules.ts';

test('docs/CONSISTENCY.md lists every rule with its severity, in its group and in order', () => {
  const document = readFileSync(new URL('../../../docs/CONSISTENCY.md', import.meta.url), 'utf8');
  const listed = document.split(/^### /m).flatMap((part) => {
    const group = part.slice(0, part.indexOf('\n')).toLowerCase();
    return [...part.matchAll(/^\| `([\w-]+)` \|.*\| (error|warning|note) \|/gm)].map(
      ([, rule, severity]) => `${group} ${rule} ${severity}`,
    );
  });
  const rules = builtInRules()
    // The doctor's have a document of their own.
    .filter(({ group }) => group !== 'conversation')
    .map(({ group, id, severity }) => `${group} ${id} ${severity}`);
  expect(listed).toEqual(rules);
});
