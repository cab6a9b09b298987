/** Every built-in rule, by group and in the order in which docs/CONSISTENCY.md lists them; the session doctor's are the last. */
import { CONVERSATION_RULES } from '../doctor/rules/index.ts';
import type { Rule } from './rule.ts';
import {
  busyWithoutTask,
  openTaskIsWorkedAt,
  taskAgentExists,
  taskCounts,
  taskExists,
  taskIsOpen,
  taskIsTheAgents,
  taskSessionExists,
  taskWithoutWork,
} from './rules/agents-and-tasks.ts';
import { averageResponse, keptWithinLimit, messageCount, metricRange, successRate } from './rules/counters.ts';
import { metadataAttributes, metadataReadable, metadataSize } from './rules/metadata.ts';
import { bigInteger, duplicateKey, halfPair, notANumber } from './rules/odd-json.ts';
import { ownId, requiredStates } from './rules/presence.ts';
import { oneVersion, readable, wholeText } from './rules/reading.ts';
import { journalWhole, snapshotsWhole, transitions, vectorsGrow } from './rules/recorded.ts';
import {
  activityOfParticipants,
  agentSessionExists,
  conversationHasSession,
  conversationMatches,
  participantExists,
  sessionHasConversation,
  sessionHasPeople,
  sessionListsAgent,
} from './rules/sessions.ts';
import { expiredActive, futureTime, messageOrder, naiveTime, outlivedTtl, timeOrder } from './rules/times.ts';
import { fleetTotals } from './rules/totals.ts';
import { checksumFits, decodable, envelope, migratable, typeRules } from './rules/types.ts';

/** @param required keys that a rules file asks for; null: those of the design. */
export function builtInRules(required: readonly string[] | null = null): readonly Rule[] {
  return [
    readable,
    wholeText,
    oneVersion,
    requiredStates(required),
    envelope,
    decodable,
    migratable,
    checksumFits,
    metadataReadable,
    metadataAttributes,
    metadataSize,
    journalWhole,
    snapshotsWhole,

    participantExists,
    agentSessionExists,
    sessionListsAgent,
    activityOfParticipants,
    sessionHasPeople,
    conversationHasSession,
    sessionHasConversation,
    conversationMatches,
    busyWithoutTask,
    taskWithoutWork,
    taskExists,
    taskIsTheAgents,
    taskIsOpen,
    openTaskIsWorkedAt,
    taskAgentExists,
    taskSessionExists,
    taskCounts,
    ownId,

    typeRules,
    expiredActive,
    transitions,
    timeOrder,
    messageOrder,
    futureTime,
    outlivedTtl,
    naiveTime,
    vectorsGrow,
    messageCount,
    averageResponse,
    successRate,
    metricRange,
    fleetTotals,
    keptWithinLimit,
    duplicateKey,
    notANumber,
    halfPair,
    bigInteger,

    ...CONVERSATION_RULES,
  ];
}
