/**
 * `statescope/state`: state modules that an agent keeps its state in, and the codec that reads and writes them. Pure
 * TypeScript; files, clocks and timers come from the caller. docs/STATE.md shows an agent, docs/STATE-RULES.md has the rules.
 */
export { AgentStateManager, type AgentSystemMetrics } from './agent-manager.ts';
export { AgentMetrics } from './agent-metrics.ts';
export { AgentStateModule, AgentStatus, agentStateType, agentStatusType, CONTEXT_LIMIT } from './agent-state.ts';
export { canonicalJson, pythonJson } from './canonical.ts';
export {
  type Checksums,
  type ChecksumVerdict,
  canonicalChecksum,
  checksumsOf,
  pythonChecksum,
  verifyChecksum,
} from './checksum.ts';
export type { Clock, Timer } from './clock.ts';
export {
  type DecodedState,
  type EncodableState,
  type EncodeOptions,
  type Origin,
  StateCodec,
  type StateLabels,
} from './codec.ts';
export { DateTime } from './date-time.ts';
export { decodedJson } from './decoded-json.ts';
export {
  type DeclaredAttribute,
  type DeclaredType,
  decodeStored,
  describeState,
  type StateDescription,
  type StateFinding,
  type StoredBeside,
} from './describe-state.ts';
export { registerDocumentTypes } from './document-types.ts';
export {
  EnhancedStateModule,
  type ListenerError,
  type LoadReport,
  type StateListener,
  StateLoadError,
  type ValidatedConversion,
  type VersionedLoadOptions,
} from './enhanced-state-module.ts';
export {
  StateAttributeError,
  StateError,
  type StateErrorCode,
  StateKeyError,
  StateTypeError,
  StateValueError,
} from './errors.ts';
export { GlobalSnapshot, type ItemResult, type ManifestEntry } from './global-snapshot.ts';
export { type MetadataFields, StateMetadata } from './metadata.ts';
export { type MigratedState, type Migration, migrateState } from './migrations.ts';
export { type PickleLimits, PickleObject, readPickle } from './pickle.ts';
export { looksLikePickle, type PickleJson, pickleJson } from './pickle-json.ts';
export { equalValues, type PlainObject } from './plain.ts';
export {
  attachProbe,
  type ProbeDelay,
  type ProbeFetch,
  type ProbeOptions,
  type ProbeStats,
  type StateProbe,
} from './probe.ts';
export {
  CLEANUP_INTERVAL_SECONDS,
  type CreateSessionOptions,
  SessionStateManager,
  type SessionSystemMetrics,
} from './session-manager.ts';
export {
  MESSAGE_LIMIT,
  SessionStateModule,
  SessionStatus,
  type SessionSummary,
  sessionStateType,
  sessionStatusType,
} from './session-state.ts';
export { type ManagerEvent, type RestoreReport, StateManager } from './state-manager.ts';
export { type LoadOptions, type StateConversion, type StateDict, StateModule } from './state-module.ts';
export {
  type AttributeDeclaration,
  defineStateType,
  type Finding,
  type StateClass,
  type StateType,
  type ValueRule,
  validateState,
} from './state-type.ts';
export type { Dialect } from './tags.ts';
export { type EnumType, enumValueOf, type StateTypeEntry, TypeRegistry, type ValueType } from './type-registry.ts';
export { EnumValue, FrozenSet, NumberLiteral, Tuple, UnknownValue, Uuid } from './values.ts';
