import { describe, expect, test } from 'vitest';
import { StateAttributeError, StateKeyError, StateTypeError, StateValueError } from './errors.ts';
import { type StateDict, StateModule } from './state-module.ts';
import { NumberLiteral, Tuple } from './values.ts';

class Memory extends StateModule {
  content: unknown[] = [];
  constructor() {
    super();
    this.registerState('content');
  }
}

class Agent extends StateModule {
  name = 'planner';
  memory: Memory | null = new Memory();
  readonly #secret = 7;
  constructor() {
    super();
    this.registerState('name');
  }
  secret(): number {
    return this.#secret;
  }
}

class Bag extends StateModule {
  [name: string]: unknown;
}

function bag(values: Record<string, unknown>): Bag {
  return Object.assign(new Bag(), values);
}

describe('StateModule', () => {
  test('[M1] a module registers by plain assignment and by class field, and private fields work as ever', () => {
    const agent = new Agent();
    expect(agent.nestedModules).toEqual(['memory']);
    expect(agent.secret()).toBe(7);
    expect(bag({ first: new Memory(), other: 1 }).nestedModules).toEqual(['first']);
  });

  test('[M2] modules inside arrays and objects are not found', () => {
    expect(bag({ list: [new Memory()], dict: { memory: new Memory() } }).nestedModules).toEqual([]);
  });

  test('[M3] an object whose base constructor did not run is an AttributeError', () => {
    const made = Object.create(Agent.prototype) as Agent;
    expect(() => made.stateDict()).toThrow(StateAttributeError);
    expect(() => made.registerState('name')).toThrow(expect.objectContaining({ code: 'base-constructor-not-run' }));
    // Before super() the language itself refuses `this`.
    class Early extends StateModule {
      memory: Memory;
      constructor() {
        const assign = (): Memory => (this.memory = new Memory());
        assign();
        super();
        this.memory = new Memory();
      }
    }
    expect(() => new Early()).toThrow(ReferenceError);
  });

  test('[M4] deleting unregisters, both kinds; a name that is not there is an AttributeError', () => {
    const state = bag({ memory: new Memory(), count: 1 });
    state.registerState('count');
    delete state['memory'];
    delete state['count'];
    expect(state.stateDict()).toEqual({});
    expect(state.registeredAttributes).toEqual([]);
    expect(() => delete state['count']).toThrow(StateAttributeError);
  });

  test('[M5] registering checks in this order: attribute, JSON, module', () => {
    const state = bag({ memory: new Memory(), when: new Date() });
    expect(() => state.registerState('absent')).toThrow(StateAttributeError);
    expect(() => state.registerState('when')).toThrow(StateTypeError);
    expect(() => state.registerState('memory')).toThrow(StateTypeError);
    expect(() => state.registerState('memory', { toJson: () => 1 })).toThrow(StateValueError);
  });

  test('[M6] JSON is what json.dumps takes, and is asked at registration only', () => {
    const good = [
      null,
      true,
      1.5,
      NaN,
      10n ** 30n,
      'x',
      [],
      {},
      [{ a: [1] }],
      new Tuple([1]),
      new NumberLiteral('1.0'),
    ];
    for (const value of [
      ...good,
      new Map<unknown, unknown>([
        [1, 'a'],
        [null, 'b'],
      ]),
    ]) {
      expect(() => bag({ value }).registerState('value')).not.toThrow();
    }
    const circle: unknown[] = [];
    circle.push(circle);
    for (const value of [
      undefined,
      new Set(),
      new Date(),
      () => 1,
      Symbol('s'),
      circle,
      [undefined],
      new Map([[{}, 1]]),
    ]) {
      expect(() => bag({ value }).registerState('value')).toThrow(StateTypeError);
    }
    const later = bag({ value: 1 });
    later.registerState('value');
    later['value'] = new Set([1]);
    expect(later.stateDict()).toEqual({ value: new Set([1]) });
  });

  test('[M7] registering again replaces without a word and keeps the place', () => {
    const state = bag({ a: 1, b: 2 });
    state.registerState('a');
    state.registerState('b');
    state.registerState<number>('a', { toJson: (value) => value * 10 });
    expect(Object.entries(state.stateDict())).toEqual([
      ['a', 10],
      ['b', 2],
    ]);
  });

  test('[M8] the state dict has nested modules first, then attributes, in order, and the values are live', () => {
    const state = bag({ z: [1], y: 2 });
    state.registerState('z');
    state.registerState('y');
    state['b'] = new Memory();
    state['a'] = new Memory();
    expect(Object.keys(state.stateDict())).toEqual(['b', 'a', 'z', 'y']);
    expect(state.stateDict()['z']).toBe(state['z']);
  });

  test('[M9] a missing key is a KeyError when strict, and skipped when not; extra keys are ignored', () => {
    const agent = new Agent();
    expect(() => agent.loadStateDict({ memory: { content: [] } })).toThrow(StateKeyError);
    agent.loadStateDict({ memory: { content: [1] }, surplus: 1 }, { strict: false });
    expect(agent.name).toBe('planner');
    expect(agent.memory?.content).toEqual([1]);
    expect('surplus' in agent).toBe(false);
  });

  test('[M10] strict is not handed to nested modules: they always load strictly', () => {
    expect(() => new Agent().loadStateDict({ memory: {} }, { strict: false })).toThrow(StateKeyError);
  });

  test('[M11] a load is not atomic: what came before the error stays', () => {
    const agent = new Agent();
    expect(() => agent.loadStateDict({ memory: { content: ['kept'] } })).toThrow(StateKeyError);
    expect(agent.memory?.content).toEqual(['kept']);
  });

  test('[M12] a module set to null drops out of the state dict, and a later strict load is a KeyError', () => {
    const agent = new Agent();
    agent.memory = null;
    const saved = agent.stateDict();
    expect(saved).toEqual({ name: 'planner' });
    expect(() => agent.loadStateDict(saved)).toThrow(StateKeyError);
  });

  test('[M13] toJson and fromJson convert, and a key renames', () => {
    const state = bag({ seen: new Set([2, 1]) });
    state.registerState<Set<number>>('seen', {
      toJson: (value) => [...value],
      fromJson: (data) => new Set(data as number[]),
      key: 'seen_ids',
    });
    expect(state.stateDict()).toEqual({ seen_ids: [2, 1] });
    state.loadStateDict({ seen_ids: [5] });
    expect(state['seen']).toEqual(new Set([5]));
    state['other'] = 1;
    expect(() => state.registerState('other', { key: 'seen_ids' })).toThrow(StateValueError);
  });

  test('[M14] `__proto__` and its like are data: nothing is inherited from a state, and no prototype is replaced', () => {
    const state = bag({ value: 1 });
    state.registerState('value', { key: '__proto__' });
    expect(Object.keys(state.stateDict())).toEqual(['__proto__']);
    expect(() => state.loadStateDict({})).toThrow(StateKeyError);
    expect(() => Object.setPrototypeOf(state, {})).toThrow(StateTypeError);
    state.registerState('value', { key: 'constructor' });
    expect(() => state.loadStateDict({})).toThrow(StateKeyError);
  });

  test('[M15] state that is no dict is a TypeError', () => {
    for (const data of [null, [], 'x', 1]) {
      expect(() => new Agent().loadStateDict(data as unknown as StateDict)).toThrow(StateTypeError);
    }
  });
});
