import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EnhancedStateModule, StateLoadError } from './enhanced-state-module.ts';
import { migrateState } from './migrations.ts';
import { StateModule } from './state-module.ts';
import { defineStateType, type StateType } from './state-type.ts';

const counterType = defineStateType({
  name: 'test.Counter',
  schemaVersion: '3.0.0',
  migrations: [
    { from: '2.0.0', to: '3.0.0', migrate: ({ amount, ...rest }) => ({ ...rest, count: amount }) },
    { from: '1.0.0', to: '2.0.0', migrate: ({ n, ...rest }) => ({ ...rest, amount: n }) },
  ],
  attributes: [{ key: 'count', rules: [{ rule: 'is-number', check: (value) => typeof value === 'number' }] }],
});

class Plain extends StateModule {
  note: unknown = 'old';
  constructor() {
    super();
    this.registerState('note');
  }
}

class Counter extends EnhancedStateModule {
  count: unknown = 0;
  label: unknown = 'a';
  plain = new Plain();
  constructor(type: StateType = counterType) {
    super(type);
    this.registerState('count', {
      validators: [{ rule: 'not-negative', check: (value) => (value as number) >= 0 || 'it is negative' }],
    });
    this.registerState('label');
  }
}

class Parent extends EnhancedStateModule {
  child = new Counter();
  title: unknown = 't';
  constructor() {
    super();
    this.registerState('title', { fromJson: (data) => (data === 'bad' ? fail() : data) });
  }
}

function fail(): never {
  throw new Error('cannot be read');
}

const whole = { plain: { note: 'new' }, count: 5, label: 'b', _state_version: '3.0.0' };

