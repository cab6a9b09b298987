/** The classes of states that the state-management design names (1.3): core, extended and runtime. */

export const STATE_CLASSES = ['core', 'extended', 'runtime'] as const;
export type StateClass = (typeof STATE_CLASSES)[number];

const CORE = new Set(['agent', 'session', 'conversation', 'memory', 'toolkit']);
const RUNTIME = new Set(['cache', 'metrics', 'performance', 'monitor', 'config', 'system', 'temp', 'log']);

/** The class of a kind, in one or in many (`log`, `logs`). What the design does not name is the user's own: extended. */
export function stateClassOf(kind: string): StateClass {
  const name = kind.toLowerCase();
  const one = name.endsWith('s') ? name.slice(0, -1) : name;
  if (CORE.has(name) || CORE.has(one)) return 'core';
  return RUNTIME.has(name) || RUNTIME.has(one) ? 'runtime' : 'extended';
}
