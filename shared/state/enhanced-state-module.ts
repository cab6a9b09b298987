/** The document's EnhancedStateModule (2.2.1), as SEED-DECISIONS 2 to 5 have it. Rules [E1] to [E12]. */
import { reasonOf, StateError } from './errors.ts';
import { LoadPlan, type Stageable } from './load-plan.ts';
import { migrateState, VERSION_KEY, versionOf } from './migrations.ts';
import { isPlainObject } from './plain.ts';
import { type LoadOptions, type StateConversion, type StateDict, StateModule } from './state-module.ts';
import {
  checkValue,
  defineStateType,
  type Finding,
  type StateType,
  type ValueRule,
  validateState,
} from './state-type.ts';

/** `attribute` was assigned; a deleted one has `next` undefined. */
export type StateListener = (attribute: string, next: unknown, old: unknown) => void;

export interface ValidatedConversion<T = unknown> extends StateConversion<T> {
  /** On the attribute's value, after `fromJson` and as it is when saving. */
  readonly validators?: readonly ValueRule[];
}

export interface VersionedLoadOptions extends LoadOptions {
  /** What the envelope said. The data's own `_state_version` comes first; without either it is the type's first version. */
  readonly version?: string;
}

/** How a load went. `applied` false: the module is as it was before. */
export interface LoadReport {
  readonly applied: boolean;
  readonly from: string | undefined;
  readonly to: string;
  /** Why it was refused, beside the findings: a missing key, no migration, a setter that failed. */
  readonly error: StateError | undefined;
  readonly findings: readonly Finding[];
}

/** A load that was refused, with everything that was found. */
export class StateLoadError extends StateError {
  override readonly name = 'StateLoadError';
  readonly report: LoadReport;

  constructor(report: LoadReport) {
    const first = report.error?.message ?? report.findings[0]?.message ?? 'nothing was said';
    const more = report.findings.length > 1 ? ` (and ${report.findings.length - 1} more findings)` : '';
    super('load-refused', `nothing was loaded: ${first}${more}`, report.error);
    this.report = report;
  }
}

export interface ListenerError {
  readonly attribute: string;
  readonly error: unknown;
}

/** How many listener errors are kept: the latest. */
const MAX_LISTENER_ERRORS = 100;

type Change = readonly [attribute: string, next: unknown, old: unknown];

export class EnhancedStateModule extends StateModule {
  readonly #type: StateType;
  readonly #validators = new Map<string, readonly ValueRule[]>();
  readonly #listeners = new Map<string, Set<StateListener>>();
  #listenerErrors: ListenerError[] = [];
  /** Changes of a load that is under way: announced once it is whole. */
  #held: Change[] | undefined;

  /** @param type one per kind of state. Without it: the class's name, version 1.0.0, no declarations. */
  constructor(type?: StateType) {
    super();
    this.#type = type ?? defineStateType({ name: new.target.name || 'EnhancedStateModule' });
    super.registerState(VERSION_KEY);
  }

  get stateType(): StateType {
    return this.#type;
  }

  /** Saved with the state, so that a state without an envelope has its version, too. A load never changes it. */
  get [VERSION_KEY](): string {
    return this.#type.schemaVersion;
  }

  /** The errors of listeners, oldest first, the latest 100. */
  get listenerErrors(): readonly ListenerError[] {
    return this.#listenerErrors;
  }

  /** As StateModule's, with validators. @throws what StateModule's does. A value that breaks a rule now is no error. */
  override registerState<T = unknown>(name: string, conversion: ValidatedConversion<T> = {}): void {
    super.registerState(name, conversion);
    this.#validators.set(name, conversion.validators ?? []);
  }

