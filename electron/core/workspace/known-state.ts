/** What the registry knows about an open state, with the nodes that it is about. */
import type { FieldFinding, TypeInfo } from '../../../shared/ipc/writing.ts';
import type { JsonDocument, NodeId } from '../../../shared/json/document.ts';
import { type JsonPath, resolvePath } from '../../../shared/json/path.ts';
import { describeState, type StateDescription, type StoredBeside } from '../../../shared/state/describe-state.ts';
import type { TypeRegistry } from '../../../shared/state/type-registry.ts';

export interface KnownState {
  readonly type: TypeInfo | null;
  readonly findings: readonly FieldFinding[];
}

const UNKNOWN: KnownState = { type: null, findings: [] };

/** A state without a label is not decoded: a session of AgentScope may be large, and has no types. */
export function knownState(document: JsonDocument, registry: TypeRegistry, beside: StoredBeside): KnownState {
  const labelled =
    beside.labels != null || ['__type__', '__class__'].some((name) => document.member(0, name) !== undefined);
  if (!labelled || document.isIncomplete(0)) return UNKNOWN;
  const described = describeState(document, registry, beside);
  const findings = described.findings.map(({ path, at, rule, message, details }) => {
    const node = nearestNode(document, path);
    return { path, pathText: at, node, rule, message, details };
  });
  return { type: typeInfo(document, described), findings };
}

function typeInfo(document: JsonDocument, described: StateDescription): TypeInfo | null {
  const { type, version, migration } = described;
  if (type === null) return null;
  const data = document.member(0, 'state_data') ?? 0;
  return {
    name: described.label ?? type.name,
    stateClass: type.stateClass,
    version: version ?? type.firstVersion,
    schemaVersion: type.schemaVersion,
    migration: migration === null ? 'no-path' : migration.length > 1 ? 'possible' : 'none-needed',
    attributes: type.attributes.map(({ key, description, required, rules }) => ({
      key,
      description,
      required,
      rules,
      node: document.member(data, key) ?? null,
    })),
  };
}

/** The node at a path; where the path leads to nothing, the last one on the way. */
function nearestNode(document: JsonDocument, path: JsonPath): NodeId {
  return resolvePath(document, path) ?? nearestNode(document, path.slice(0, -1));
}
