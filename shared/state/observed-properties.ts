/** Told about every property that an instance gets or loses. */
export interface PropertyHooks {
  assigned(name: string, value: unknown, old: unknown): void;
  /** Before the deletion; `exists` is false for a name that the instance does not have. */
  deleting(name: string, exists: boolean): void;
  deleted(name: string, old: unknown): void;
}

/**
 * Base class that makes plain assignment visible. Its constructor returns a Proxy, so everything that a subclass does with
 * `this` passes through it: assignments, class fields (which are definitions on whatever the base constructor returned)
 * and private `#fields` (which are installed on the Proxy itself and cost nothing). Reading is untouched.
 *
 * A separate class, because a class cannot put its own private fields on what its own constructor returns.
 */
// oxlint-disable-next-line typescript/no-extraneous-class -- its constructor is its point
export class ObservedProperties {
  constructor(hooks: PropertyHooks, refusePrototype: () => never) {
    return new Proxy(this, {
      // Assignment arrives here, too: OrdinarySet ends by defining the property on the receiver.
      defineProperty(target, key, descriptor) {
        const old = ownValue(target, key);
        const done = Reflect.defineProperty(target, key, descriptor);
        if (done && typeof key === 'string' && 'value' in descriptor) hooks.assigned(key, descriptor.value, old);
        return done;
      },
      deleteProperty(target, key) {
        if (typeof key !== 'string') return Reflect.deleteProperty(target, key);
        const old = ownValue(target, key);
        hooks.deleting(key, Object.hasOwn(target, key));
        const done = Reflect.deleteProperty(target, key);
        if (done) hooks.deleted(key, old);
        return done;
      },
      setPrototypeOf: refusePrototype,
    });
  }
}

function ownValue(target: object, key: string | symbol): unknown {
  return Reflect.getOwnPropertyDescriptor(target, key)?.value;
}
