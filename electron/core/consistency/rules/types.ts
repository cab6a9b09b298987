/** What a state's type, version, checksum and envelope say: as `validate` finds it, in groups. */

import type { FindingSeverity } from '../../../../shared/ipc/consistency.ts';
import { canonicalChecksum } from '../../../../shared/state/checksum.ts';
import { type StateFinding, stateDataNode } from '../../../../shared/state/describe-state.ts';
import { TIMESTAMP, TYPE, VERSION } from '../../../../shared/state/tags.ts';
import type { FoundInState, StateRule } from '../rule.ts';
import type { StateView } from '../state-view.ts';

/** Kept without being understood, by how bad that is. */
const UNDECODED: Readonly<Record<string, FindingSeverity>> = {
  'unknown-type': 'note',
  'malformed-tag': 'warning',
  'invalid-data': 'error',
  'too-deep': 'warning',
};
const MIGRATIONS = new Set(['version', 'migration']);
const CHECKSUM = 'checksum';

/** A state without a label is not decoded: nothing in it is a tag, and a session of AgentScope may be large. */
function isLabelled(state: StateView): boolean {
  if (state.isCutOff) return false;
  return (
    state.beside.labels !== undefined || ['__type__', '__class__'].some((name) => state.member(name, 0) !== undefined)
  );
}

export const decodable: StateRule = {
  id: 'decodable',
  group: 'integrity',
  severity: 'error',
  needs: 'state',
  applies: isLabelled,
  *check(state) {
    for (const finding of state.description.findings) {
      const severity = UNDECODED[finding.rule];
      if (severity !== undefined) yield { ...ofFinding(finding), severity };
    }
  },
};

export const migratable: StateRule = {
  id: 'migratable',
  group: 'integrity',
  severity: 'error',
  needs: 'state',
  applies: (state) => isLabelled(state) && state.description.type !== null,
  *check(state) {
    for (const finding of state.description.findings) if (MIGRATIONS.has(finding.rule)) yield ofFinding(finding);
  },
};

export const checksumFits: StateRule = {
  id: CHECKSUM,
  group: 'integrity',
  severity: 'error',
  needs: 'state',
  applies: (state) => isLabelled(state) && state.description.checksum !== null,
  *check(state) {
    for (const finding of state.description.findings) {
      if (finding.rule !== CHECKSUM) continue;
      const actual = canonicalChecksum(state.document, stateDataNode(state.document));
      yield { ...ofFinding(finding), details: { ...finding.details, actual } };
    }
  },
};

export const typeRules: StateRule = {
  id: 'type-rules',
  group: 'validity',
  severity: 'error',
  needs: 'state',
  applies: (state) => isLabelled(state) && state.description.type !== null,
  *check(state) {
    // A value that the codec and a validator find fault with is told once.
    const told = new Set<string>();
    for (const finding of state.description.findings) {
      const { rule, at } = finding;
      if (rule in UNDECODED || MIGRATIONS.has(rule) || rule === CHECKSUM || told.has(`${rule} ${at}`)) continue;
      told.add(`${rule} ${at}`);
      yield ofFinding(finding);
    }
  },
};

export const envelope: StateRule = {
  id: 'envelope',
  group: 'integrity',
  severity: 'warning',
  needs: 'state',
  applies: (state) => !state.isCutOff && (state.isEnvelope || state.member(TYPE, 0) !== undefined),
  *check(state) {
    const { document } = state;
    for (const name of [TYPE, VERSION, TIMESTAMP, 'state_data']) {
      const node = document.member(0, name);
      if (node === undefined) yield { path: [name], details: { name } };
      else if (name === TIMESTAMP && state.time(name, 0) === undefined) yield { node, details: { name } };
    }
  },
};

function ofFinding({ path, rule, message, details }: StateFinding): FoundInState {
  return { path, details: { ...details, message, check: rule }, foundKey: `findings.${rule}`, message };
}
