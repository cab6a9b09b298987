import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PersistenceEdit } from '../../shared/ipc/persistence.ts';
import { staged, withEdit } from './persistence-edits.ts';

const SAVED = {
  defaultBackend: 'file',
  rules: [
    { pattern: 'agent:*', backend: 'local', ttl: 86_400, states: 3 },
    { pattern: 'session:*', backend: 'file', ttl: null, states: 2 },
  ],
};

const edit: fc.Arbitrary<PersistenceEdit> = fc.oneof(
  fc.record({ edit: fc.constant('default-backend' as const), backend: fc.constantFrom('file', 'local') }),
  fc.record({ edit: fc.constant('move-rule' as const), at: fc.nat(1), to: fc.nat(1) }),
  fc.record({
    edit: fc.constant('change-rule' as const),
    at: fc.nat(1),
    change: fc.record(
      { pattern: fc.constantFrom('a', 'ab', 'agent:*'), ttl: fc.constantFrom(null, 60, 86_400) },
      { requiredKeys: [] },
    ),
  }),
);

const shown = (edits: readonly PersistenceEdit[]) => {
  const { defaultBackend, rules } = staged(SAVED, edits);
  return { defaultBackend, rules: rules.map(({ pattern, backend, ttl }) => ({ pattern, backend, ttl })) };
};

describe('edits that are staged', () => {
  test('lead to the same as one after the other, however they are drawn together', () => {
    fc.assert(
      fc.property(fc.array(edit), (each) => {
        let drawn: readonly PersistenceEdit[] = [];
        for (const one of each) drawn = withEdit(SAVED, drawn, one);
        expect(shown(drawn)).toEqual(shown(each));
      }),
    );
  });

  test('are one per field, not one per letter', () => {
    let edits: readonly PersistenceEdit[] = [];
    for (const pattern of ['t', 'to', 'tool:*']) {
      edits = withEdit(SAVED, edits, { edit: 'change-rule', at: 1, change: { pattern } });
    }
    expect(edits).toEqual([{ edit: 'change-rule', at: 1, change: { pattern: 'tool:*' } }]);
  });

  test('are none when they lead back to what is saved', () => {
    const away = withEdit(SAVED, [], { edit: 'move-rule', at: 0, to: 1 });
    expect(away).toHaveLength(1);
    expect(withEdit(SAVED, away, { edit: 'move-rule', at: 1, to: 0 })).toEqual([]);
  });

  test('keep the identity of a rule that is moved and changed', () => {
    const { rules } = staged(SAVED, [
      { edit: 'move-rule', at: 0, to: 1 },
      { edit: 'change-rule', at: 1, change: { ttl: null } },
    ]);
    expect(rules.map(({ id }) => id)).toEqual(['saved-1', 'saved-0']);
  });
});
