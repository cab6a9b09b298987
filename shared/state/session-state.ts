/** The document's SessionStateModule (4.1), with a state machine. Names in the state are the document's. */
import type { Clock } from './clock.ts';
import { DateTime } from './date-time.ts';
import { EnhancedStateModule } from './enhanced-state-module.ts';
import { StateValueError } from './errors.ts';
import { cloneValue, memberOf, type PlainObject } from './plain.ts';
import {
  foreignLabel,
  isCount,
  isDict,
  isList,
  isMemberOf,
  isText,
  isTextList,
  isTime,
  isTimeDict,
  isTimeOrNull,
  plainNumber,
  timeOf,
} from './rules.ts';
import type { StateDict } from './state-module.ts';
import { defineStateType, type StateType } from './state-type.ts';
import { type EnumType, enumValueOf } from './type-registry.ts';
import { EnumValue } from './values.ts';

export const SessionStatus = { ACTIVE: 'active', PAUSED: 'paused', ENDED: 'ended', EXPIRED: 'expired' } as const;
export type SessionStatus = (typeof SessionStatus)[keyof typeof SessionStatus];

export const sessionStatusType: EnumType = {
  name: 'statescope.SessionStatus',
  members: SessionStatus,
  anyModule: true,
};

/** The latest messages that a session keeps. */
export const MESSAGE_LIMIT = 10_000;

/** Where each status may lead. Expiring is always possible, ending is final but for that. */
const TRANSITIONS: Readonly<Record<SessionStatus, readonly SessionStatus[]>> = {
  active: ['paused', 'ended', 'expired'],
  paused: ['active', 'ended', 'expired'],
  ended: ['expired'],
  expired: ['expired'],
};

/** Whether the status of a session can go from one to the other. */
export function mayBecome(status: SessionStatus, next: SessionStatus): boolean {
  return TRANSITIONS[status].includes(next);
}

export const sessionStateType: StateType = defineStateType({
  name: 'statescope.SessionStateModule',
  stateClass: 'core',
  attributes: [
    { key: 'session_id', rules: [isText] },
    { key: 'participants', rules: [isTextList] },
    { key: 'messages', rules: [isList] },
    { key: 'context', rules: [isDict] },
    { key: 'status', rules: [isMemberOf(sessionStatusType)] },
    { key: 'created_at', rules: [isTime] },
    { key: 'expires_at', rules: [isTimeOrNull] },
    { key: 'message_count', rules: [isCount] },
    { key: 'participant_activity', rules: [isTimeDict] },
  ],
});

export interface SessionSummary {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly participantCount: number;
  readonly messageCount: number;
  readonly durationSeconds: number;
  readonly createdAt: DateTime;
  readonly expiresAt: DateTime | null;
  readonly isExpired: boolean;
}

export class SessionStateModule extends EnhancedStateModule {
  sessionId: string;
  participants: readonly string[] = [];
  /** The latest 10,000, oldest first. Replaced, never changed in place, as everything here. */
  messages: readonly PlainObject[] = [];
  context: Readonly<PlainObject> = {};
  status: SessionStatus = SessionStatus.ACTIVE;
  createdAt: DateTime;
  expiresAt: DateTime | null = null;
  /** All that were ever added, those that are no longer kept included. */
  messageCount = 0;
  participantActivity: ReadonlyMap<string, DateTime> = new Map();
  readonly #clock: Clock;
  #statusLabel = sessionStatusType.name;

