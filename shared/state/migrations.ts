import { reasonOf, StateError, StateValueError } from './errors.ts';
import { cloneValue, isPlainObject, memberOf, type PlainObject, setMember } from './plain.ts';
import type { StateType } from './state-type.ts';

export interface Migration {
  readonly from: string;
  readonly to: string;
  /** Gets its own copy, which it may change and return. Data only: no tags, no envelope. */
  readonly migrate: (data: PlainObject) => PlainObject;
}

/** The version that a state carries with itself, as the document registers it (2.2.1). */
export const VERSION_KEY = '_state_version';

/** The version of state data: what it says itself, else what its envelope says, else the type's first. */
export function versionOf(type: StateType, data: PlainObject, envelopeVersion?: string): string {
  return ownVersion(data) ?? envelopeVersion ?? type.firstVersion;
}

/** The version that state data says itself. */
export function ownVersion(data: unknown): string | undefined {
  const own = isPlainObject(data) ? memberOf(data, VERSION_KEY) : undefined;
  return typeof own === 'string' ? own : undefined;
}

/**
 * The shortest chain of migrations; empty when the versions are the same.
 * @throws StateValueError `migration-missing`, naming both versions.
 */
function migrationPath(type: StateType, from: string, to: string): readonly Migration[] {
  const reached = new Map<string, readonly Migration[]>([[from, []]]);
  // A Map is iterated in order, including what is added meanwhile: a breadth-first search.
  for (const [version, path] of reached) {
    if (version === to) return path;
    for (const migration of type.migrations) {
      if (migration.from === version && !reached.has(migration.to)) reached.set(migration.to, [...path, migration]);
    }
  }
  throw new StateValueError(
    'migration-missing',
    `${type.name} is at version ${to}, the data at ${from}, and no migrations lead from ${from} to ${to}`,
  );
}

export interface MigratedState {
  /** A copy, unless nothing had to be done. */
  readonly data: PlainObject;
  readonly from: string;
  readonly to: string;
  /** The versions that were passed, `from` and `to` included. */
  readonly steps: readonly string[];
}

/** @throws StateValueError `migration-missing`; StateError `migration-failed`, naming the step. The data is not changed. */
export function migrateState(type: StateType, data: PlainObject, envelopeVersion?: string): MigratedState {
  const from = versionOf(type, data, envelopeVersion);
  const to = type.schemaVersion;
  const path = migrationPath(type, from, to);
  if (path.length === 0) return { data, from, to, steps: [from] };
  let current = cloneValue(data);
  for (const step of path) current = runStep(type, step, current);
  if (Object.hasOwn(current, VERSION_KEY)) setMember(current, VERSION_KEY, to);
  return { data: current, from, to, steps: [from, ...path.map((step) => step.to)] };
}

function runStep(type: StateType, step: Migration, data: PlainObject): PlainObject {
  const where = `migrating ${type.name} from ${step.from} to ${step.to}`;
  let result: unknown;
  try {
    result = step.migrate(data);
  } catch (error) {
    throw new StateError('migration-failed', `${where} failed: ${reasonOf(error)}`, error);
  }
  if (!isPlainObject(result)) throw new StateError('migration-failed', `${where} gave no dict`);
  return result;
}
