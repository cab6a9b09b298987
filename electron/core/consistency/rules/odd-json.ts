/** JSON that is read here as it stands, and that other programs change, lose or refuse. */
import type { StateRule } from '../rule.ts';
import type { StateView } from '../state-view.ts';

const isAnyState = () => true;

export const duplicateKey: StateRule = {
  id: 'duplicate-key',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: isAnyState,
  *check(state) {
    for (const node of state.oddities.hidden) {
      yield {
        node,
        details: { name: state.document.key(node) ?? '' },
        repair: { id: 'drop-hidden', details: {}, edits: null },
      };
    }
  },
};

export const notANumber: StateRule = {
  id: 'not-a-number',
  group: 'validity',
  severity: 'warning',
  needs: 'state',
  applies: isAnyState,
  *check(state) {
    for (const node of state.oddities.notNumbers) {
      yield {
        node,
        details: { name: nameOf(state, node), value: state.document.number(node).text },
        repair: { id: 'set-null', details: {}, edits: [{ op: 'set', path: state.path(node), text: 'null' }] },
      };
    }
  },
};

export const bigInteger: StateRule = {
  id: 'big-integer',
  group: 'validity',
  severity: 'note',
  needs: 'state',
  applies: isAnyState,
  *check(state) {
    for (const node of state.oddities.bigIntegers) {
      const { text, value } = state.document.number(node);
      yield { node, details: { name: nameOf(state, node), value: text, rounded: String(value) } };
    }
  },
};

export const halfPair: StateRule = {
  id: 'lone-surrogate',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: isAnyState,
  *check(state) {
    for (const node of state.oddities.halfPairs) {
      yield {
        node,
        details: { name: nameOf(state, node) },
        repair: { id: 'replace-surrogates', details: {}, edits: null },
      };
    }
  },
};

function nameOf(state: StateView, node: number): string {
  const { document } = state;
  return document.key(node) ?? `[${document.indexInParent(node)}]`;
}
