import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePersistence } from './rules.ts';
import type { PersistenceRule } from './rules-config.ts';
import { editPersistence, type PersistenceEdit } from './rules-edit.ts';

const TEXT = `# ours
persistence:
  default_backend: "file" # for the rest
  backends:
    memory: {type: memory}
    file:
      type: 'filesystem'
      base_path: "\${DATA}/states" # not in git

  # who goes where
  rules:
    - pattern: "agent:*"
      backend: memory
      ttl: 86400 # a day
    # kept for the audit
    - pattern: "session:*"
      backend: file
`;
const rulesOf = (text: string) => parsePersistence(text, 'persistence.yaml', { DATA: 'd' }).config?.rules;

describe('an edit', () => {
  test('changes what it says, and nothing else', () => {
    const edited = editPersistence(TEXT, [
      { edit: 'change-rule', at: 0, change: { backend: 'file', ttl: 60 } },
      { edit: 'default-backend', backend: 'memory' },
    ]);
    expect(edited).toBe(
      TEXT.replace('backend: memory', 'backend: file').replace('86400', '60').replace('"file" #', '"memory" #'),
    );
  });

  test('none leaves the text', () => {
    expect(editPersistence(TEXT, [])).toBe(TEXT);
  });

  test('a rule takes its comment along', () => {
    const edited = editPersistence(TEXT, [{ edit: 'move-rule', at: 1, to: 0 }]);
    expect(rulesOf(edited)?.map(({ pattern }) => pattern)).toEqual(['session:*', 'agent:*']);
    expect(edited).toMatch(/# kept for the audit\n\s+- pattern: "session:\*"/);
    expect(edited).toMatch(/86400 # a day/);
  });

  test('a ttl can be taken away, and rules begun', () => {
    expect(
      rulesOf(editPersistence(TEXT, [{ edit: 'change-rule', at: 0, change: { ttl: null } }]))?.[0]?.ttl,
    ).toBeNull();
    const bare = 'persistence:\n  default_backend: m\n  backends: {m: {type: memory}}\n';
    const rule = { pattern: '*', backend: 'm', ttl: 5 };
    expect(rulesOf(editPersistence(bare, [{ edit: 'add-rule', at: 0, rule }]))).toEqual([rule]);
  });

  test.each([
    ['persistence: [', 0],
    ['a: 1', 0],
    [TEXT, 2],
    [TEXT, -1],
  ])('of what is not there is refused', (text, at) => {
    expect(() => editPersistence(text, [{ edit: 'remove-rule', at }])).toThrow(/cannot be edited/);
  });

  test('gives the rules that it says, whatever was edited before; every comment of what stays is kept', () => {
    const rule = fc.record({
      pattern: fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).filter((text) => !text.includes('$')),
      backend: fc.constantFrom('memory', 'file'),
      ttl: fc.option(fc.nat(1_000_000)),
    });
    const place = fc.nat(99);
    const step = fc.oneof(
      fc.record({ edit: fc.constant('add-rule' as const), at: place, rule }),
      fc.record({ edit: fc.constant('remove-rule' as const), at: place }),
      fc.record({ edit: fc.constant('move-rule' as const), at: place, to: place }),
      fc.record({
        edit: fc.constant('change-rule' as const),
        at: place,
        change: fc.record({ ttl: rule.map((r) => r.ttl), backend: fc.constantFrom('memory', 'file') }),
      }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(step, { selector: (s) => ('rule' in s ? s.rule.pattern : s), maxLength: 8 }),
        (steps) => {
          const model: PersistenceRule[] = [...(rulesOf(TEXT) ?? [])];
          const edits: PersistenceEdit[] = [];
          for (const step of steps) {
            if (step.edit !== 'add-rule' && model.length === 0) continue;
            const at = step.at % (model.length + (step.edit === 'add-rule' ? 1 : 0));
            if (step.edit === 'add-rule') {
              model.splice(at, 0, step.rule);
              edits.push({ ...step, at });
            } else if (step.edit === 'move-rule') {
              const to = step.to % model.length;
              model.splice(to, 0, ...model.splice(at, 1));
              edits.push({ ...step, at, to });
            } else if (step.edit === 'remove-rule') {
              model.splice(at, 1);
              edits.push({ ...step, at });
            } else {
              model.splice(at, 1, ...model.slice(at, at + 1).map((old) => ({ ...old, ...step.change })));
              edits.push({ ...step, at });
            }
          }
          const edited = editPersistence(TEXT, edits);
          expect(rulesOf(edited)).toEqual(model);
          for (const comment of ['# ours', '# for the rest', '# not in git', '# who goes where'])
            expect(edited).toContain(comment);
        },
      ),
    );
  });
});
