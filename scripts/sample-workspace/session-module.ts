/** SessionStateModule, by the rules of section 4.1 of the design document; messages keep their own id and time. */
import { SECOND } from './clock.ts';
import type { Message } from './message.ts';
import type { Scenario, SessionStatus } from './model.ts';
import type { PyValue } from './python-json.ts';

const MAX_MESSAGES = 10_000;

export class SessionModule {
  readonly scenario: Scenario;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly participants: string[] = [];
  readonly participantActivity = new Map<string, number>();
  readonly context = new Map<string, PyValue>();
  messages: Message[] = [];
  messageCount = 0;
  status: SessionStatus = 'active';
  changedAt: number;

  constructor(scenario: Scenario, createdAt: number) {
    this.scenario = scenario;
    this.createdAt = createdAt;
    this.changedAt = createdAt;
    this.expiresAt = scenario.expiresInSeconds === null ? null : createdAt + scenario.expiresInSeconds * SECOND;
    for (const participant of scenario.participants) this.addParticipant(participant, createdAt);
  }

  addParticipant(participant: string, at: number): void {
    if (this.participants.includes(participant)) return;
    this.participants.push(participant);
    this.participantActivity.set(participant, at);
    this.changedAt = at;
  }

  addMessage(message: Message): void {
    this.messages.push(message);
    this.messageCount += 1;
    this.messages = this.messages.slice(-MAX_MESSAGES);
    this.participantActivity.set(message.sender, message.at);
    this.changedAt = message.at;
  }

  updateContext(key: string, value: PyValue, at: number): void {
    this.context.set(key, value);
    this.changedAt = at;
  }

  pause(reason: string, at: number): void {
    this.status = 'paused';
    this.updateContext('pause_reason', reason, at);
  }

  end(reason: string, at: number): void {
    this.status = 'ended';
    this.updateContext('end_reason', reason, at);
  }

  isExpired(at: number): boolean {
    return this.expiresAt !== null && at > this.expiresAt;
  }
}