describe('EnhancedStateModule', () => {
  test('[E1] there is one version per type; it is saved with the state and a load never changes it', () => {
    const counter = new Counter();
    expect(Object.keys(counter.stateDict())).toEqual(['plain', '_state_version', 'count', 'label']);
    counter.load({ plain: { note: 1 }, n: 4, label: 'x', _state_version: '1.0.0' });
    expect(counter.stateDict()['_state_version']).toBe('3.0.0');
  });

  test('[E2] migrations are chained and run before a load; the data given is left as it is', () => {
    const data = { plain: { note: 1 }, n: 4, label: 'x', _state_version: '1.0.0' };
    const before = structuredClone(data);
    const counter = new Counter();
    expect(counter.load(data)).toMatchObject({ applied: true, from: '1.0.0', to: '3.0.0' });
    expect(counter.count).toBe(4);
    expect(data).toEqual(before);
  });

  test('[E3] state without a version is of the first; what the state says goes before its envelope', () => {
    expect(new Counter().load({ plain: { note: 1 }, n: 4, label: 'x' })).toMatchObject({
      applied: true,
      from: '1.0.0',
    });
    const counter = new Counter();
    expect(counter.load({ plain: { note: 1 }, amount: 4, label: 'x' }, { version: '2.0.0' })).toMatchObject({
      applied: true,
      from: '2.0.0',
    });
    expect(counter.load(whole, { version: '1.0.0' })).toMatchObject({ applied: true, from: '3.0.0' });
  });

  test('[E4] a missing path is an error that names both versions, and nothing is loaded', () => {
    const counter = new Counter();
    const report = counter.load({ ...whole, _state_version: '9.1.0' });
    expect(report).toMatchObject({ applied: false, error: { code: 'migration-missing' } });
    expect(report.error?.message).toMatch(/9\.1\.0.*3\.0\.0/);
    expect(counter.count).toBe(0);
  });

  test('[E5] a failing migration names its step and keeps its cause', () => {
    const cause = new Error('no');
    const type = defineStateType({
      name: 'test.T',
      schemaVersion: '2',
      firstVersion: '1',
      migrations: [
        {
          from: '1',
          to: '2',
          migrate: () => {
            throw cause;
          },
        },
      ],
    });
    expect(() => migrateState(type, {})).toThrow(expect.objectContaining({ code: 'migration-failed', cause }));
    expect(() => migrateState(type, {})).toThrow(/from 1 to 2/);
  });

  test('[E2] of any set of migrations the shortest chain is taken, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
        fc.integer({ min: 0, max: 5 }),
        (order, start) => {
          const steps = order.map((n) => ({
            from: `${n}`,
            to: `${n + 1}`,
            migrate: (data: Record<string, unknown>) => ({ log: [...(data['log'] as number[]), n] }),
          }));
          const type = defineStateType({ name: 'test.T', schemaVersion: '6', migrations: steps });
          const { data } = migrateState(type, { log: [] }, `${start}`);
          expect(data['log']).toEqual([0, 1, 2, 3, 4, 5].slice(start));
          const shortcut = { from: `${start}`, to: '6', migrate: () => ({ log: 'short' }) };
          const shorter = defineStateType({ ...type, migrations: [...steps, shortcut] });
          if (start < 5) expect(migrateState(shorter, { log: [] }, `${start}`).data).toEqual({ log: 'short' });
        },
      ),
    );
  });

  test('[E6] validators are collected as findings with path, rule, value and message; saving does not throw', () => {
    const parent = new Parent();
    parent.child.count = -1;
    expect(parent.validate()).toEqual([
      { path: ['child', 'count'], rule: 'not-negative', value: -1, message: 'it is negative' },
    ]);
    expect(parent.stateDict()).toMatchObject({ child: { count: -1 } });
    parent.child.count = 'x';
    expect(parent.validate().map(({ rule }) => rule)).toEqual(['not-negative', 'is-number']);
  });

  test('[E7] findings refuse a load whole, nested modules and plain ones included', () => {
    const parent = new Parent();
    const before = structuredClone(parent.stateDict());
    const report = parent.load({ child: { ...whole, count: -3 }, title: 'bad' });
    expect(report.applied).toBe(false);
    expect(report.findings.map(({ path, rule }) => [path.join('.'), rule])).toEqual([
      ['child.count', 'not-negative'],
      ['title', 'from-json'],
    ]);
    expect(parent.stateDict()).toEqual(before);
  });

  test('[E8] a missing key refuses a strict load whole; loadStateDict throws the report', () => {
    const parent = new Parent();
    const before = structuredClone(parent.stateDict());
    expect(parent.load({ child: whole })).toMatchObject({ applied: false, error: { code: 'key-missing' } });
    expect(() => parent.loadStateDict({ child: whole })).toThrow(StateLoadError);
    expect(parent.stateDict()).toEqual(before);
    expect(parent.load({ child: whole }, { strict: false })).toMatchObject({ applied: true });
    expect(parent.load({ child: { count: 1 } }, { strict: false })).toMatchObject({ applied: false });
  });

  test('[E9] when a setter or a module with its own loading fails, everything is put back', () => {
    class Picky extends StateModule {
      kept: unknown = 'before';
      constructor() {
        super();
        this.registerState('kept');
      }
      override loadStateDict(data: Record<string, unknown>): void {
        this.kept = data['kept'];
        throw new Error('half way');
      }
    }
    class Holder extends Counter {
      picky = new Picky();
    }
    const holder = new Holder();
    const heard: string[] = [];
    holder.addStateListener('*', (name) => heard.push(name));
    const before = structuredClone(holder.stateDict());
    const report = holder.load({ ...whole, picky: { kept: 'after' } });
    expect(report).toMatchObject({ applied: false, error: { code: 'load-refused' } });
    expect(report.error?.message).toContain('half way');
    expect(holder.stateDict()).toEqual(before);
    expect(heard).toEqual([]);
  });

  test('[E10] listeners of an attribute and of * hear each assignment of state, with new and old value', () => {
    const counter = new Counter();
    const heard: unknown[] = [];
    const stop = counter.addStateListener('count', (...change) => heard.push(['count', ...change]));
    counter.addStateListener('*', (...change) => heard.push(['*', ...change]));
    counter.count = 1;
    Object.assign(counter, { unregistered: 1 });
    stop();
    counter.label = 'z';
    counter.count = 2;
    expect(heard).toEqual([
      ['count', 'count', 1, 0],
      ['*', 'count', 1, 0],
      ['*', 'label', 'z', 'a'],
      ['*', 'count', 2, 1],
    ]);
    const plain = counter.plain;
    counter.plain = new Plain();
    expect(heard.at(-1)).toEqual(['*', 'plain', counter.plain, plain]);
  });

  test('[E11] an error of a listener is collected and stops neither the others nor the assignment', () => {
    const counter = new Counter();
    const heard: unknown[] = [];
    counter.addStateListener('count', fail);
    counter.addStateListener('count', (_, next) => heard.push(next));
    counter.count = 3;
    expect(counter.count).toBe(3);
    expect(heard).toEqual([3]);
    expect(counter.listenerErrors).toMatchObject([{ attribute: 'count', error: { message: 'cannot be read' } }]);
    for (let n = 0; n < 150; n++) counter.count = n;
    expect(counter.listenerErrors).toHaveLength(100);
  });

  test('[E12] during a load listeners are told after the last assignment', () => {
    const counter = new Counter();
    const seen: unknown[] = [];
    counter.addStateListener('count', () => seen.push([counter.count, counter.label, counter.plain.note]));
    counter.load(whole);
    expect(seen).toEqual([[5, 'b', 'new']]);
  });
});
