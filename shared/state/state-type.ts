/** What is known about a kind of state without having one: its name, version, attributes, rules and migrations. */
import { reasonOf, StateValueError } from './errors.ts';
import type { Migration } from './migrations.ts';
import { isPlainObject, type PlainObject } from './plain.ts';

/** A value that breaks a rule. Findings are collected, never thrown in the middle of saving or loading. */
export interface Finding {
  /** From the root of the state data. */
  readonly path: readonly (string | number)[];
  /** The name of the rule: `is-list`. */
  readonly rule: string;
  readonly value: unknown;
  /** English: what is wrong and what was expected. */
  readonly message: string;
  /** For a text in another language, such as the `allowed` members of an enum. */
  readonly details?: Readonly<Record<string, string>> | undefined;
}

export interface ValueRule {
  readonly rule: string;
  /** True: fine. Text: what is wrong. False: the rule's name says enough. What it throws is a finding, too. */
  readonly check: (value: unknown) => boolean | string;
  /** Of every finding of the rule: for a text in another language. */
  readonly details?: Readonly<Record<string, string>>;
}

export interface AttributeDeclaration {
  /** As in the state dict. */
  readonly key: string;
  readonly description?: string;
  /** Default true: its absence is a finding, rule `required`. */
  readonly required?: boolean;
  /** On the decoded state data, before any `fromJson`. */
  readonly rules?: readonly ValueRule[];
}

/** The document's classes of state (1.3). */
export type StateClass = 'core' | 'extended' | 'runtime';

export interface StateType {
  /** Qualified: `robot.agents.AgentStateModule`. Envelopes carry it as `__type__`. */
  readonly name: string;
  readonly stateClass: StateClass;
  /** Of what is written today. */
  readonly schemaVersion: string;
  /** Of state without a version, as AgentScope writes it. */
  readonly firstVersion: string;
  readonly attributes: readonly AttributeDeclaration[];
  /** In any order; a load takes the shortest chain. */
  readonly migrations: readonly Migration[];
}

export const FIRST_VERSION = '1.0.0';

/** `stateClass` is `extended`, both versions are `1.0.0`, and there are no declarations, unless given. */
export function defineStateType(type: Partial<StateType> & Pick<StateType, 'name'>): StateType {
  if (type.name === '') throw new StateValueError('invalid-value', 'a state type needs a name');
  const firstVersion = type.firstVersion ?? FIRST_VERSION;
  return Object.freeze({
    name: type.name,
    stateClass: type.stateClass ?? 'extended',
    firstVersion,
    schemaVersion: type.schemaVersion ?? firstVersion,
    attributes: Object.freeze([...(type.attributes ?? [])]),
    migrations: Object.freeze([...(type.migrations ?? [])]),
  });
}

/** Findings of decoded state data against the declarations of its type. */
export function validateState(type: StateType, data: unknown): Finding[] {
  if (!isPlainObject(data)) {
    return [{ path: [], rule: 'is-dict', value: data, message: `the state of ${type.name} is no dict` }];
  }
  return type.attributes.flatMap((declaration) => declarationFindings(declaration, data));
}

function declarationFindings({ key, required, rules }: AttributeDeclaration, data: PlainObject): Finding[] {
  if (Object.hasOwn(data, key)) return checkValue([key], data[key], rules ?? []);
  if (required === false) return [];
  return [{ path: [key], rule: 'required', value: undefined, message: `${JSON.stringify(key)} is missing` }];
}

export function checkValue(path: Finding['path'], value: unknown, rules: readonly ValueRule[]): Finding[] {
  const findings: Finding[] = [];
  for (const { rule, check, details } of rules) {
    const verdict = verdictOf(check, value);
    if (verdict === true) continue;
    const message = verdict === false ? `${JSON.stringify(path.at(-1) ?? '')} breaks the rule ${rule}` : verdict;
    findings.push({ path, rule, value, message, ...(details && { details }) });
  }
  return findings;
}

function verdictOf(check: ValueRule['check'], value: unknown): boolean | string {
  try {
    return check(value);
  } catch (error) {
    return `the rule itself failed: ${reasonOf(error)}`;
  }
}
