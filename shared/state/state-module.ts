/**
 * AgentScope 1.x's StateModule, exactly (agentscope 1.0, `module/_state_module.py`), with TypeScript's names. The rules
 * are [M1] to [M12] of docs/STATE-RULES.md.
 */
import { StateAttributeError, StateKeyError, StateTypeError, StateValueError } from './errors.ts';
import { ObservedProperties } from './observed-properties.ts';
import { isJsonValue, isPlainObject, type PlainObject, setMember } from './plain.ts';

/** What `stateDict` gives and `loadStateDict` takes: plain data by state key. */
export type StateDict = PlainObject;

export interface StateConversion<T = unknown> {
  /** From the attribute to JSON data, when saving. */
  readonly toJson?: (value: T) => unknown;
  /** From JSON data to the attribute, when loading. */
  readonly fromJson?: (data: unknown) => T;
  /** The name in the state dict where it is not the attribute's: `agent_id` for `agentId`. */
  readonly key?: string;
}

export interface LoadOptions {
  /** Default true: a key that the data lacks is an error. Not handed on to nested modules, which always load strictly. */
  readonly strict?: boolean;
}

export interface RegisteredAttribute {
  readonly name: string;
  readonly key: string;
  readonly toJson: ((value: unknown) => unknown) | undefined;
  readonly fromJson: ((data: unknown) => unknown) | undefined;
}

/** The two ordered registries. Setting a name again keeps its place, in a Map as in Python's OrderedDict. */
class Registry {
  readonly modules = new Map<string, StateModule>();
  readonly attributes = new Map<string, RegisteredAttribute>();
  /** Set once the constructors of this file are through. */
  changed: (name: string, value: unknown, old: unknown) => void = () => undefined;
}

/**
 * Assign another StateModule to a property, or declare it as a class field, and it is part of the state. Anything else is
 * state once `registerState` named it. Modules inside arrays or objects are not found, as in AgentScope.
 */
export class StateModule extends ObservedProperties {
  readonly #registry: Registry;

  constructor() {
    const registry = new Registry();
    super(
      {
        assigned: (name, value, old) => {
          if (value instanceof StateModule) registry.modules.set(name, value);
          registry.changed(name, value, old);
        },
        deleting: (name, exists) => {
          if (exists) return;
          registry.modules.delete(name);
          registry.attributes.delete(name);
          throw new StateAttributeError('attribute-missing', `there is no attribute ${JSON.stringify(name)} to delete`);
        },
        deleted: (name, old) => {
          // Announced while it is still registered: whoever listens hears of state only.
          registry.changed(name, undefined, old);
          registry.modules.delete(name);
          registry.attributes.delete(name);
        },
      },
      () => {
        throw new StateTypeError('prototype-change', 'the prototype of a StateModule cannot be replaced');
      },
    );
    this.#registry = registry;
    registry.changed = (name, value, old) => this.stateChanged(name, value, old);
  }

  /**
   * Makes an attribute part of the state. Registering it again replaces its conversions without a word.
   * @throws StateAttributeError `attribute-missing`; then StateTypeError `not-json` for a value that is no JSON and has no
   * `toJson`; then StateValueError `name-is-module`, or `key-taken` when another attribute is saved under that key.
   */
  registerState<T = unknown>(name: string, conversion: StateConversion<T> = {}): void {
    const registry = registryOf(this);
    if (!(name in this)) {
      throw new StateAttributeError('attribute-missing', `there is no attribute ${JSON.stringify(name)} to register`);
    }
    const value: unknown = Reflect.get(this, name);
    if (!conversion.toJson && !isJsonValue(value)) {
      throw new StateTypeError('not-json', `the value of ${JSON.stringify(name)} is no JSON; give a toJson function`);
    }
    if (registry.modules.has(name)) {
      throw new StateValueError(
        'name-is-module',
        `${JSON.stringify(name)} is a nested module and needs no registration`,
      );
    }
    const key = conversion.key ?? name;
    for (const other of registry.attributes.values()) {
      if (other.key === key && other.name !== name) {
        throw new StateValueError(
          'key-taken',
          `${JSON.stringify(other.name)} is already saved as ${JSON.stringify(key)}`,
        );
      }
    }
    // The registry forgets T: the caller has said that the attribute is one.
    const toJson = conversion.toJson as ((value: unknown) => unknown) | undefined;
    registry.attributes.set(name, { name, key, toJson, fromJson: conversion.fromJson });
  }

  /** Nested modules first, then attributes, each in the order of their registration. Values are live, not copies. */
  stateDict(): StateDict {
    const registry = registryOf(this);
    const state: StateDict = {};
    for (const name of registry.modules.keys()) {
      const value: unknown = Reflect.get(this, name);
      if (value instanceof StateModule) setMember(state, name, value.stateDict());
    }
    for (const attribute of registry.attributes.values()) {
      const value: unknown = Reflect.get(this, attribute.name);
      setMember(state, attribute.key, attribute.toJson ? attribute.toJson(value) : value);
    }
    return state;
  }

  /**
   * Assigns what the data has. Extra keys are ignored. Not atomic: what was loaded before an error stays loaded
   * (`EnhancedStateModule` is). @throws StateKeyError `key-missing`, StateTypeError `not-a-dict`, or what `fromJson` throws.
   */
  loadStateDict(data: Readonly<StateDict>, options: LoadOptions = {}): void {
    const registry = registryOf(this);
    const strict = options.strict ?? true;
    requireDict(data, this);
    for (const [name, module] of registry.modules) {
      if (has(data, name, strict, this)) module.loadStateDict(data[name] as StateDict);
    }
    for (const { name, key, fromJson } of registry.attributes.values()) {
      if (has(data, key, strict, this)) Reflect.set(this, name, fromJson ? fromJson(data[key]) : data[key], this);
    }
  }

  /** Names of the nested modules, in order, those that were replaced by something else included. */
  get nestedModules(): readonly string[] {
    return [...registryOf(this).modules.keys()];
  }

  /** Names of the registered attributes, in order. */
  get registeredAttributes(): readonly string[] {
    return [...registryOf(this).attributes.keys()];
  }

  /** For subclasses: a property was assigned, or deleted (`value` undefined). */
  protected stateChanged(_name: string, _value: unknown, _old: unknown): void {}

  /** For this folder only: the registries of a module. */
  static registryOf(module: StateModule): Registry {
    if (!(#registry in module)) {
      throw new StateAttributeError(
        'base-constructor-not-run',
        'the constructor of StateModule has not run for this object: create it with `new`, and call super() first',
      );
    }
    return module.#registry;
  }
}

function registryOf(module: StateModule): Registry {
  return StateModule.registryOf(module);
}

/** Whether the data has the key; when it must and does not, that is an error. */
export function has(data: Readonly<StateDict>, key: string, strict: boolean, owner: StateModule): boolean {
  if (Object.hasOwn(data, key)) return true;
  if (!strict) return false;
  throw new StateKeyError('key-missing', `the state of ${nameOf(owner)} has no key ${JSON.stringify(key)}`);
}

export function requireDict(data: unknown, owner: StateModule): asserts data is StateDict {
  if (!isPlainObject(data)) throw new StateTypeError('not-a-dict', `the state of ${nameOf(owner)} is no dict`);
}

export function nameOf(owner: StateModule): string {
  return owner.constructor.name || 'a StateModule';
}
