import { describe, expect, test } from 'vitest';
import { StateCodec } from './codec.ts';
import { registerDocumentTypes } from './document-types.ts';
import { SessionStateManager } from './session-manager.ts';
import { SessionStateModule, SessionStatus } from './session-state.ts';
import { TypeRegistry } from './type-registry.ts';

let now = 1_757_491_200_000;
const clock = () => now;
const codec = new StateCodec(registerDocumentTypes(new TypeRegistry(), clock), clock);
const never = { every: () => () => undefined };

function session(): SessionStateModule {
  return new SessionStateModule('s', clock);
}

describe('sessions', () => {
  test('[S1] the state has the names of the document, times as ISO text', () => {
    const state = session();
    state.addParticipant('ann');
    state.setExpiration(60);
    expect(Object.keys(state.stateDict())).toEqual([
      '_state_version',
      'session_id',
      'participants',
      'messages',
      'context',
      'status',
      'created_at',
      'expires_at',
      'message_count',
      'participant_activity',
    ]);
    expect(state.stateDict()).toMatchObject({
      created_at: '2025-09-10T08:00:00+00:00',
      expires_at: '2025-09-10T08:01:00+00:00',
      participant_activity: { ann: '2025-09-10T08:00:00+00:00' },
    });
    const back = session();
    back.loadStateDict(state.stateDict());
    expect(back.stateDict()).toEqual(state.stateDict());
  });

  test('[S2] a naive time that Python wrote is read, stays as it is written, and counts as UTC', () => {
    const state = session();
    state.loadStateDict({
      ...state.stateDict(),
      status: 'SessionStatus.PAUSED',
      expires_at: '2025-09-10T08:00:00.500000',
    });
    expect(state).toMatchObject({ status: 'paused', expiresAt: { naive: true } });
    expect(state.isExpired()).toBe(false);
    expect(state.stateDict()['expires_at']).toBe('2025-09-10T08:00:00.500000');
    expect(state.load({ ...state.stateDict(), created_at: 'soon', message_count: -1 })).toMatchObject({
      applied: false,
    });
  });

  test('[S3] active and paused lead to each other and to ended; ended leads back to nothing; each to expired', () => {
    const allowed = {
      pause: ['active'],
      resume: ['paused'],
      end: ['active', 'paused'],
      expire: ['active', 'paused', 'ended', 'expired'],
    };
    for (const status of Object.values(SessionStatus)) {
      for (const [step, from] of Object.entries(allowed)) {
        const state = session();
        state.status = status;
        const act = (): void => state[step as 'pause' | 'resume' | 'end' | 'expire']();
        if (from.includes(status)) expect(act).not.toThrow();
        else expect(act).toThrow(expect.objectContaining({ code: 'illegal-transition' }));
      }
    }
    const state = session();
    state.pause('lunch');
    expect(state.getContext('pause_reason')).toBe('lunch');
    state.resume();
    expect(state.getContext('pause_reason')).toBeNull();
    state.end('done');
    expect(state.getContext('end_reason')).toBe('done');
    expect(state.getContext('absent', 1)).toBe(1);
  });

  test('[S4] 0 seconds to expiry is now', () => {
    const state = session();
    expect(state.isExpired()).toBe(false);
    state.setExpiration(0);
    expect(state.isExpired()).toBe(true);
    const manager = new SessionStateManager(codec, clock, never);
    expect(manager.createSession('a', { expiresInSeconds: 0 }).isExpired()).toBe(true);
    expect(manager.createSession('b').expiresAt).toBeNull();
  });

  test('[S5] messages: 10,000 are kept, all are counted, what a message has is not overwritten', () => {
    const state = session();
    state.addParticipant('ann');
    state.addMessage({ content: 'hi', timestamp: '2020-01-01T00:00:00', id: 'own' }, 'ann');
    state.addMessage({ content: 'ho' });
    expect(state.messages).toEqual([
      { id: 'own', timestamp: '2020-01-01T00:00:00', sender_id: 'ann', content: 'hi' },
      { id: 'msg_2', timestamp: '2025-09-10T08:00:00+00:00', sender_id: null, content: 'ho' },
    ]);
    state.messages = Array.from({ length: 10_000 }, () => ({}));
    state.addMessage({ content: 'last' });
    expect(state.messages).toHaveLength(10_000);
    expect(state.messageCount).toBe(3);
  });

  test('[S6] messages are found by sender and limit; a limit of 0 gives none', () => {
    const state = session();
    for (const sender of ['ann', 'bob', 'ann']) state.addMessage({}, sender);
    expect(state.getMessages()).toHaveLength(3);
    expect(state.getMessages({ senderId: 'ann', limit: 1 }).map(({ id }) => id)).toEqual(['msg_3']);
    expect(state.getMessages({ limit: 0 })).toEqual([]);
  });

  test('[S7] participants come and go with their activity, and every change is heard', () => {
    const state = session();
    const heard: unknown[] = [];
    state.addStateListener('participants', (_, next, old) => heard.push([old, next]));
    state.addParticipant('ann');
    state.addParticipant('ann');
    expect(state.removeParticipant('ann')).toBe(true);
    expect(state.removeParticipant('ann')).toBe(false);
    expect(state.participantActivity.size).toBe(0);
    expect(heard).toEqual([
      [[], ['ann']],
      [['ann'], []],
    ]);
  });

  test('[S8] cleanup marks what has expired, once, and removes nothing', () => {
    const manager = new SessionStateManager(codec, clock, never);
    const heard: unknown[] = [];
    manager.onEvent((event) => heard.push(event));
    manager.createSession('old', { expiresInSeconds: 0 });
    manager.createSession('ended', { expiresInSeconds: 0 }).end();
    manager.createSession('young', { expiresInSeconds: 10 });
    expect(manager.cleanupExpiredSessions()).toEqual(['old', 'ended']);
    expect(manager.cleanupExpiredSessions()).toEqual([]);
    expect(manager.ids).toEqual(['old', 'ended', 'young']);
    expect(manager.getSessionsByStatus(SessionStatus.EXPIRED)).toEqual(['old', 'ended']);
    expect(heard).toContainEqual({ event: 'expired', id: 'old' });
  });

  test('[S9] cleanup runs every 3,600 seconds through the timer that was handed in, started once', () => {
    const started: { milliseconds: number; work: () => void }[] = [];
    let stopped = 0;
    const timer = {
      every(milliseconds: number, work: () => void) {
        started.push({ milliseconds, work });
        return () => void stopped++;
      },
    };
    const manager = new SessionStateManager(codec, clock, timer);
    manager.createSession('a', { expiresInSeconds: 1 });
    manager.startCleanup();
    manager.startCleanup();
    expect(started.map(({ milliseconds }) => milliseconds)).toEqual([3_600_000]);
    now += 2000;
    started[0]?.work();
    expect(manager.get('a')?.status).toBe('expired');
    manager.stopCleanup();
    manager.stopCleanup();
    expect(stopped).toBe(1);
  });

  test('[S10] the summary of 4.1 and the system metrics of 4.2', () => {
    const manager = new SessionStateManager(codec, clock, never);
    expect(manager.getSystemMetrics()).toMatchObject({ totalSessions: 0, averageMessagesPerSession: 0 });
    const a = manager.createSession('a', { participants: ['ann', 'bob'] });
    manager.createSession('b', { participants: ['ann'] }).pause();
    manager.createSession('c');
    expect(manager.endSession('c', 'done')).toBe(true);
    expect(manager.endSession('x')).toBe(false);
    for (let n = 0; n < 3; n++) a.addMessage({});
    now += 5000;
    expect(a.getSummary()).toMatchObject({
      sessionId: 'a',
      participantCount: 2,
      messageCount: 3,
      durationSeconds: 5,
      isExpired: false,
    });
    expect(manager.getSessionsByParticipant('ann')).toEqual(['a', 'b']);
    expect(manager.getSystemMetrics()).toEqual({
      totalSessions: 3,
      activeSessions: 1,
      pausedSessions: 1,
      endedSessions: 1,
      expiredSessions: 0,
      totalMessages: 3,
      totalParticipants: 2,
      averageMessagesPerSession: 1,
    });
    const other = new SessionStateManager(codec, clock, never);
    expect(other.loadAll(manager.saveAll()).every(({ loaded }) => loaded)).toBe(true);
    expect(other.getSystemMetrics()).toEqual(manager.getSystemMetrics());
  });
});
