import { AgentStateModule, agentStateType, agentStatusType } from './agent-state.ts';
import type { Clock } from './clock.ts';
import { memberOf, type PlainObject } from './plain.ts';
import { SessionStateModule, sessionStateType, sessionStatusType } from './session-state.ts';
import type { TypeRegistry } from './type-registry.ts';

/**
 * Makes a registry know the document's own states and enums (3.1, 4.1), in whatever Python module a program has them.
 * @throws StateValueError `already-registered`.
 */
export function registerDocumentTypes(registry: TypeRegistry, clock: Clock): TypeRegistry {
  return registry
    .registerEnum(agentStatusType)
    .registerEnum(sessionStatusType)
    .registerStateType({
      type: agentStateType,
      create: (data) => new AgentStateModule(idOf(data, 'agent_id'), clock),
      anyModule: true,
    })
    .registerStateType({
      type: sessionStateType,
      create: (data) => new SessionStateModule(idOf(data, 'session_id'), clock),
      anyModule: true,
    });
}

/** The load that follows judges what is no text. */
function idOf(data: Readonly<PlainObject>, key: string): string {
  const id = memberOf(data, key);
  return typeof id === 'string' ? id : '';
}
