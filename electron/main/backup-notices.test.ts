import { expect, test } from 'vitest';
import type { BackupSchedule, RunResult, ScheduleRun } from '../../shared/ipc/backup-schedules.ts';
import type { HostErrorCode } from '../../shared/ipc/result.ts';
import { BackupNotices } from './backup-notices.ts';

const HOUR = 3_600_000;

function setUp() {
  const state = { now: 0 };
  const shown: string[] = [];
  const notices = new BackupNotices({
    show: ({ schedule, run }) => shown.push(`${schedule.id} ${run.error?.code ?? run.result}`),
    now: () => state.now,
  });
  const tell = (id: string, result: RunResult, { code = null as HostErrorCode | null, caughtUp = false } = {}) => {
    const error = code && { code, message: '', details: {} };
    notices.tell({ schedule: { id } as BackupSchedule, run: { result, caughtUp, error } as ScheduleRun });
  };
  return { state, shown, tell };
}

test('a backup on time is nobody’s news, one that was missed and caught up is', () => {
  const { shown, tell } = setUp();
  tell('a', 'written');
  tell('a', 'unchanged');
  tell('a', 'written', { caughtUp: true });
  tell('a', 'cancelled', { caughtUp: true });
  expect(shown).toEqual(['a written']);
});

test('a failure is told, again when it is another one, and after a day', () => {
  const { state, shown, tell } = setUp();
  for (let hours = 0; hours < 24; hours++) {
    tell('a', 'failed', { code: 'disk-full' });
    state.now += HOUR;
  }
  expect(shown).toEqual(['a disk-full']);
  tell('a', 'failed', { code: 'disk-full' });
  tell('a', 'failed', { code: 'read-only' });
  tell('b', 'failed', { code: 'read-only' });
  expect(shown.slice(1)).toEqual(['a disk-full', 'a read-only', 'b read-only']);
});

test('a failure after a success is news', () => {
  const { shown, tell } = setUp();
  tell('a', 'failed', { code: 'disk-full' });
  tell('a', 'written');
  tell('a', 'failed', { code: 'disk-full' });
  expect(shown).toHaveLength(2);
});

test('a backup that was made is told when an old one could not be removed', () => {
  const { shown, tell } = setUp();
  tell('a', 'written', { code: 'read-only' });
  expect(shown).toEqual(['a read-only']);
});