  /** `attribute` may be `*`. A listener hears of registered attributes and nested modules. Returns what ends it. */
  addStateListener(attribute: string, listener: StateListener): () => void {
    const listeners = this.#listeners.get(attribute) ?? new Set();
    this.#listeners.set(attribute, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** Findings of what the module holds now: validators on values, declarations on the state dict; nested modules included. */
  validate(): readonly Finding[] {
    return this.#findings([]);
  }

  /**
   * Migrates, validates, then loads all or nothing. Never throws for what is in the data: it reports. Listeners hear of the
   * changes after the last of them.
   */
  load(data: Readonly<StateDict>, options: VersionedLoadOptions = {}): LoadReport {
    const to = this.#type.schemaVersion;
    const from = isPlainObject(data) ? versionOf(this.#type, data, options.version) : undefined;
    const plan = new LoadPlan(stageableOf(options.version, this), isOrdinary);
    const refused = (error: StateError | undefined): LoadReport => {
      return { applied: false, from, to, error, findings: plan.findings };
    };
    try {
      plan.stage(this, data, options.strict ?? true, [], VERSION_KEY);
    } catch (error) {
      if (error instanceof StateError) return refused(error);
      throw error;
    }
    if (plan.findings.length > 0) return refused(undefined);
    const loaded = plan.modules.flatMap(({ module, data }) => {
      return module instanceof EnhancedStateModule ? [{ module, data }] : [];
    });
    const modules = loaded.map(({ module }) => module);
    for (const module of modules) module.#held = [];
    try {
      plan.commit();
    } catch (error) {
      for (const module of modules) module.#held = undefined;
      return refused(new StateError('load-refused', `assigning failed: ${reasonOf(error)}`, error));
    }
    const changes = modules.map((module) => [module, module.#held ?? []] as const);
    for (const module of modules) module.#held = undefined;
    for (const { module, data } of loaded) module.loaded(data);
    for (const [module, held] of changes) for (const change of held) module.#notify(...change);
    return { applied: true, from, to, error: undefined, findings: [] };
  }

  /** `load`, for callers that know StateModule only. @throws StateLoadError with the report. */
  override loadStateDict(data: Readonly<StateDict>, options: VersionedLoadOptions = {}): void {
    const report = this.load(data, options);
    if (!report.applied) throw new StateLoadError(report);
  }

  /** For subclasses: a load is whole, and its listeners have not been called yet. */
  protected loaded(_data: Readonly<StateDict>): void {}

  protected override stateChanged(name: string, next: unknown, old: unknown): void {
    // Before this class's own fields exist there is nobody to tell.
    if (!(#held in this)) return;
    const isState = this.registeredAttributes.includes(name) || this.nestedModules.includes(name);
    if (!isState) return;
    if (this.#held) this.#held.push([name, next, old]);
    else this.#notify(name, next, old);
  }

  #notify(attribute: string, next: unknown, old: unknown): void {
    const listeners = [...(this.#listeners.get(attribute) ?? []), ...(this.#listeners.get('*') ?? [])];
    for (const listener of listeners) {
      try {
        listener(attribute, next, old);
      } catch (error) {
        this.#listenerErrors = [...this.#listenerErrors, { attribute, error }].slice(-MAX_LISTENER_ERRORS);
      }
    }
  }

  #findings(path: Finding['path']): Finding[] {
    const registry = StateModule.registryOf(this);
    const findings: Finding[] = [];
    for (const name of registry.modules.keys()) {
      const nested: unknown = Reflect.get(this, name);
      if (nested instanceof EnhancedStateModule) findings.push(...nested.#findings([...path, name]));
    }
    for (const { name, key } of registry.attributes.values()) {
      findings.push(...checkValue([...path, key], Reflect.get(this, name), this.#validators.get(name) ?? []));
    }
    for (const finding of validateState(this.#type, this.stateDict())) {
      findings.push({ ...finding, path: [...path, ...finding.path] });
    }
    return findings;
  }

  /** For `load`: how one module takes part in it. */
  static stageable(module: EnhancedStateModule, envelopeVersion: string | undefined): Stageable {
    return {
      prepare: (data, path, findings) => {
        const migrated = migrateState(module.#type, data, envelopeVersion);
        for (const finding of validateState(module.#type, migrated.data)) {
          // A missing key is for `strict` to judge.
          if (finding.rule !== 'required') findings.push({ ...finding, path: [...path, ...finding.path] });
        }
        return migrated.data;
      },
      check: (name, value, path) => checkValue(path, value, module.#validators.get(name) ?? []),
    };
  }
}

function stageableOf(
  version: string | undefined,
  root: EnhancedStateModule,
): (module: StateModule) => Stageable | undefined {
  return (module) => {
    if (!(module instanceof EnhancedStateModule)) return undefined;
    // The envelope speaks of the root only.
    return EnhancedStateModule.stageable(module, module === root ? version : undefined);
  };
}

function isOrdinary(module: StateModule): boolean {
  const load: unknown = Reflect.get(module, 'loadStateDict');
  return ORDINARY.some((known) => Reflect.get(known, 'loadStateDict') === load);
}

const ORDINARY = [StateModule.prototype, EnhancedStateModule.prototype];