  constructor(sessionId: string, clock: Clock) {
    super(sessionStateType);
    this.sessionId = sessionId;
    this.#clock = clock;
    this.createdAt = DateTime.at(clock());
    this.registerState('sessionId', { key: 'session_id' });
    this.registerState('participants', { validators: [isTextList] });
    this.registerState('messages', { validators: [isList] });
    this.registerState('context');
    this.registerState<SessionStatus>('status', {
      toJson: (status) => new EnumValue(this.#statusLabel, status),
      fromJson: (data) => enumValueOf(sessionStatusType, data) as SessionStatus,
    });
    this.registerState<DateTime>('createdAt', { key: 'created_at', toJson: (time) => time.text, fromJson: timeOf });
    this.registerState<DateTime | null>('expiresAt', {
      key: 'expires_at',
      toJson: (time) => time?.text ?? null,
      fromJson: (data) => (data === null ? null : timeOf(data)),
    });
    this.registerState<number>('messageCount', { key: 'message_count', fromJson: plainNumber });
    this.registerState<ReadonlyMap<string, DateTime>>('participantActivity', {
      key: 'participant_activity',
      toJson: (activity) => Object.fromEntries([...activity].map(([who, time]) => [who, time.text])),
      fromJson: (data) => new Map(Object.entries(data as PlainObject).map(([who, time]) => [who, timeOf(time)])),
    });
  }

  addParticipant(participantId: string): void {
    if (this.participants.includes(participantId)) return;
    this.participants = [...this.participants, participantId];
    this.#touch(participantId);
  }

  /** Whether there was one. */
  removeParticipant(participantId: string): boolean {
    if (!this.participants.includes(participantId)) return false;
    this.participants = this.participants.filter((known) => known !== participantId);
    this.participantActivity = new Map([...this.participantActivity].filter(([who]) => who !== participantId));
    return true;
  }

  /** Copied. `id`, `timestamp` and `sender_id` are added where the message has none. */
  addMessage(message: Readonly<PlainObject>, senderId: string | null = null): void {
    const added = {
      id: `msg_${this.messageCount + 1}`,
      timestamp: DateTime.at(this.#clock()).text,
      sender_id: senderId,
      ...cloneValue(message),
    };
    this.messages = [...this.messages, added].slice(-MESSAGE_LIMIT);
    this.messageCount += 1;
    if (senderId !== null && this.participants.includes(senderId)) this.#touch(senderId);
  }

  /** The latest messages, oldest first, of one sender or of all. A limit of 0 gives none. */
  getMessages(options: { readonly limit?: number; readonly senderId?: string } = {}): readonly PlainObject[] {
    const { limit, senderId } = options;
    const found =
      senderId === undefined
        ? this.messages
        : this.messages.filter((message) => memberOf(message, 'sender_id') === senderId);
    if (limit === undefined) return found;
    return limit > 0 ? found.slice(-limit) : [];
  }

  updateContext(key: string, value: unknown): void {
    this.context = Object.fromEntries([
      ...Object.entries(this.context).filter(([known]) => known !== key),
      [key, value],
    ]);
  }

  getContext(key: string, fallback?: unknown): unknown {
    return Object.hasOwn(this.context, key) ? this.context[key] : fallback;
  }

  /** 0 seconds: now. */
  setExpiration(seconds: number): void {
    this.expiresAt = DateTime.at(this.#clock() + seconds * 1000);
  }

  /** The moment of expiry has come. It is not marked by that alone: `expire` does. A naive moment counts as UTC. */
  isExpired(): boolean {
    return (
      this.status === SessionStatus.EXPIRED || (this.expiresAt !== null && this.#clock() >= this.expiresAt.epochMs)
    );
  }

  /** @throws StateValueError `illegal-transition` for a session that is not active. */
  pause(reason?: string): void {
    this.#become(SessionStatus.PAUSED);
    if (reason !== undefined) this.updateContext('pause_reason', reason);
  }

  /** @throws StateValueError `illegal-transition` for a session that is not paused. */
  resume(): void {
    this.#become(SessionStatus.ACTIVE);
    this.updateContext('pause_reason', null);
  }

  /** @throws StateValueError `illegal-transition` for a session that has ended or expired. */
  end(reason?: string): void {
    this.#become(SessionStatus.ENDED);
    if (reason !== undefined) this.updateContext('end_reason', reason);
  }

  /** From any status. */
  expire(): void {
    this.#become(SessionStatus.EXPIRED);
  }

  getSummary(): SessionSummary {
    return {
      sessionId: this.sessionId,
      status: this.status,
      participantCount: this.participants.length,
      messageCount: this.messageCount,
      durationSeconds: (this.#clock() - this.createdAt.epochMs) / 1000,
      createdAt: this.createdAt,
      expiresAt: this.expiresAt,
      isExpired: this.isExpired(),
    };
  }

  protected override loaded(data: Readonly<StateDict>): void {
    this.#statusLabel = foreignLabel(data['status']) ?? sessionStatusType.name;
  }

  #become(next: SessionStatus): void {
    if (!mayBecome(this.status, next)) {
      throw new StateValueError(
        'illegal-transition',
        `session ${JSON.stringify(this.sessionId)} is ${this.status} and cannot become ${next}`,
      );
    }
    this.status = next;
  }

  #touch(participantId: string): void {
    this.participantActivity = new Map([...this.participantActivity, [participantId, DateTime.at(this.#clock())]]);
  }
}
