/** States that have to be there, and states that say of themselves who they are. */

import type { FactsRule, StateRule } from '../rule.ts';
import { placeOf } from '../state-view.ts';

/** What the design's checker asks for. A store that keeps no `system:` states at all does not follow it there. */
export const DESIGN_REQUIRED = ['system:config', 'system:status'];

/** @param required by a rules file; null: where none says, those of the design, if the store has any system state. */
export function requiredStates(required: readonly string[] | null): FactsRule {
  return {
    id: 'required-state',
    group: 'integrity',
    severity: 'error',
    needs: 'facts',
    *check({ keys }) {
      const followsDesign = [...keys.values()].some(({ kind }) => kind === 'system');
      for (const key of required ?? (followsDesign ? DESIGN_REQUIRED : [])) {
        yield keys.has(key)
          ? []
          : [{ place: { ...placeOf({ key, location: '.' }), key: null }, details: { required: key } }];
      }
    },
  };
}

/** Members in which a state names itself, by kind. */
const OWN_ID: Readonly<Record<string, string>> = {
  agent: 'agent_id',
  session: 'session_id',
  conversation: 'conversation_id',
  task: 'task_id',
  tasks: 'task_id',
  user: 'user_id',
};

export const ownId: StateRule = {
  id: 'id-mismatch',
  group: 'relationships',
  severity: 'warning',
  needs: 'state',
  applies: (state) => !state.isCutOff && idIn(state) !== undefined,
  *check(state) {
    const own = idIn(state);
    const { id, key, kind, aliases } = state.entry;
    if (own === undefined || id === own.value || id.endsWith(`/${own.value}`)) return;
    // Where two states have one id the second one's key names its place.
    if (aliases.includes(own.value) || aliases.includes(`${kind}:${own.value}`)) return;
    yield { node: own.node, details: { own: own.value, id, key } };
  },
};

function idIn(state: Parameters<StateRule['applies']>[0]) {
  const name = OWN_ID[state.entry.kind];
  return name === undefined ? undefined : state.text(name);
}
