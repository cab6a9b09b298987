/** Listens to every assignment in a module and in the modules nested in it, also those that are put in later. */
import type { JsonPath } from '../../../shared/json/path.ts';
import { EnhancedStateModule } from '../../../shared/state/enhanced-state-module.ts';
import { StateModule } from '../../../shared/state/state-module.ts';

/** `value` is what the state dict has there, or undefined when it is gone. */
export type ModuleListener = (path: JsonPath, value: unknown) => void;

export class ModuleListeners {
  readonly #tell: ModuleListener;
  readonly #nested = new Map<string, ModuleListeners>();
  readonly #end: () => void;
  #isSilent = false;

  constructor(module: EnhancedStateModule, tell: ModuleListener) {
    this.#tell = (path, value) => {
      if (!this.#isSilent) tell(path, value);
    };
    for (const name of module.nestedModules) this.#listenTo(name, Reflect.get(module, name));
    this.#end = module.addStateListener('*', (attribute, next) => {
      if (next instanceof StateModule || this.#nested.has(attribute)) {
        this.#listenTo(attribute, next);
        this.#tell([attribute], next instanceof StateModule ? next.stateDict() : undefined);
        return;
      }
      const known = StateModule.registryOf(module).attributes.get(attribute);
      if (known === undefined) return;
      this.#tell([known.key], next !== undefined && known.toJson ? known.toJson(next) : next);
    });
  }

  end(): void {
    this.#end();
    for (const listeners of this.#nested.values()) listeners.end();
    this.#nested.clear();
  }

  /** Does something of which nobody is told. */
  silently<T>(work: () => T): T {
    this.#isSilent = true;
    try {
      return work();
    } finally {
      this.#isSilent = false;
    }
  }

  #listenTo(name: string, module: unknown): void {
    this.#nested.get(name)?.end();
    this.#nested.delete(name);
    if (!(module instanceof EnhancedStateModule)) return;
    this.#nested.set(name, new ModuleListeners(module, (path, value) => this.#tell([name, ...path], value)));
  }
}
