import { resolve } from 'node:path';
import { isServerAddress, splitPassword } from '../../shared/ipc/address.ts';
import type { ScheduleDraft, ScheduleRun, ScheduleStatus, ScheduleTiming } from '../../shared/ipc/backup-schedules.ts';
import { backupFolder } from '../core/backup/backup-folder.ts';
import { BackupScheduler, type FinishedRun, systemClock } from '../core/backup/backup-scheduler.ts';
import { ScheduleStore } from '../core/backup/schedule-store.ts';
import { makeScheduledBackup } from '../core/backup/scheduled-backup.ts';
import { dataFolder } from '../core/files/data-folder.ts';
import { PASSPHRASE_VARIABLE } from '../core/persistence/secrets.ts';
import { SourceError } from '../core/sources/source-error.ts';
import { toHostError } from '../core/workspace/host-error.ts';
import { untilStopped } from './live-source.ts';
import { EXIT, type Output } from './output.ts';

export interface AddOptions extends Omit<ScheduleDraft, 'folder' | 'enabled'> {
  /** Null: a folder of Statescope's own. */
  readonly to: string | null;
  readonly json: boolean;
}

/** `backup schedule add SOURCE …` */
export async function addSchedule(output: Output, { to, json, ...asked }: AddOptions): Promise<void> {
  await withSchedules(output, async (scheduler) => {
    const { location, password } = splitPassword(asked.source);
    const source = isServerAddress(location) ? location : resolve(location);
    const folder = to ?? backupFolder(dataFolder(), source);
    const status = await scheduler.save(null, { ...asked, source, folder, enabled: true });
    if (json) output.json(status);
    else {
      const { id } = status.schedule;
      output.write(`${output.translate('cli.scheduleAdded', { id, source, folder: status.schedule.folder })}\n`);
      for (const time of status.nextRuns) output.write(`  ${localTime(time)}\n`);
    }
    if (password !== null) output.error(`statescope: ${output.translate('cli.schedulePassword')}\n`);
    output.error(`${output.translate('cli.scheduleWhoRuns')}\n`);
  });
}

/** `backup schedule ls` */
export async function listSchedules(output: Output, json: boolean): Promise<void> {
  await withSchedules(output, async (scheduler) => {
    const all = await scheduler.list();
    if (json) return output.json(all);
    if (all.length === 0) output.error(`${output.translate('cli.scheduleNone')}\n`);
    for (const status of all) output.write(scheduleText(output, status));
  });
}

/** `backup schedule rm ID`. Its backups stay. */
export async function removeSchedule(output: Output, id: string, json: boolean): Promise<void> {
  await withSchedules(output, async (scheduler) => {
    await scheduler.remove(id);
    if (json) output.json({ id });
    else output.write(`${output.translate('cli.scheduleRemoved', { id })}\n`);
  });
}

/** `backup schedule run [--once]`: until SIGINT or SIGTERM, or until what is due has run. A line for each run. */
export async function runSchedules(
  output: Output,
  { json, once, signal }: { readonly json: boolean; readonly once: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const stopped = untilStopped(signal);
  const onRun = ({ schedule, run }: FinishedRun): void => {
    if (json) output.json({ schedule: schedule.id, source: schedule.source, ...run });
    else tellRun(output, schedule.source, run);
    if (run.result === 'failed') output.exitCode = EXIT.failed;
  };
  await withSchedules(
    output,
    async (scheduler) => {
      // Ends what is at work, too; that counts as missed.
      const ended = stopped.then(() => scheduler.stop());
      if (once) {
        await scheduler.runDue();
        if (signal.aborted) output.exitCode = EXIT.interrupted;
        return;
      }
      // At once what is wrong with the file of schedules.
      const { length } = await scheduler.list();
      output.error(`${output.translate('cli.scheduleRunning', { count: length })}\n`);
      scheduler.start();
      await ended;
    },
    onRun,
  );
}

async function withSchedules(
  output: Output,
  work: (scheduler: BackupScheduler) => Promise<void>,
  onRun: (finished: FinishedRun) => void = () => undefined,
): Promise<void> {
  const store = new ScheduleStore(dataFolder());
  const passphrase = process.env[PASSPHRASE_VARIABLE] || null;
  const scheduler = new BackupScheduler({
    store,
    clock: systemClock,
    // Sources take their passwords from the environment by themselves.
    perform: (job, run) => makeScheduledBackup(job, { source: null, passphrase }, run),
    onRun,
    onFault: (error) => tellFailure(output, error),
  });
  try {
    await work(scheduler);
  } finally {
    await store.close();
  }
}

function tellRun(output: Output, source: string, run: ScheduleRun): void {
  const { result, file, states, leftOut, removed, caughtUp, error, startedAt, endedAt } = run;
  const t = output.translate;
  const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
  const parts = [
    t(`cli.scheduleResults.${result}`, { file: file ?? '', states: states ?? 0, seconds }),
    caughtUp && error === null ? t('cli.scheduleCaughtUp') : '',
    leftOut > 0 ? t('cli.scheduleLeftOut', { count: leftOut }) : '',
    removed.length > 0 ? t('cli.scheduleOldRemoved', { count: removed.length }) : '',
  ];
  output.write(`${localTime(endedAt)}  ${source}: ${parts.filter(Boolean).join(' ')}\n`);
  if (error !== null) output.error(`statescope: ${output.failure(error)}\n`);
}

function scheduleText(output: Output, { schedule, nextRuns, running, runs }: ScheduleStatus): string {
  const t = output.translate;
  const [next] = nextRuns;
  const [last] = runs;
  const lines = [
    `${schedule.id}  ${schedule.source}`,
    t('cli.scheduleLineWhen', { when: timingText(output, schedule.timing), folder: schedule.folder }),
    running === null
      ? next === undefined
        ? t('cli.scheduleOff')
        : t('cli.scheduleNext', { time: localTime(next) })
      : t('cli.scheduleAtWork', { time: localTime(running.startedAt) }),
  ];
  if (last) {
    const { result, file, states, startedAt, endedAt, error } = last;
    const seconds = ((Date.parse(endedAt) - Date.parse(startedAt)) / 1000).toFixed(1);
    const told = t(`cli.scheduleResults.${result}`, { file: file ?? '', states: states ?? 0, seconds });
    lines.push(t('cli.scheduleLast', { time: localTime(startedAt), result: told }));
    if (error !== null) lines.push(output.failure(error));
  }
  return `${lines.join('\n    ')}\n`;
}

function timingText(output: Output, timing: ScheduleTiming): string {
  if (timing.by === 'cron') return timing.expression;
  const [amount, unit] = amountOf(timing.seconds);
  return output.translate(`cli.scheduleEvery.${unit}`, { count: amount });
}

/** In the largest unit without a remainder. */
function amountOf(seconds: number): [number, 'days' | 'hours' | 'minutes' | 'seconds'] {
  if (seconds % 86_400 === 0) return [seconds / 86_400, 'days'];
  if (seconds % 3600 === 0) return [seconds / 3600, 'hours'];
  return seconds % 60 === 0 ? [seconds / 60, 'minutes'] : [seconds, 'seconds'];
}

/** In the time zone that cron expressions are read in: `2026-11-23 03:00:00 +01:00`. */
function localTime(time: string): string {
  const date = new Date(time);
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  const digits = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0');
  return `${local} ${offset < 0 ? '-' : '+'}${digits(offset / 60)}:${digits(offset % 60)}`;
}

function tellFailure(output: Output, error: Error): void {
  output.error(`statescope: ${error instanceof SourceError ? output.failure(error) : toHostError(error).message}\n`);
}
