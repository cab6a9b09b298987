import { expect, test } from 'vitest';
import { stateClassOf } from './state-class.ts';

test('the classes of 1.3: what agents, memory, tools and sessions are is core; caches, monitoring and settings are runtime', () => {
  for (const kind of ['agent', 'session', 'conversation', 'memory', 'toolkit', 'Agent', 'agents'])
    expect([kind, stateClassOf(kind)]).toEqual([kind, 'core']);
  for (const kind of ['cache', 'metrics', 'performance', 'monitor', 'config', 'system', 'temp', 'log', 'logs'])
    expect([kind, stateClassOf(kind)]).toEqual([kind, 'runtime']);
  for (const kind of ['user', 'board', 'knowledge', 'file', 'constructor', '', 's'])
    expect([kind, stateClassOf(kind)]).toEqual([kind, 'extended']);
});
