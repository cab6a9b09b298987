import type { Clock, Timer } from './clock.ts';
import type { StateCodec } from './codec.ts';
import { SessionStateModule, SessionStatus, sessionStateType } from './session-state.ts';
import { StateManager } from './state-manager.ts';

/** The system metrics of 4.2; `expiredSessions` because they stay. */
export interface SessionSystemMetrics {
  readonly totalSessions: number;
  readonly activeSessions: number;
  readonly pausedSessions: number;
  readonly endedSessions: number;
  readonly expiredSessions: number;
  readonly totalMessages: number;
  /** Different ones, over all sessions. */
  readonly totalParticipants: number;
  /** 0 without sessions. */
  readonly averageMessagesPerSession: number;
}

export interface CreateSessionOptions {
  readonly participants?: readonly string[];
  /** 0: now. Left out: never. */
  readonly expiresInSeconds?: number;
}

/** Seconds between two cleanups (the document, 4.2). */
export const CLEANUP_INTERVAL_SECONDS = 3600;

/** The document's SessionStateManager (4.2). The codec's registry must know `sessionStateType` (`registerDocumentTypes`). */
export class SessionStateManager extends StateManager<SessionStateModule> {
  readonly #timer: Timer;
  #stop: (() => void) | undefined;

  constructor(codec: StateCodec, clock: Clock, timer: Timer) {
    super(codec, sessionStateType, clock);
    this.#timer = timer;
  }

  protected override make(id: string): SessionStateModule {
    return new SessionStateModule(id, this.clock);
  }

  /** @throws StateValueError `already-exists`. */
  createSession(sessionId: string, options: CreateSessionOptions = {}): SessionStateModule {
    const session = this.add(sessionId);
    for (const participant of options.participants ?? []) session.addParticipant(participant);
    if (options.expiresInSeconds !== undefined) session.setExpiration(options.expiresInSeconds);
    return session;
  }

  /** False for an unknown session. @throws StateValueError `illegal-transition` for one that has ended or expired. */
  endSession(sessionId: string, reason?: string): boolean {
    const session = this.get(sessionId);
    session?.end(reason);
    return session !== undefined;
  }

  getSessionsByStatus(status: SessionStatus): readonly string[] {
    return this.idsWhere((session) => session.status === status);
  }

  getSessionsByParticipant(participantId: string): readonly string[] {
    return this.idsWhere(({ participants }) => participants.includes(participantId));
  }

  /** Marks what has expired and was not marked yet, and gives those ids. Nothing is removed: that is for a person. */
  cleanupExpiredSessions(): readonly string[] {
    const expired = this.idsWhere((session) => session.status !== SessionStatus.EXPIRED && session.isExpired());
    for (const id of expired) {
      this.get(id)?.expire();
      this.emit({ event: 'expired', id });
    }
    return expired;
  }

  /** Every 3,600 seconds. Starting twice is starting once. */
  startCleanup(): void {
    this.#stop ??= this.#timer.every(CLEANUP_INTERVAL_SECONDS * 1000, () => {
      try {
        this.cleanupExpiredSessions();
      } catch (error) {
        this.emit({ event: 'cleanup-failed', error });
      }
    });
  }

  stopCleanup(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  getSystemMetrics(): SessionSystemMetrics {
    const sessions = this.modules;
    const total = sessions.reduce((sum, { messageCount }) => sum + messageCount, 0);
    return {
      totalSessions: sessions.length,
      activeSessions: this.getSessionsByStatus(SessionStatus.ACTIVE).length,
      pausedSessions: this.getSessionsByStatus(SessionStatus.PAUSED).length,
      endedSessions: this.getSessionsByStatus(SessionStatus.ENDED).length,
      expiredSessions: this.getSessionsByStatus(SessionStatus.EXPIRED).length,
      totalMessages: total,
      totalParticipants: new Set(sessions.flatMap(({ participants }) => participants)).size,
      averageMessagesPerSession: sessions.length > 0 ? total / sessions.length : 0,
    };
  }
}
