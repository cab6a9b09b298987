/**
 * Loading in two steps: work out every assignment, then make them all. Nothing is assigned while anything can still be
 * refused, and what was assigned is taken back when a setter fails.
 */
import { reasonOf } from './errors.ts';
import type { PlainObject } from './plain.ts';
import { has, requireDict, type StateDict, StateModule } from './state-module.ts';
import type { Finding } from './state-type.ts';

/** What a module that takes part in all-or-nothing loads offers beside StateModule. */
export interface Stageable {
  /** The data as it is to be loaded, migrated. */
  prepare(data: PlainObject, path: Finding['path'], findings: Finding[]): PlainObject;
  /** Findings of one value that would be assigned. */
  check(name: string, value: unknown, path: Finding['path']): Finding[];
}

interface Step {
  readonly apply: () => void;
  readonly undo: () => void;
}

export class LoadPlan {
  readonly findings: Finding[] = [];
  /** Every module that takes part, with the data as it is loaded into it. */
  readonly modules: { readonly module: StateModule; readonly data: StateDict }[] = [];
  readonly #steps: Step[] = [];
  readonly #stageable: (module: StateModule) => Stageable | undefined;
  /** Loading is StateModule's own, or EnhancedStateModule's: then it is known what it would assign. */
  readonly #isOrdinary: (module: StateModule) => boolean;

  constructor(stageable: (module: StateModule) => Stageable | undefined, isOrdinary: (module: StateModule) => boolean) {
    this.#stageable = stageable;
    this.#isOrdinary = isOrdinary;
  }

  /** @throws StateKeyError, StateTypeError, StateValueError: the reasons for which AgentScope would stop half way. */
  stage(module: StateModule, given: unknown, strict: boolean, path: Finding['path'], skip?: string): void {
    requireDict(given, module);
    const stageable = this.#stageable(module);
    const data = stageable ? stageable.prepare(given, path, this.findings) : given;
    this.modules.push({ module, data });
    const registry = StateModule.registryOf(module);
    for (const [name, nested] of registry.modules) {
      if (!has(data, name, strict, module)) continue;
      if (this.#isOrdinary(nested)) this.stage(nested, data[name], true, [...path, name], skip);
      else this.#stageForeign(nested, data[name] as StateDict);
    }
    for (const { name, key, fromJson } of registry.attributes.values()) {
      if (name === skip && stageable) continue;
      if (!has(data, key, strict, module)) continue;
      const at = [...path, key];
      let value: unknown = data[key];
      try {
        if (fromJson) value = fromJson(value);
      } catch (error) {
        this.findings.push({ path: at, rule: 'from-json', value, message: reasonOf(error) });
        continue;
      }
      if (stageable) this.findings.push(...stageable.check(name, value, at));
      this.#assign(module, name, value);
    }
  }

  /** @throws whatever a setter or a foreign module throws, after everything was put back. */
  commit(): void {
    let done = 0;
    try {
      for (const step of this.#steps) {
        done++;
        step.apply();
      }
    } catch (error) {
      for (const step of this.#steps.slice(0, done).toReversed()) step.undo();
      throw error;
    }
  }

  #assign(module: StateModule, name: string, value: unknown): void {
    let old: unknown;
    this.#steps.push({
      apply: () => {
        old = Reflect.get(module, name);
        Reflect.set(module, name, value, module);
      },
      undo: () => void Reflect.set(module, name, old, module),
    });
  }

  /** A module with its own way of loading cannot be asked what it would do: it does it, and its attributes are put back. */
  #stageForeign(module: StateModule, data: StateDict): void {
    const before = new Map<StateModule, Map<string, unknown>>();
    this.#steps.push({
      apply: () => {
        capture(module, before);
        module.loadStateDict(data);
      },
      undo: () => {
        for (const [owner, values] of before)
          for (const [name, value] of values) Reflect.set(owner, name, value, owner);
      },
    });
  }
}

function capture(module: StateModule, into: Map<StateModule, Map<string, unknown>>): void {
  if (into.has(module)) return;
  const registry = StateModule.registryOf(module);
  const values = new Map<string, unknown>();
  into.set(module, values);
  for (const [name, nested] of registry.modules) {
    values.set(name, Reflect.get(module, name));
    capture(nested, into);
  }
  for (const name of registry.attributes.keys()) values.set(name, Reflect.get(module, name));
}
